/**
 * Hedging (Dean and Barroso, "The Tail at Scale", 2013): a call that has outlasted nearly all calls of its target gets company
 * by another target. Whoever answers first is taken, the other is cancelled, and both are booked.
 */

import { noUsage } from '../../domain/answer.ts'
import type { Attempt, AttemptRole } from '../../domain/attempt.ts'
import { consequences, failure } from '../../domain/failure.ts'
import { usdOf } from '../../domain/money.ts'
import type { Target } from '../../domain/vendor.ts'
import { costOf } from '../cost.ts'
import { noteSpent, spendExtra } from '../health/hedge-spending.ts'
import { percentileOf } from '../health/latency-histogram.ts'
import { latenciesOf } from '../health/load.ts'
import { askTarget, overtaken } from './ask-target.ts'
import type { Job, TargetReply } from './call-target.ts'
import { interrupt, openScope, type Scope } from './interruption.ts'
import { type Stop, stopBeside } from './plan.ts'
import { roleOf } from './role.ts'
import type { Walk } from './walk.ts'

export type Heard = { readonly stop: Stop; readonly reply: TargetReply }

/** A call that may be one of two: its attempt is written down beside the others' when it is known which of them counts. */
type Runner = {
  readonly stop: Stop
  readonly scope: Scope
  readonly heard: Promise<Came>
  attempts: Attempt[]
}

type Came = Heard & { readonly runner: Runner }

/** Asks a target, and perhaps another beside it. What comes back is in the order in which it came, an answer last. */
export async function askAndHedge(
  walk: Walk,
  stop: Stop,
  jobFor: (target: Target) => Job,
): Promise<readonly Heard[]> {
  const { engine, client, attempts } = walk
  const job = jobFor(stop.target)
  const delayMs = hedgeDelayMs(walk, stop, job)
  if (delayMs !== null) return raced(walk, stop, jobFor, delayMs)
  const record = (attempt: Attempt): void => void attempts.push(attempt)
  const role = roleOf(walk, stop, job)
  const reply = await askTarget(engine, stop, { job, role, client, record, attemptsLeft: attemptsLeft(walk) })
  return accounted(walk, [{ stop, reply }])
}

const attemptsLeft = ({ attempts, maxAttempts }: Walk): number => maxAttempts - attempts.length

/** `null`: the call stays alone. To go on with a broken answer is no race: only one can go on with it. */
function hedgeDelayMs(walk: Walk, { health }: Stop, { hedging, sent, request }: Job): number | null {
  if (hedging === null || sent !== null || walk.hedged || attemptsLeft(walk) < 2) return null
  const { percentile, afterMs } = hedging.rules
  return percentileOf(latenciesOf(health.load, request.stream), percentile) ?? afterMs
}

async function raced(
  walk: Walk,
  stop: Stop,
  jobFor: (target: Target) => Job,
  delayMs: number,
): Promise<readonly Heard[]> {
  const job = jobFor(stop.target)
  const first = run(walk, stop, job, roleOf(walk, stop, job))
  const early = await within(first.heard, delayMs)
  if (early !== null) return settled(walk, [early])
  const beside = stopBeside(walk.plan, stop, walk.engine.clock.now())
  if (beside === null || !isAffordable(walk, beside)) return settled(walk, [await first.heard])
  walk.hedged = true
  const second = run(walk, beside, jobFor(beside.target), 'hedge')
  const winner = await Promise.race([first.heard, second.heard])
  const other = winner.runner === first ? second : first
  if (!isDecisive(winner, first)) return afterFailure(walk, winner, await other.heard)
  interrupt(other.scope.controller, other === first ? tooLate() : notNeeded())
  await over(other)
  walk.attempts.push(...other.attempts)
  return settled(walk, [winner])
}

function run({ engine, client }: Walk, stop: Stop, job: Job, role: AttemptRole): Runner {
  const scope = openScope(client)
  const record = (attempt: Attempt): void => void runner.attempts.push(attempt)
  const asking = { job, role, client: scope.controller.signal, record, attemptsLeft: 1 }
  const ask = async () => {
    const reply = await askTarget(engine, stop, asking)
    if (reply.kind === 'streaming') void reply.ended.then(scope.release)
    else scope.release()
    return { stop, reply, runner }
  }
  const runner: Runner = { stop, scope, attempts: [], heard: Promise.resolve().then(ask) }
  return runner
}

/** From now on their attempts go to the walk's own list: a stream's comes at its end. */
function settled(walk: Walk, heard: readonly Came[]): readonly Heard[] {
  for (const { runner } of heard) {
    walk.attempts.push(...runner.attempts)
    runner.attempts = walk.attempts
  }
  return accounted(walk, heard)
}

/** What the second target alone holds against the request is of no account where the first answers. */
function afterFailure(walk: Walk, failed: Came, last: Came): readonly Heard[] {
  if (last.reply.kind === 'failed' || !endsRequest(failed.reply)) return settled(walk, [failed, last])
  walk.attempts.push(...failed.runner.attempts)
  return settled(walk, [last])
}

/** An abort is quick, and what a call made by then is booked. */
async function over({ heard }: Runner): Promise<void> {
  const { reply } = await heard
  if (reply.kind === 'streaming') await reply.ended
}

/** An answer, or a failure of the first target that would have ended the request without a second. */
const isDecisive = ({ reply, runner }: Came, first: Runner): boolean =>
  reply.kind !== 'failed' || (runner === first && endsRequest(reply))

/** No other target can mend it. */
function endsRequest(reply: TargetReply): boolean {
  if (reply.kind !== 'failed') return false
  const { otherTarget, otherModel } = consequences[reply.failure.kind]
  return !otherTarget && !otherModel
}

function isAffordable({ job, client }: Walk, stop: Stop): boolean {
  const { hedging } = job
  if (hedging === null || client.aborted) return false
  return spendExtra(hedging.spending, expectedUsd(stop, job), hedging.rules.maxExtraCostShare)
}

function accounted({ job }: Walk, heard: readonly Heard[]): readonly Heard[] {
  const last = heard.at(-1)
  if (job.hedging === null || last === undefined || last.reply.kind === 'failed') return heard
  const usd = expectedUsd(last.stop, job)
  if (Number.isFinite(usd)) noteSpent(job.hedging.spending, usd)
  return heard
}

/** At the prices of the target, as if nothing were cached; infinity where one is unknown. */
function expectedUsd({ candidate, target }: Stop, { promptTokens }: Job): number {
  const usage = { ...noUsage, inputTokens: promptTokens, outputTokens: candidate.outputTokens.mean }
  const cost = costOf(usage, target.model.prices)
  return cost === null ? Number.POSITIVE_INFINITY : usdOf(cost)
}

const tooLate = () =>
  failure('cancelled', 'a second target, asked later, answered first', { code: overtaken })

const notNeeded = () => failure('cancelled', 'the target that it was asked beside answered first')

/** `null`: it was not there in time. The work goes on. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
