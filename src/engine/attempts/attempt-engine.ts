import type { ModelId } from '../../domain/model.ts'
import type { Clock, Transport } from '../../domain/transport.ts'
import type { Target } from '../../domain/vendor.ts'
import type { WireFormat } from '../../wire/wire-format.ts'
import { type CallTarget, stack } from './call-target.ts'
import { withAttemptRecords, withDeadline, withFirstContentTimeout } from './layers.ts'
import { sendWith } from './send.ts'
import { streamCodec } from './watch-stream.ts'
import { withSecretsKept } from './without-secrets.ts'

/** How long an attempt may take, and how many there may be. Connecting has its own limit, in the transport. */
export type AttemptLimits = {
  /** Until the first content of a stream. */
  readonly firstContentMs: number
  /** Until a buffered answer is whole. */
  readonly answerMs: number
  /** Between two chunks of a stream. */
  readonly idleMs: number
  /** Attempts of one request together, over all its models and targets. */
  readonly maxAttempts: number
}

export const defaultAttemptLimits: AttemptLimits = {
  firstContentMs: 30_000,
  answerMs: 120_000,
  idleMs: 30_000,
  maxAttempts: 6,
}

export type AttemptEngine = {
  readonly callTarget: CallTarget
  readonly targetsOf: (model: ModelId) => readonly Target[]
  readonly clock: Clock
  readonly maxAttempts: number
}

export type AttemptEngineParts = {
  readonly transport: Transport
  readonly formats: readonly WireFormat[]
  /** The targets of a model, in the order in which they are tried. */
  readonly targetsOf: (model: ModelId) => readonly Target[]
  readonly clock: Clock
  readonly limits: AttemptLimits
}

export function createAttemptEngine(parts: AttemptEngineParts): AttemptEngine {
  const { transport, formats, targetsOf, clock, limits } = parts
  const codecs = new Map(formats.map((format) => [format.name, streamCodec(format)]))
  const callTarget = stack(sendWith({ transport, codecs, idleMs: limits.idleMs }), [
    withSecretsKept, // innermost: nobody above it sees a vendor's words as they came
    withFirstContentTimeout(limits), // bounds one attempt, and no longer than until it may be handed on
    withDeadline(clock), // outside it: bounds all attempts together, and the stream after its first content
    withAttemptRecords(clock), // outermost: sees what the timeouts made of an attempt
  ])
  return { callTarget, targetsOf, clock, maxAttempts: limits.maxAttempts }
}
