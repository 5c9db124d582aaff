import type { Model } from '../../../domain/model.ts'
import type { PriceBook, TokenPrice } from '../prices.ts'

/** The catalogue's prices, and of models that it has no price of those of the file beside the data, where there is one. */
export function pricesOfToday(identify: (name: string) => Model | null, beside: PriceBook | null): PriceBook {
  const priceOf = (name: string): TokenPrice | null => {
    const { input, output } = identify(name)?.prices ?? { input: 'unknown', output: 'unknown' }
    if (input === 'unknown' || output === 'unknown') return beside?.priceOf(name) ?? null
    return { inputUsdPerMillionTokens: input, outputUsdPerMillionTokens: output, note: null }
  }
  return { path: beside?.path ?? 'the catalogue', priceOf }
}
