/** What a search asks for: the model that is adapted, the one that proposes. Behind it stand a gateway, or a pure function in a test. */

import type { PromptVariant } from '../../adaptation/variant.ts'
import type { Example } from './example.ts'

export type AdaptationWorld = {
  /** Puts an example to the model in the words of a variant and scores what it says. Does not reject. */
  readonly answer: (variant: PromptVariant, example: Example, signal: AbortSignal) => Promise<Tried>
  /** The most dollars that this can come to, the judge included. */
  readonly mostUsd: (variant: PromptVariant, example: Example) => number
  readonly propose: (situation: Situation, signal: AbortSignal) => Promise<Proposed>
  readonly mostProposalUsd: (situation: Situation) => number
}

export type Tried =
  | {
      readonly kind: 'answered'
      /** From 0 to 1. */
      readonly score: number
      readonly said: string
      readonly outputTokens: number
      readonly usd: number
    }
  | { readonly kind: 'failed'; readonly message: string; readonly usd: number }

/** What the proposer is told. */
export type Situation = {
  readonly wanted: number
  /** The best variant so far, and what it got wrong. */
  readonly best: PromptVariant
  readonly bestScore: number
  readonly failures: readonly Failing[]
  /** What has been tried, the best first, with what it gained over the prompt as it was. */
  readonly tried: readonly { readonly variant: PromptVariant; readonly gain: number }[]
}

export type Failing = { readonly example: Example; readonly said: string }

export type Proposal = { readonly variant: PromptVariant; readonly why: string }

/** `refused`: how many of its variants could not be used. */
export type Proposed = {
  readonly proposals: readonly Proposal[]
  readonly refused: number
  /** Why there are none; `null` where there are some. */
  readonly problem: string | null
  readonly usd: number
}
