import type { WrittenVariant } from '../../adaptation/variant.ts'

/** What a search came to. */
export type AdaptationOutcome =
  | { readonly kind: 'kept'; readonly variant: string; readonly heldOut: HeldOutReading }
  /** The best variant of the search did not hold up on examples that the search had not seen. */
  | { readonly kind: 'rejected'; readonly variant: string; readonly heldOut: HeldOutReading }
  /** No variant was better even on the examples that it was searched on. */
  | { readonly kind: 'nothing-better' }
  | { readonly kind: 'no-variants'; readonly because: string }
  | {
      readonly kind: 'stopped'
      readonly because: 'budget' | 'interrupted' | 'all-failed'
      readonly message: string
    }

export type HeldOutReading = {
  readonly pairs: number
  readonly wins: number
  readonly losses: number
  /** Mean scores of the prompt as it was and of the variant. */
  readonly baseScore: number
  readonly variantScore: number
  /** Of the paired differences: their mean, and its lower bound at the stated error. */
  readonly difference: number
  readonly lowerBound: number
  /** A lower bound of their mean that holds for claims of no great loss too. */
  readonly lossBound: number
  /** Output tokens saved, as a mean share of the longer answer, with its lower bound. */
  readonly saving: number
  readonly savingLowerBound: number
}

export type VariantReport = {
  readonly name: string
  readonly written: WrittenVariant
  readonly why: string
  /** Examples of the search that it was put to before it was dropped. */
  readonly examples: number
  /** Mean paired difference to the prompt as it was: on those, and on the selection part (`null`: it did not come so far). */
  readonly searchDifference: number
  readonly selectionDifference: number | null
}

export type AdaptationReport = {
  readonly outcome: AdaptationOutcome
  readonly goal: 'better' | 'cheaper'
  readonly seed: string
  /** How many examples each part has. */
  readonly parts: { readonly search: number; readonly selection: number; readonly heldOut: number }
  /** Of the prompt as it was, on the search part; `null`: nothing was answered. */
  readonly baseScore: number | null
  /** The best first. */
  readonly variants: readonly VariantReport[]
  /** Proposals that could not be used, and what went wrong with the proposer. */
  readonly refusedProposals: number
  readonly problems: readonly string[]
  readonly calls: number
  readonly failedCalls: number
  readonly spentUsd: number
  readonly limitUsd: number
}
