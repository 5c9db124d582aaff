import type { LambdaMixture } from '../domain/objective.ts'

/** One lambda, or a mixture of two. */
export type Rate = { readonly lambda: number; readonly mixture?: LambdaMixture }

// Quality per dollar: from a point of quality for $100 to the whole of it for a millionth of a dollar.
export const lowestLambda = 1e-4
export const highestLambda = 1e6
const bisections = 40

/**
 * The largest lambda at which something holds that holds for small ones and not for large ones, by bisection on log lambda.
 * @returns `low`, at which it holds, and `high`, close above, at which it does not; `null`: it holds everywhere or nowhere.
 */
export function lastWhere(
  holds: (lambda: number) => boolean,
  from = lowestLambda,
  to = highestLambda,
): { readonly low: number; readonly high: number } | null {
  if (holds(to) || !holds(from)) return null
  let low = Math.log(from)
  let high = Math.log(to)
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2
    if (holds(Math.exp(middle))) low = middle
    else high = middle
  }
  return { low: Math.exp(low), high: Math.exp(high) }
}

/**
 * The rate at which a figure that falls in steps as lambda grows (mean dollars, share of calls to the dear model) meets a
 * target in expectation. Between two steps they are mixed as in arXiv 2410.10347:
 *
 *     share of the step below = (above - target) / (above - below)
 *
 * Each step's lambda is taken from its middle, so that prompts which differ a little from the sample's choose like it.
 * A target that no lambda reaches gives the end that is nearest to it. A step within `tolerance` (a share) of the target is
 * taken as it is.
 */
export function rateMeeting(figureAt: (lambda: number) => number, target: number, tolerance = 0): Rate {
  if (figureAt(highestLambda) >= target) return { lambda: highestLambda }
  const jump = lastWhere((lambda) => figureAt(lambda) >= target)
  if (jump === null) return { lambda: lowestLambda }
  const above = figureAt(jump.low)
  const below = figureAt(jump.high)
  const onAbove = middleOf(
    lastWhere((lambda) => figureAt(lambda) > above, lowestLambda, jump.low)?.high ?? lowestLambda,
    jump.low,
  )
  const onBelow = middleOf(
    jump.high,
    lastWhere((lambda) => figureAt(lambda) >= below, jump.high, highestLambda)?.low ?? highestLambda,
  )
  // A figure that rises here and there, as recorded costs may, has no plain steps: then the edges of the jump serve.
  const low = figureAt(onAbove) === above ? onAbove : jump.low
  const high = figureAt(onBelow) === below ? onBelow : jump.high
  const [aboveBy, belowBy] = [above - target, target - below]
  if (Math.min(aboveBy, belowBy) <= tolerance * target) return { lambda: aboveBy < belowBy ? low : high }
  return mixed(low, high, aboveBy / (above - below))
}

const middleOf = (low: number, high: number): number => Math.sqrt(low * high)

/** `share` of the requests by `other`, the rest by `lambda`; a mixture of one is none. */
export function mixed(lambda: number, other: number, share: number): Rate {
  if (share <= 0) return { lambda }
  return share >= 1 ? { lambda: other } : { lambda, mixture: { lambda: other, share } }
}
