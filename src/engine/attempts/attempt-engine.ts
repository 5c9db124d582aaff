import type { Draw } from '../../domain/random.ts'
import type { Clock, Transport } from '../../domain/transport.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { WireFormatName } from '../../domain/vendor.ts'
import type { WireFormat } from '../../wire/wire-format.ts'
import type { ObservedWindows } from '../health/observed-windows.ts'
import { type CallTarget, stack } from './call-target.ts'
import { type LossesTo, withAttemptRecords, withDeadline, withFirstContentTimeout } from './layers.ts'
import { type EngineLimits, mergedLimits } from './limits.ts'
import type { TargetBook } from './model-targets.ts'
import type { Pause } from './pause.ts'
import { withContinuation } from './recovery/with-continuation.ts'
import type { AttemptLimits } from '../../domain/attempt.ts'
import { withPromptVariant } from './with-prompt-variant.ts'
import { withPurse } from './purse.ts'
import { sendWith } from './send.ts'
import { streamCodec } from './watch-stream.ts'
import { withSecretsKept } from './without-secrets.ts'

export type AttemptEngine = {
  readonly callTarget: CallTarget
  readonly format: (name: WireFormatName) => WireFormat
  readonly targets: TargetBook
  readonly windows: ObservedWindows
  readonly limits: EngineLimits
  /** Those limits with a policy's own in their place. */
  readonly limitsWith: (own: Partial<AttemptLimits>) => EngineLimits
  readonly clock: Clock
  readonly draw: Draw
  readonly pause: Pause
}

export type AttemptEngineParts = {
  readonly transport: Transport
  readonly formats: readonly WireFormat[]
  readonly targets: TargetBook
  readonly windows: ObservedWindows
  readonly limits: EngineLimits
  readonly clock: Clock
  /** For back-off and for choices among targets; no decision depends on it. */
  readonly draw: Draw
  readonly pause: Pause
}

export function createAttemptEngine(parts: AttemptEngineParts): AttemptEngine {
  const { transport, formats, targets, windows, limits, clock, draw, pause } = parts
  const codecs = new Map(formats.map((format) => [format.name, streamCodec(format)]))
  const format = (name: WireFormatName): WireFormat => codecs.get(name)?.format ?? unreachable(name as never)
  const lossesTo: LossesTo = (name, request) =>
    format(name)
      .losses(request)
      .map(({ what }) => what)
  const callTarget = stack(sendWith({ transport, codecs, limits, clock }), [
    withSecretsKept, // innermost: nobody above it sees a vendor's words as they came
    withFirstContentTimeout(limits), // bounds one attempt, and no longer than until it may be handed on
    withDeadline(clock), // outside it: bounds all attempts together, and the stream after its first content
    withAttemptRecords(clock, lossesTo), // outside those: sees what the timeouts made of an attempt
    withPurse(clock.now), // outside it: what an attempt is written down to have cost is what it is settled with
    withPromptVariant, // outside those: what is sent, paid for and written down is the request as the model gets it
    withContinuation, // outermost: makes several attempts of a call, each of them bounded and written down
  ])
  return {
    callTarget,
    format,
    limitsWith: mergedLimits(limits),
    targets,
    windows,
    limits,
    clock,
    draw,
    pause,
  }
}
