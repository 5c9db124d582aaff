import type { Cost, Estimate } from './estimate.ts'
import type { Model, ModelId } from './model.ts'

/** An eligible model with what is predicted of it for one request. */
export type Candidate = {
  readonly id: ModelId
  readonly model: Model
  /** Probability that the answer is good, 0 to 1. */
  readonly quality: Estimate
  readonly cost: Cost
  /** To the last token. */
  readonly latencyMs: Estimate
  /** To the first, by what has been observed of its targets; absent: only the catalogue says. */
  readonly firstTokenMs?: Estimate
  readonly outputTokens: Estimate
}

/** A model that may not serve this request, and why. */
export type Refusal = { readonly id: ModelId; readonly rule: string; readonly reason: string }

/** Expected dollars, or infinity where a price is unknown: unknown never looks cheap. */
export const expectedUsd = ({ cost }: Candidate): number =>
  cost.kind === 'known' ? cost.usd.mean : Number.POSITIVE_INFINITY

/** Cheapest first; equal costs by quality, then by id, so that the order never depends on the input's. */
export const byCost = (candidates: readonly Candidate[]): Candidate[] =>
  [...candidates].sort(
    (a, b) => ascending(expectedUsd(a), expectedUsd(b)) || b.quality.mean - a.quality.mean || byId(a, b),
  )

/** Best predicted quality first; ties by cost, then by id. */
export const byQuality = (candidates: readonly Candidate[]): Candidate[] =>
  [...candidates].sort(
    (a, b) => b.quality.mean - a.quality.mean || ascending(expectedUsd(a), expectedUsd(b)) || byId(a, b),
  )

const byId = (a: Candidate, b: Candidate): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

// Subtracting two infinities gives NaN, which a sort must not see.
export const ascending = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
