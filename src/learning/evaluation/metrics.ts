/**
 * Metrics of a two-model router by share of calls to the strong model (RouteLLM, arXiv 2406.18665):
 * PGR = (quality - weak) / (strong - weak); APGR = the integral of PGR over the share from 0 to 1, by trapezoids;
 * CPT(x) = the least share at which PGR reaches x. A random router has APGR 0.5 and CPT(x) = x.
 */
export type ShareCurve = { readonly shares: Float64Array; readonly quality: Float64Array }

/** Rows from the first to be sent to the strong model to the last; rows with equal scores form one group. */
export type Ranking = { readonly order: Int32Array; readonly groupEnds: Int32Array }

export function rankByScore(scores: ArrayLike<number>): Ranking {
  const order = Int32Array.from({ length: scores.length }, (_, row) => row)
  order.sort((a, b) => scores[b]! - scores[a]!)
  const groupEnds: number[] = []
  for (let place = 1; place <= order.length; place++) {
    if (place === order.length || scores[order[place]!] !== scores[order[place - 1]!]) groupEnds.push(place)
  }
  return { order, groupEnds: Int32Array.from(groupEnds) }
}

/**
 * Mean quality against share of strong calls. Within a group of ties any order is as likely as another, and the expected
 * quality is linear in the share: so a group gives one point, and the order of rows never matters.
 */
export function shareCurve(
  { order, groupEnds }: Ranking,
  weak: Float64Array,
  strong: Float64Array,
  weights: Float64Array,
): ShareCurve {
  let total = 0
  let quality = 0
  for (let row = 0; row < weights.length; row++) {
    total += weights[row]!
    quality += weights[row]! * weak[row]!
  }
  const shares = new Float64Array(groupEnds.length + 1)
  const qualities = new Float64Array(groupEnds.length + 1)
  qualities[0] = quality / total
  let sent = 0
  let place = 0
  groupEnds.forEach((end, group) => {
    for (; place < end; place++) {
      const row = order[place]!
      sent += weights[row]!
      quality += weights[row]! * (strong[row]! - weak[row]!)
    }
    shares[group + 1] = sent / total
    qualities[group + 1] = quality / total
  })
  return { shares, quality: qualities }
}

/** Performance gap recovered at each point; NaN where both models are equally good. */
export function pgr({ quality }: ShareCurve): Float64Array {
  const weak = quality[0]!
  const gap = quality[quality.length - 1]! - weak
  return quality.map((at) => (gap === 0 ? Number.NaN : (at - weak) / gap))
}

export function apgr(curve: ShareCurve): number {
  const gains = pgr(curve)
  let area = 0
  for (let point = 1; point < gains.length; point++) {
    area += ((curve.shares[point]! - curve.shares[point - 1]!) * (gains[point]! + gains[point - 1]!)) / 2
  }
  return area
}

/** `gain` as a share: 0.5 for CPT(50 %). Infinite where the gain is never reached, NaN where there is no gap. */
export function cpt(curve: ShareCurve, gain: number): number {
  const gains = pgr(curve)
  if (Number.isNaN(gains[0]!)) return Number.NaN
  for (let point = 1; point < gains.length; point++) {
    if (gains[point]! < gain) continue
    const [left, right] = [gains[point - 1]!, gains[point]!]
    const along = right === left ? 0 : Math.max(0, (gain - left) / (right - left))
    return curve.shares[point - 1]! + along * (curve.shares[point]! - curve.shares[point - 1]!)
  }
  return Number.POSITIVE_INFINITY
}
