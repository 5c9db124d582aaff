import { cholesky, solveCholesky } from '../cholesky.ts'
import { sigmoid } from '../log-odds.ts'

/**
 * Bradley-Terry ratings from summed battles. With d = rating_a - rating_b, P(a beats b) = 1 / (1 + e^-d), and ratings are
 * the most likely ones a posteriori, each with a Gaussian prior around its centre:
 *
 *     minimise  - sum_{a, b} won_ab log P(a beats b)  +  sum_a (rating_a - centre_a)^2 / (2 variance)
 *
 * The prior is what makes the minimum exist where one side has won every battle, and what pins ratings that only have
 * differences otherwise (Bradley and Terry 1952; the ridge as in Caron and Doucet 2012).
 */
export type RatingPrior = { readonly centre: Float64Array; readonly variance: number }

const mostSteps = 40

/** `won` is players x players: what the row's player has won against the column's; a tie is half a win for each. */
export function solveRatings(won: Float64Array, { centre, variance }: RatingPrior): Float64Array {
  const players = centre.length
  const ratings = Float64Array.from(centre)
  const trial = new Float64Array(players)
  const curvature = new Float64Array(players * players)
  const slope = new Float64Array(players)
  let loss = lossOf(won, ratings, centre, variance)
  for (let count = 0; count < mostSteps; count++) {
    slopeAndCurvature(won, ratings, centre, variance, slope, curvature)
    const step = solveCholesky(cholesky(curvature, players), slope)
    let share = 1
    let next = lossAfter(won, ratings, step, share, trial, centre, variance)
    // The loss is convex, but from far away a whole step can overshoot.
    while (!(next <= loss) && share > 1e-6) {
      share /= 2
      next = lossAfter(won, ratings, step, share, trial, centre, variance)
    }
    if (!(next <= loss)) break
    ratings.set(trial)
    const gained = loss - next
    loss = next
    if (gained <= 1e-10 * (1 + loss)) break
  }
  return ratings
}

/** Standard deviations of the ratings: roots of the diagonal of the inverse of the curvature at the minimum (Laplace). */
export function ratingDeviations(
  won: Float64Array,
  ratings: Float64Array,
  { centre, variance }: RatingPrior,
): Float64Array {
  const players = ratings.length
  const curvature = new Float64Array(players * players)
  slopeAndCurvature(won, ratings, centre, variance, new Float64Array(players), curvature)
  const lower = cholesky(curvature, players)
  return Float64Array.from(ratings, (_, player) => {
    const column = new Float64Array(players)
    column[player] = 1
    return Math.sqrt(solveCholesky(lower, column)[player]!)
  })
}

function lossAfter(
  won: Float64Array,
  ratings: Float64Array,
  step: Float64Array,
  share: number,
  trial: Float64Array,
  centre: Float64Array,
  variance: number,
): number {
  for (let player = 0; player < ratings.length; player++)
    trial[player] = ratings[player]! - share * step[player]!
  return lossOf(won, trial, centre, variance)
}

function lossOf(won: Float64Array, ratings: Float64Array, centre: Float64Array, variance: number): number {
  const players = ratings.length
  let loss = 0
  for (let a = 0; a < players; a++) {
    loss += (ratings[a]! - centre[a]!) ** 2 / (2 * variance)
    for (let b = 0; b < a; b++) {
      const wins = won[a * players + b]!
      const total = wins + won[b * players + a]!
      if (total === 0) continue
      const d = ratings[a]! - ratings[b]!
      // log(1 + e^d) in the form that does not overflow.
      loss += total * (Math.max(d, 0) + Math.log1p(Math.exp(-Math.abs(d)))) - wins * d
    }
  }
  return loss
}

/** The gradient into `slope`, the lower half of the Hessian into `curvature`. */
function slopeAndCurvature(
  won: Float64Array,
  ratings: Float64Array,
  centre: Float64Array,
  variance: number,
  slope: Float64Array,
  curvature: Float64Array,
): void {
  const players = ratings.length
  curvature.fill(0)
  for (let a = 0; a < players; a++) {
    slope[a] = (ratings[a]! - centre[a]!) / variance
    curvature[a * players + a] = 1 / variance
  }
  for (let a = 0; a < players; a++) {
    for (let b = 0; b < a; b++) {
      const wins = won[a * players + b]!
      const total = wins + won[b * players + a]!
      if (total === 0) continue
      const chance = sigmoid(ratings[a]! - ratings[b]!)
      const error = total * chance - wins
      const curve = total * chance * (1 - chance)
      slope[a]! += error
      slope[b]! -= error
      curvature[a * players + a]! += curve
      curvature[b * players + b]! += curve
      curvature[a * players + b]! -= curve
    }
  }
}
