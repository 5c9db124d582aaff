/** A prediction: its mean and its standard deviation, in the unit of the thing predicted. */
export type Estimate = { readonly mean: number; readonly deviation: number }

/** What a call will cost. A price that is not known is never zero: it makes the whole cost unknown. */
export type Cost =
  | { readonly kind: 'known'; readonly usd: Estimate }
  | { readonly kind: 'unknown'; readonly why: string }
