import type { AssistantPart, OpaquePart, SealedReasoning } from './request.ts'

/** A complete model output. Complete means: a finish reason was seen. */
export type Answer = {
  /** The model's name as the vendor reported it. */
  readonly model: string
  readonly parts: readonly AssistantPart[]
  readonly finish: Finish
  readonly usage: Usage
  readonly logprobs: readonly TokenLogprob[]
}

export const finishKinds = ['stop', 'length', 'tool-calls', 'content-filter', 'other'] as const

/** Both the unified reason and the vendor's own word for it are kept. */
export type Finish = {
  readonly kind: (typeof finishKinds)[number]
  readonly raw: string
  /** The stop sequence that ended it, where the vendor says so. */
  readonly stopSequence?: string
}

/**
 * Tokens of one call. `inputTokens` includes cached reads and cache writes; `outputTokens` includes `reasoningTokens`.
 * `source` says whether the vendor reported them or Fairlead estimated them from the bytes.
 */
export type Usage = {
  readonly inputTokens: number
  readonly cachedReadTokens: number
  readonly cacheWriteTokens: number
  /** Those of `cacheWriteTokens` that are kept for an hour, and priced higher. */
  readonly longCacheWriteTokens?: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly source: 'reported' | 'estimated'
}

export const noUsage: Usage = {
  inputTokens: 0,
  cachedReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  source: 'estimated',
}

/** Natural logarithm of a token's probability, with the likeliest alternatives where they were asked for. */
export type TokenLogprob = {
  readonly token: string
  readonly logprob: number
  readonly top: readonly { readonly token: string; readonly logprob: number }[]
}

/** What a stream decoder draws from a stream, in order. Every stream that is complete has exactly one `finish`. */
export type StreamPart =
  | { readonly kind: 'start'; readonly model: string }
  | { readonly kind: 'text-delta'; readonly text: string }
  | { readonly kind: 'reasoning-delta'; readonly text: string }
  /** Ends the reasoning before it, or stands for one that is not shown. */
  | { readonly kind: 'reasoning-seal'; readonly sealed: SealedReasoning }
  | { readonly kind: 'refusal-delta'; readonly text: string }
  | OpaquePart
  | {
      readonly kind: 'tool-call-start'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly freeform?: true
    }
  | { readonly kind: 'tool-call-delta'; readonly index: number; readonly argumentsText: string }
  | { readonly kind: 'logprobs'; readonly tokens: readonly TokenLogprob[] }
  | { readonly kind: 'finish'; readonly finish: Finish }
  | { readonly kind: 'usage'; readonly usage: Usage }

/** The visible text of an answer. */
export function answerText(answer: Answer): string {
  let text = ''
  for (const part of answer.parts) if (part.kind === 'text') text += part.text
  return text
}
