import type { Capability, Price } from '../../domain/model.ts'

/** A model as its vendor lists it. `null`: the listing does not say. */
export type FoundModel = {
  /** At the vendor. */
  readonly name: string
  readonly kind: 'chat' | 'embeddings' | 'other'
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number | null
  readonly maxOutputTokens: number | null
  readonly capabilities: readonly Capability[] | null
  /** Dollars per million tokens. */
  readonly prices: FoundPrices | null
  /** What a person should know of it. */
  readonly note: string | null
}

export type FoundPrices = {
  readonly input: Price
  readonly cachedRead?: Price
  readonly cacheWrite?: Price
  readonly output: Price
}

export const aFoundModel = (name: string, said: Partial<FoundModel> = {}): FoundModel => ({
  name,
  kind: 'chat',
  contextWindow: null,
  maxOutputTokens: null,
  capabilities: null,
  prices: null,
  note: null,
  ...said,
})
