/** What stands on the plane of cost and quality, predicted or measured. */

/** A mean with the bounds of its 95 % interval; `null`: there are too few values for one. */
export type Mean = {
  readonly mean: number
  readonly low: number | null
  readonly high: number | null
  /** Values that it is the mean of. */
  readonly count: number
}

/** A place on the plane. Costs in dollars a request. */
export type PlanePoint = { readonly name: string; readonly quality: Mean; readonly usd: Mean }

/** A router that knows nothing. */
export type ControlPoint = PlanePoint & {
  readonly family: 'cheapest' | 'strongest' | 'random-mix' | 'prompt-length'
}

/** What one exchange rate would have come to. */
export type FrontierPoint = {
  /** Quality (0 to 1) given up to save one dollar. */
  readonly lambda: number
  /**
   * The share of the best model's quality that the policy promises at this rate: the `quality` that leads to it. `null`: what
   * `quality` is a share of is all that is known of it.
   */
  readonly promised: number | null
  readonly quality: Mean
  readonly usd: Mean
  /** Share of requests by model; those of none are left out. */
  readonly shares: Readonly<Record<string, number>>
  /** Share of requests that would have gone elsewhere: than they did or, on an outcome set, than to the best single model. */
  readonly changed: number
  /** Less what was chosen or, on an outcome set, what the best single model comes to; request by request. */
  readonly versus: { readonly quality: Mean; readonly usd: Mean }
}
