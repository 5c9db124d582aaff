/** The (mean dollars, mean quality) plane: what a router or a control reaches there, and areas under it. */
export type Point = { readonly costUsd: number; readonly quality: number }

/**
 * Points in order of cost. Where they begin above the cheapest model's cost, that model's point is put in front: the
 * missing left end of cascade routing's metric (arXiv 2410.10347). Between neighbours one mixes, request by request.
 */
export function byCost(points: readonly Point[], cheapest: Point): Point[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || a.quality - b.quality)
  const first = sorted[0]
  return first && first.costUsd <= cheapest.costUsd ? sorted : [cheapest, ...sorted]
}

/** Quality bought at a mean cost: linear between points, flat beyond the ends (a router need not spend). */
export function qualityAt(sorted: readonly Point[], costUsd: number): number {
  const above = sorted.findIndex((point) => point.costUsd > costUsd)
  if (above === -1) return sorted[sorted.length - 1]!.quality
  if (above === 0) return sorted[0]!.quality
  return between(sorted[above - 1]!, sorted[above]!, costUsd)
}

function between(left: Point, right: Point, costUsd: number): number {
  const share = (costUsd - left.costUsd) / (right.costUsd - left.costUsd)
  return left.quality + share * (right.quality - left.quality)
}

/** Mean height of the curve over [from, to] dollars, by trapezoids; NaN for an empty range. */
export function meanHeight(sorted: readonly Point[], from: number, to: number): number {
  if (!(to > from)) return Number.NaN
  const first = sorted[0]!
  const last = sorted[sorted.length - 1]!
  let area = first.quality * Math.max(0, Math.min(first.costUsd, to) - from)
  area += last.quality * Math.max(0, to - Math.max(last.costUsd, from))
  for (let place = 1; place < sorted.length; place++) {
    const [left, right] = [sorted[place - 1]!, sorted[place]!]
    const [start, end] = [Math.max(left.costUsd, from), Math.min(right.costUsd, to)]
    if (end > start) area += ((end - start) * (between(left, right, start) + between(left, right, end))) / 2
  }
  return area / (to - from)
}

/** Upper convex hull, up to the best quality: what mixing the points can reach, spending no more than helps. */
export function nonDecreasingHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality)
  const hull: Point[] = []
  for (const point of sorted) {
    if (hull.length > 0 && point.quality <= hull[hull.length - 1]!.quality) continue
    while (
      hull.length > 1 &&
      slope(hull[hull.length - 2]!, point) >= slope(hull[hull.length - 2]!, hull[hull.length - 1]!)
    ) {
      hull.pop()
    }
    hull.push(point)
  }
  return hull
}

const slope = (left: Point, right: Point): number =>
  (right.quality - left.quality) / (right.costUsd - left.costUsd)

/**
 * AIQ, average improvement in quality (RouterBench, arXiv 2403.12031): mean height over [from, to] of the non-decreasing
 * convex hull of the points. The cheapest model counts among them, as in `byCost`.
 */
export function aiq(points: readonly Point[], cheapest: Point, from: number, to: number): number {
  return meanHeight(nonDecreasingHull(byCost(points, cheapest)), from, to)
}

/** The least mean cost at which a curve reaches a quality, mixing neighbours; infinite where it never does. */
export function costOfReaching(sorted: readonly Point[], quality: number): number {
  const tolerance = 1e-12
  const at = sorted.findIndex((point) => point.quality >= quality - tolerance)
  if (at === -1) return Number.POSITIVE_INFINITY
  const point = sorted[at]!
  const left = sorted[at - 1]
  if (!left || point.quality <= quality) return point.costUsd
  const share = (quality - left.quality) / (point.quality - left.quality)
  return left.costUsd + share * (point.costUsd - left.costUsd)
}
