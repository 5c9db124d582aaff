/** The `ratioRange` of `budget`: what a dollar buys on the traffic that there is. */

import { quantile } from '../evaluation/bootstrap.ts'
import type { Predictions } from '../evaluation/policy-curve.ts'

/**
 * The 5th and the 95th percentile of predicted quality per predicted dollar, over all requests and models (PILOT,
 * arXiv 2508.21141). Cells without a price are left out. `null`: fewer than two ratios are known, or they are all one.
 */
export function fitRatioRange({
  quality,
  costUsd,
}: Pick<Predictions, 'quality' | 'costUsd'>): { readonly lowest: number; readonly highest: number } | null {
  const ratios = quality
    .map((mean, cell) => mean / costUsd[cell]!)
    .filter((ratio) => Number.isFinite(ratio) && ratio > 0)
    .sort()
  if (ratios.length < 2) return null
  const [lowest, highest] = [quantile(ratios, 0.05), quantile(ratios, 0.95)]
  return lowest < highest ? { lowest, highest } : null
}
