/** Several arms against one control, at one error for all. */

/** The error for each of so many comparisons, so that all of them hold together (Bonferroni). */
export const bonferroni = (alpha: number, comparisons: number): number => alpha / Math.max(1, comparisons)

/**
 * e-BH (Wang and Ramdas 2020, arXiv 2009.02824): of hypotheses with e-values, however they hang together, those to reject so that
 * the share of false ones among them is `alpha` at most, on average. The k greatest are rejected, k the largest with
 * e_(k) >= number / (k alpha).
 */
export function rejectedByEvidence(evidence: readonly number[], alpha: number): readonly boolean[] {
  const order = evidence.map((_, place) => place).sort((a, b) => evidence[b]! - evidence[a]!)
  let rejected = 0
  order.forEach((place, index) => {
    if (evidence[place]! >= evidence.length / ((index + 1) * alpha)) rejected = index + 1
  })
  const places = new Set(order.slice(0, rejected))
  return evidence.map((_, place) => places.has(place))
}
