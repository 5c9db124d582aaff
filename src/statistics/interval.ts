/** An estimate with the interval that holds the truth with the probability that it was asked for. */
export type Interval = { readonly estimate: number; readonly low: number; readonly high: number }

/** An interval, or why none can be trusted yet. */
export type Reading =
  | ({ readonly kind: 'interval' } & Interval)
  | { readonly kind: 'withheld'; readonly estimate: number | null; readonly because: string }

export const withheld = (estimate: number | null, because: string): Reading => ({
  kind: 'withheld',
  estimate: estimate !== null && Number.isFinite(estimate) ? estimate : null,
  because,
})

export const intervalOf = (estimate: number, low: number, high: number): Reading => ({
  kind: 'interval',
  estimate,
  low,
  high,
})

/** @throws RangeError where it is no error rate that an interval can have */
export function checkAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1))
    throw new RangeError(`alpha is the chance of missing the truth, above 0 and below 1, not ${alpha}`)
}
