import { solveRatings } from '../../../estimate/quality/pairwise-ratings.ts'
import { quantile } from '../../evaluation/bootstrap.ts'
import { type Battle, tally } from './battles.ts'

const bands = 10
/** Of a band's ratings around those over all prompts. */
const variance = 0.25

/** Ratings by the length of the prompt alone, in ten bands: what a learned estimator has to beat. */
export function fitLengthRatings(
  battles: readonly Battle[],
  ratings: Float64Array,
  chars: readonly number[],
): (prompt: number) => Float64Array {
  const sorted = Float64Array.from(battles, ({ prompt }) => chars[prompt]!).sort()
  const edges = Array.from({ length: bands - 1 }, (_, band) => quantile(sorted, (band + 1) / bands))
  const bandOf = (prompt: number) => edges.filter((edge) => chars[prompt]! > edge).length
  const byBand = Array.from({ length: bands }, (_, band) =>
    solveRatings(
      tally(
        battles.filter(({ prompt }) => bandOf(prompt) === band),
        ratings.length,
      ),
      { centre: ratings, variance },
    ),
  )
  return (prompt) => byBand[bandOf(prompt)]!
}
