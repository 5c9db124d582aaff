import type { SharedV3Headers, SharedV3Warning } from '@ai-sdk/provider'
import type { Answer, StreamPart } from '../../domain/answer.ts'
import type { DecisionFacts } from '../decision-facts.ts'
import type { DecodedCall } from './call.ts'

/** Where answers come from: a Fairlead in this process, or one over HTTP. Failures are the SDK's errors, or an abort's reason. */
export type Source = {
  readonly answer: (call: SourceCall) => Promise<Sourced & { readonly answer: Answer }>
  /** Resolves when the first content is there. */
  readonly stream: (call: SourceCall) => Promise<Sourced & { readonly parts: AsyncIterable<StreamPart> }>
}

export type SourceCall = DecodedCall & {
  readonly modelId: string
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string | undefined>>
}

export type Sourced = {
  /** What a stream cost is known when it has ended. */
  readonly facts: () => Partial<DecisionFacts>
  /** Beside those of the call itself. */
  readonly warnings: readonly SharedV3Warning[]
  /** What was sent, for debugging. */
  readonly requestBody: unknown
  readonly responseHeaders?: SharedV3Headers
}
