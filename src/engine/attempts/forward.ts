/** Ordered fallbacks: the targets of the first model, then of the next, until one answers. */

import type { Answer } from '../../domain/answer.ts'
import type { Attempt } from '../../domain/attempt.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { consequences, type Failure } from '../../domain/failure.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Target } from '../../domain/vendor.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { AttemptEngine } from './attempt-engine.ts'
import type { Job, TargetReply } from './call-target.ts'
import { interruptionOf, openScope } from './interruption.ts'
import { lastWord } from './last-word.ts'

/** `attempts` holds every attempt, in order, the one that answered last; a stream's own joins them when `done` resolves. */
export type Forwarded = { readonly attempts: readonly Attempt[] } & (
  | {
      readonly kind: 'buffered'
      readonly candidate: Candidate
      readonly target: Target
      readonly attempt: Attempt
      readonly answer: Answer
      /** The answer as the vendor wrote it. */
      readonly bytes: Uint8Array
    }
  | {
      readonly kind: 'stream'
      readonly candidate: Candidate
      readonly target: Target
      /** Whole server-sent events for the client. Read it to its end, call `return`, or abort the signal. */
      readonly frames: AsyncIterableIterator<Uint8Array>
      readonly done: Promise<Attempt>
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
)

/** Aborting `client` closes the connection to whichever target is at work; what it made by then is booked. */
export async function forwardTo(
  engine: AttemptEngine,
  models: NonEmpty<Candidate>,
  job: Job,
  client: AbortSignal,
): Promise<Forwarded> {
  const attempts: Attempt[] = []
  const failures: Failure[] = []
  let exceededWindow = 0
  for (const candidate of models) {
    if (candidate.model.contextWindow <= exceededWindow) continue
    for (const target of engine.targetsOf(candidate.id)) {
      if (mustStop(engine, job, client, attempts)) break
      const reply = await attemptOnce(engine, target, job, client, attempts)
      if (reply.kind !== 'failed') return handOn(reply, candidate, target, attempts)
      failures.push(reply.failure)
      const { otherTarget, otherModel } = consequences[reply.failure.kind]
      if (!otherTarget && !otherModel)
        return { kind: 'failed', failure: lastWord([reply.failure], attempts), attempts }
      if (reply.failure.kind === 'context-exceeded')
        exceededWindow = Math.max(exceededWindow, candidate.model.contextWindow)
      if (!otherTarget) break
    }
  }
  if (client.aborted) failures.push(interruptionOf(client))
  return { kind: 'failed', failure: lastWord(failures, attempts), attempts }
}

/** Timers may fire this much early: an attempt that the deadline ended must not find time for another. */
const timerToleranceMs = 1

/** The first attempt is always made: with no time left, it says so. */
function mustStop(
  { clock, maxAttempts }: AttemptEngine,
  { deadlineAt }: Job,
  client: AbortSignal,
  { length }: readonly Attempt[],
): boolean {
  return (
    client.aborted || length >= maxAttempts || (length > 0 && clock.now() >= deadlineAt - timerToleranceMs)
  )
}

async function attemptOnce(
  { callTarget }: AttemptEngine,
  target: Target,
  job: Job,
  client: AbortSignal,
  attempts: Attempt[],
): Promise<TargetReply> {
  const { controller, release } = openScope(client)
  const record = (attempt: Attempt): void => void attempts.push(attempt)
  const reply = await callTarget({ job, target, record }, controller)
  if (reply.kind === 'streaming') void reply.ended.then(release)
  else release()
  return reply
}

function handOn(
  reply: Exclude<TargetReply, { kind: 'failed' }>,
  candidate: Candidate,
  target: Target,
  attempts: readonly Attempt[],
): Forwarded {
  switch (reply.kind) {
    case 'answered': {
      const { answer, bytes } = reply
      return { kind: 'buffered', candidate, target, attempt: attempts.at(-1)!, answer, bytes, attempts }
    }
    case 'streaming': {
      const done = reply.ended.then(() => attempts.at(-1)!)
      return { kind: 'stream', candidate, target, frames: reply.frames, done, attempts }
    }
    default:
      return unreachable(reply)
  }
}
