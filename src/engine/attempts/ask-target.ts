/** One call to one target, with its place among the calls that the target may have at one time, and what it says of the target's health. */

import { noUsage } from '../../domain/answer.ts'
import type { Attempt, AttemptRole } from '../../domain/attempt.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { type Admission, admit, noteAnswered, noteFailed, withdraw } from '../health/admission.ts'
import type { TargetHealth } from '../health/health.ts'
import { noteTook } from '../health/load.ts'
import type { AttemptEngine } from './attempt-engine.ts'
import type { Job, StreamEnd, TargetReply } from './call-target.ts'
import { interruptionOf, openAttempt } from './interruption.ts'
import { deadlinePassed } from './layers.ts'
import { notContinued } from './recovery/with-continuation.ts'
import { freePlace, takePlace, waitForPlace } from './places.ts'
import { maxConcurrentOf } from './plan.ts'
import type { KnownTarget } from './targets/target-choice.ts'

/** A silent target is not probed more often than it takes to find it silent, up to this. */
const longestSilenceMs = 60_000

export type Asking = {
  readonly job: Job
  readonly role: AttemptRole
  readonly client: AbortSignal
  readonly record: (attempt: Attempt) => void
  readonly attemptsLeft: number
}

/** The code of a call's end that another target, which was asked later, had answered first. */
export const overtaken = 'overtaken'

export async function askTarget(
  engine: AttemptEngine,
  known: KnownTarget,
  { job, role, client, record, attemptsLeft }: Asking,
): Promise<TargetReply> {
  const { health, target } = known
  const most = maxConcurrentOf(target, engine.limits)
  if (!takePlace(health.load, most)) {
    const refused = await queued(engine, known, job, client)
    if (refused !== null) return { kind: 'failed', failure: refused, usage: noUsage }
  }
  const admission = admit(health, engine.clock.now())
  const { controller, release } = openAttempt(client)
  const leave = (): void => {
    release()
    withdraw(health, admission)
    freePlace(health.load, most)
  }
  try {
    const reply = await engine.callTarget(
      { job, target, role, account: health.identity.credential, load: health.load, record, attemptsLeft },
      controller,
    )
    noteReply(engine, known, job, admission, reply)
    if (reply.kind === 'streaming') void reply.ended.then(leave)
    else leave()
    return reply
  } catch (error) {
    leave()
    throw error
  }
}

/** `null`: a place has been taken. */
async function queued(
  { limits, clock }: AttemptEngine,
  { target, health }: KnownTarget,
  { deadlineAt }: Job,
  client: AbortSignal,
): Promise<Failure | null> {
  const waited = await waitForPlace(health.load, limits, deadlineAt - clock.now(), client)
  switch (waited) {
    case 'admitted':
      return null
    case 'gone':
      return interruptionOf(client)
    case 'full':
    case 'late':
      return failure(
        'overloaded',
        `${target.model.id} has as many calls under way as it may, and ${waited === 'full' ? 'as many waiting' : `none ended within ${limits.queueMs} ms`}. Try again later.`,
        { code: 'too_many_calls', retryAfterMs: 1_000 },
      )
  }
}

function noteReply(
  { clock }: AttemptEngine,
  { health }: KnownTarget,
  job: Job,
  admission: Admission,
  reply: TargetReply,
): void {
  const now = clock.now()
  const tookMs = now - admission.startedAt
  if (reply.kind === 'failed') {
    // A request that had little time left says nothing of a target that could not answer within it.
    const { code } = reply.failure
    const ownFault =
      code === notContinued || (code === deadlinePassed && tookMs < (job.deadlineAt - job.startedAt) / 2)
    const silentMs = reply.failure.kind === 'timed-out' ? Math.min(tookMs, longestSilenceMs) : 0
    if (!ownFault) noteFailed(health, admission.startedAt, reply.failure, now, silentMs)
    // It would have taken longer still: left out, the slowest calls would make a target look fast.
    if (code === overtaken) noteTook(health.load, job.request.stream, tookMs, now)
    return
  }
  noteAnswered(health, admission.startedAt, now)
  // To go on with another's answer takes as long as it takes to find where that broke off.
  if (job.sent === null) noteTook(health.load, reply.kind === 'streaming', tookMs, now)
  if (reply.kind === 'streaming') {
    // It answers, so it has passed its probe; how its stream ends counts by itself.
    withdraw(health, admission)
    void reply.ended.then((end) => noteEnd(health, admission, end, clock.now()))
  }
}

function noteEnd(health: TargetHealth, { startedAt }: Admission, end: StreamEnd, now: number): void {
  if (end.kind === 'failed') noteFailed(health, startedAt, end.failure, now, 0)
}
