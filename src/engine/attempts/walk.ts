/** One request's way over models and targets, within one deadline and one budget of attempts, until one answers. */

import type { Attempt } from '../../domain/attempt.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { consequences, type Failure } from '../../domain/failure.ts'
import type { ModelId } from '../../domain/model.ts'
import type { Target } from '../../domain/vendor.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { AttemptEngine } from './attempt-engine.ts'
import type { Job, TargetReply } from './call-target.ts'
import type { GoOn, Opened } from './forward.ts'
import { askAndHedge } from './hedge.ts'
import { interruptionOf } from './interruption.ts'
import { lastWord } from './last-word.ts'
import { nextStop, type Plan, type Stop, type Visit } from './plan.ts'

export type Walk = {
  readonly engine: AttemptEngine
  readonly job: Job
  readonly client: AbortSignal
  readonly attempts: Attempt[]
  readonly failures: Failure[]
  readonly maxAttempts: number
  readonly plan: Plan
  /** Whom the verdict names first; `null`: nobody. */
  readonly wanted: ModelId | null
  /** A second target has been asked beside another: once for each request. */
  hedged: boolean
}

export function openWalk(
  engine: AttemptEngine,
  models: readonly Candidate[],
  job: Job,
  client: AbortSignal,
): Promise<Opened> {
  const { draw, targets, windows } = engine
  const limits = engine.limitsWith(job.limits)
  const plan: Plan = {
    models,
    visits: [],
    exceededWindow: 0,
    targets,
    windows,
    limits,
    affinity: job.affinity,
    stream: job.request.stream,
    deadlineAt: job.deadlineAt,
    draw,
  }
  return goOn(
    {
      engine,
      job,
      client,
      attempts: [],
      failures: [],
      maxAttempts: limits.maxAttempts,
      plan,
      wanted: models[0]?.id ?? null,
      hedged: false,
    },
    () => job,
  )
}

async function goOn(walk: Walk, jobFor: (target: Target) => Job): Promise<Opened> {
  const { engine, client, attempts, failures, plan } = walk
  while (!mustStop(walk)) {
    const next = nextStop(plan, engine.clock.now())
    if (next === null) break
    if (next.waitMs > 0) {
      await engine.pause(next.waitMs, client)
      if (mustStop(walk)) break
    }
    for (const { stop, reply } of await askAndHedge(walk, next.stop, jobFor)) {
      if (reply.kind !== 'failed') return handOn(reply, stop, walk)
      if (!noteFailure(walk, stop, reply.failure))
        return { kind: 'failed', failure: lastWord([reply.failure], attempts), attempts }
    }
  }
  if (client.aborted) failures.push(interruptionOf(client))
  return { kind: 'failed', failure: lastWord(failures, attempts), attempts }
}

/** Timers may fire this much early: an attempt that the deadline ended must not find time for another. */
const timerToleranceMs = 1

/** The first attempt is always made: with no time left, it says so. */
function mustStop({ engine, job, client, attempts, failures, maxAttempts }: Walk): boolean {
  if (client.aborted || attempts.length >= maxAttempts) return true
  return failures.length > 0 && engine.clock.now() >= job.deadlineAt - timerToleranceMs
}

/** Strikes out whom the failure rules out; false where nobody else may be asked. */
function noteFailure({ engine, failures, plan, job }: Walk, stop: Stop, reason: Failure): boolean {
  failures.push(reason)
  noteVisit(plan.visits, stop, reason)
  const { candidate } = stop
  if (reason.kind === 'content-filtered') {
    // Only where the policy names models for it: to take a refusal elsewhere is nothing to do unasked.
    plan.models = job.detours.contentPolicy
    return plan.models.length > 0
  }
  if (reason.kind === 'context-exceeded') {
    engine.windows.learn(candidate.model, reason.message)
    plan.exceededWindow = Math.max(plan.exceededWindow, engine.windows.of(candidate.model))
    plan.models = inFront(job.detours.contextExceeded, plan.models)
  }
  const { otherTarget, otherModel } = consequences[reason.kind]
  if (!otherTarget) plan.models = plan.models.filter((other) => other.id !== candidate.id)
  return otherTarget || otherModel
}

/** The last visit is the latest: a target that is asked again moves to the end. */
function noteVisit(visits: Visit[], stop: Stop, last: Failure): void {
  const index = visits.findIndex((visit) => visit.stop.target === stop.target)
  const [before] = index < 0 ? [] : visits.splice(index, 1)
  visits.push({ stop, asked: (before?.asked ?? 0) + 1, last })
}

const inFront = (first: readonly Candidate[], rest: readonly Candidate[]): readonly Candidate[] =>
  first.length === 0 ? rest : [...first, ...rest.filter(({ id }) => !first.some((one) => one.id === id))]

function handOn(reply: Exclude<TargetReply, { kind: 'failed' }>, stop: Stop, walk: Walk): Opened {
  const { attempts } = walk
  const { candidate, target } = stop
  switch (reply.kind) {
    case 'answered': {
      const { answer, bytes } = reply
      return { kind: 'buffered', candidate, target, attempt: attempts.at(-1)!, answer, bytes, attempts }
    }
    case 'streaming': {
      const done = reply.ended.then(() => attempts.at(-1)!)
      const afterBreak: GoOn = async (broken, jobFor) =>
        noteFailure(walk, stop, broken)
          ? goOn(walk, jobFor)
          : { kind: 'failed', failure: lastWord([broken], attempts), attempts }
      return {
        kind: 'stream',
        candidate,
        target,
        stream: reply.stream,
        format: walk.engine.format(target.vendor.format),
        done,
        goOn: afterBreak,
        attempts,
      }
    }
    default:
      return unreachable(reply)
  }
}
