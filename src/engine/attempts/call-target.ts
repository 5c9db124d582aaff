/** The one function type to call a target, and how layers are put around it. */

import type { Answer, Finish, Usage } from '../../domain/answer.ts'
import type { Attempt } from '../../domain/attempt.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Request } from '../../domain/request.ts'
import type { Target, WireFormatName } from '../../domain/vendor.ts'
import type { WireFormat } from '../../wire/wire-format.ts'

/** What is sent, whichever target gets it; shared by all attempts of one decision. */
export type Job = {
  readonly request: Request
  /** The client's own bytes; `null` where the request has been rewritten. */
  readonly original: { readonly format: WireFormatName; readonly text: string } | null
  /** The format that the client reads: errors inside a stream are written in it. */
  readonly clientFormat: WireFormat
  /** The client asked for usage in its stream. */
  readonly usageWanted: boolean
  /** Estimated tokens of the prompt, booked where a vendor reports none. */
  readonly promptTokens: number
  /** Milliseconds of the engine's clock: when the decision began, and when all attempts must be over. */
  readonly startedAt: number
  readonly deadlineAt: number
}

export type TargetCall = {
  readonly job: Job
  readonly target: Target
  readonly record: (attempt: Attempt) => void
}

export type TargetReply =
  /** `bytes`: the answer as the vendor wrote it. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly usage: Usage; readonly bytes: Uint8Array }
  /** Its first content has been seen. */
  | {
      readonly kind: 'streaming'
      readonly frames: AsyncIterableIterator<Uint8Array>
      /** Settles however the stream ends, read or not. Never rejects. */
      readonly ended: Promise<StreamEnd>
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly usage: Usage }

export type StreamEnd =
  | { readonly kind: 'complete'; readonly finish: Finish; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly usage: Usage }

/** Aborting `attempt` closes the connection; the reason becomes the failure. */
export type CallTarget = (call: TargetCall, attempt: AbortController) => Promise<TargetReply>

export type Layer = (next: CallTarget) => CallTarget

/** Layers are listed from the innermost to the outermost. */
export const stack = (send: CallTarget, layers: readonly Layer[]): CallTarget =>
  layers.reduce((next, layer) => layer(next), send)
