/** Ordered fallbacks: the targets of the first model, then of the next, until one answers. */

import type { Answer } from '../../domain/answer.ts'
import type { Attempt } from '../../domain/attempt.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { Failure } from '../../domain/failure.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Target } from '../../domain/vendor.ts'
import type { WireFormat } from '../../wire/wire-format.ts'
import type { AttemptEngine } from './attempt-engine.ts'
import type { Job, TargetStream } from './call-target.ts'
import { openAttempt } from './interruption.ts'
import { recoverStream } from './recovery/recover-stream.ts'
import { openWalk } from './walk.ts'

/** `attempts` holds every attempt, in order, the one that answered last; a stream's own join them when `done` resolves. */
export type Forwarded = { readonly attempts: readonly Attempt[] } & (
  | BufferedReply
  | {
      readonly kind: 'stream'
      /** Those that began the stream; others may have ended it. */
      readonly candidate: Candidate
      readonly target: Target
      /** Whole server-sent events for the client. Read it to its end, call `return`, or abort the signal. */
      readonly frames: AsyncIterableIterator<Uint8Array>
      /** The last attempt of the stream, when it is over. */
      readonly done: Promise<Attempt>
      /** The failure that the client was told at the end, or `null`; when the stream is over. */
      readonly told: Promise<Failure | null>
    }
  | FailedReply
)

type BufferedReply = {
  readonly kind: 'buffered'
  readonly candidate: Candidate
  readonly target: Target
  readonly attempt: Attempt
  readonly answer: Answer
  /** The answer as the vendor wrote it. */
  readonly bytes: Uint8Array
}

type FailedReply = { readonly kind: 'failed'; readonly failure: Failure }

/** The first reply that is none of a failure's; a stream has had its first content, and may yet break off. */
export type Opened = { readonly attempts: readonly Attempt[] } & (
  | BufferedReply
  | {
      readonly kind: 'stream'
      readonly candidate: Candidate
      readonly target: Target
      readonly stream: TargetStream
      /** That of the target: `stream` is read by its decoder. */
      readonly format: WireFormat
      /** Resolves however the stream ends, when its attempt is recorded. */
      readonly done: Promise<Attempt>
      readonly goOn: GoOn
    }
  | FailedReply
)

/**
 * Goes on with a request whose stream broke off after its first content: asks who comes next until one answers or nobody
 * is left, under the same deadline, budget of attempts and list of records. Call it after `done`, with the failure that
 * broke the stream: it counts like one before the content. `jobFor` may give each target a job of its own: one continues
 * from what was sent, another begins again.
 */
export type GoOn = (broken: Failure, jobFor: (target: Target) => Job) => Promise<Opened>

/** Aborting `client` closes the connection to whichever target is at work; what it made by then is booked. */
export async function forwardTo(
  engine: AttemptEngine,
  models: NonEmpty<Candidate>,
  job: Job,
  client: AbortSignal,
): Promise<Forwarded> {
  // Of its own, so that a reader who stops reading ends also what is being asked at that moment.
  const scope = openAttempt(client)
  const { signal } = scope.controller
  const opened = await openWalk(engine, models, job, signal)
  if (opened.kind === 'stream') return recoverStream(opened, job, scope)
  scope.release()
  return opened
}
