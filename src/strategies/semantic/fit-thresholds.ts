/**
 * Thresholds of routes: from which score on the best route is taken, and below which none. Fitted by an exact sweep: between
 * two neighbouring scores nothing changes, so that every threshold there can be is tried.
 *
 * For a threshold t, with trials whose best route is r: TP are right ones at or above t, FP wrong ones at or above t, FN texts of
 * r that are not taken by it. t maximises F1 = 2 TP / (2 TP + FP + FN). Few trials speak for one route: those of all routes
 * are added to them with the weight of `priorTrials` in all, so that a route departs from the others as far as its own
 * trials speak for it.
 */

/** A text, the route that came out first for it, and with which score. */
export type Trial = {
  readonly best: number
  readonly score: number
  /** The route that it belongs to; `null`: none. */
  readonly route: number | null
  /** How much it counts; 1 is a text of its own. */
  readonly weight: number
}

export type Thresholds = { readonly overall: number; readonly ofRoute: Float64Array }

/** Nobody speaks for any threshold: what is above this is near by the measure of any encoder, and of words. */
export const untriedThreshold = 0.5

const priorTrials = 30

export function fitThresholds(trials: readonly Trial[], routes: number): Thresholds {
  const pooled = sweep(trials, ({ route }) => route !== null)
  if (pooled.length === 0)
    return { overall: untriedThreshold, ofRoute: new Float64Array(routes).fill(untriedThreshold) }
  const total = trials.reduce((sum, { weight }) => sum + weight, 0)
  const share = priorTrials / total
  const ofRoute = Float64Array.from({ length: routes }, (_, route) => {
    const own = trials.filter((trial) => trial.best === route || trial.route === route)
    return bestOf(
      added(
        sweep(own, (trial) => trial.route === route),
        pooled,
        share,
      ),
    )
  })
  return { overall: bestOf(pooled), ofRoute }
}

/** What comes of a threshold at or below `score`, and above the next lower one of a trial; the lowest first. */
type Point = {
  readonly score: number
  readonly threshold: number
  readonly tp: number
  readonly fp: number
  readonly fn: number
}

/** `belongs`: texts that should be taken; those that another route takes are missed whatever the threshold. */
function sweep(trials: readonly Trial[], belongs: (trial: Trial) => boolean): readonly Point[] {
  const sorted = [...trials].sort((a, b) => b.score - a.score)
  const wanted = sum(sorted.filter(belongs))
  const points: Point[] = []
  let [tp, fp] = [0, 0]
  for (const [place, { score, best, route, weight }] of sorted.entries()) {
    if (best === route) tp += weight
    else fp += weight
    const next = sorted[place + 1]?.score ?? score - 1e-6
    if (next < score) points.push({ score, threshold: (score + next) / 2, tp, fp, fn: wanted - tp })
  }
  return points.reverse()
}

const sum = (trials: readonly Trial[]): number => trials.reduce((total, { weight }) => total + weight, 0)

/** Both sweeps at all thresholds of either; each stays as it is between two of its own. */
function added(
  own: readonly Point[],
  pooled: readonly Point[],
  share: number,
): readonly Omit<Point, 'score'>[] {
  // Two sorted runs: merging them takes time in proportion to their length.
  const thresholds = [...pooled, ...own].map(({ threshold }) => threshold).sort((a, c) => a - c)
  const ownAt = walker(own)
  const pooledAt = walker(pooled)
  return thresholds.map((threshold) => {
    const [mine, others] = [ownAt(threshold), pooledAt(threshold)]
    return {
      threshold,
      tp: mine.tp + share * others.tp,
      fp: mine.fp + share * others.fp,
      fn: mine.fn + share * others.fn,
    }
  })
}

/** Reads a sweep at rising thresholds. Beyond the last score nothing is taken. */
function walker(points: readonly Point[]): (threshold: number) => Pick<Point, 'tp' | 'fp' | 'fn'> {
  let place = 0
  const last = points.at(-1)
  const none = { tp: 0, fp: 0, fn: last ? last.tp + last.fn : 0 }
  return (threshold) => {
    while (place < points.length && points[place]!.score < threshold) place++
    return points[place] ?? none
  }
}

/** Of equal ones the middle: as far as can be from either change. */
function bestOf(points: readonly Omit<Point, 'score'>[]): number {
  let best = -1
  let ties: number[] = []
  for (const { threshold, tp, fp, fn } of points) {
    const f1 = tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn)
    if (f1 > best + 1e-12) {
      best = f1
      ties = [threshold]
    } else if (Math.abs(f1 - best) <= 1e-12) ties.push(threshold)
  }
  return ties[Math.floor((ties.length - 1) / 2)] ?? untriedThreshold
}
