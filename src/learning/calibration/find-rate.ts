import type { ObjectiveStatement } from '../../domain/policy.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { highestLambda, lowestLambda, mixed, type Rate, rateMeeting } from '../../estimate/staircase.ts'
import { chooseAt, lambdaGrid } from '../evaluation/policy-curve.ts'
import { columnMeans } from '../evaluation/table.ts'
import { rising } from './isotonic.ts'
import { meanOfChoices, type Sample } from './sample.ts'

/** A mixture is two more figures in a configuration: what one lambda meets this nearly needs none. */
const tolerance = 0.002

/** The rate that meets a target on a sample: choices go by the predictions, what they come to by the outcomes. */
export function findRate(statement: ObjectiveStatement, sample: Sample, strong: number): Rate {
  const { predictions, costUsd } = sample
  switch (statement.kind) {
    case 'lambda':
      return mixed(
        statement.lambda,
        statement.mixture?.lambda ?? statement.lambda,
        statement.mixture?.share ?? 0,
      )
    case 'willingness-to-pay':
      return { lambda: 0.1 / statement.usdPerTenPoints }
    case 'mean-cost':
      return rateMeeting(
        (lambda) => meanOfChoices(costUsd, chooseAt(predictions, lambda), predictions.models),
        statement.usd,
        tolerance,
      )
    case 'strong-share':
      return rateMeeting(
        (lambda) => shareOf(strong, chooseAt(predictions, lambda)),
        statement.share,
        tolerance,
      )
    case 'quality':
      return rateKeeping(statement.share, sample)
    case 'max-quality-loss':
      return rateKeeping(1 - statement.share, sample)
    default:
      return unreachable(statement)
  }
}

const shareOf = (model: number, choices: Uint16Array): number =>
  choices.reduce((count, choice) => count + (choice === model ? 1 : 0), 0) / choices.length

const settings = 120

/**
 * The dearest rate that keeps a share of the best single model's mean recorded score. Recorded quality rises with spending
 * only up to noise, and the first setting that happens to reach the target would be a lucky one: it is made to rise
 * (isotonic) before the crossing is looked for, and neighbouring settings are mixed to meet the target on the risen curve.
 */
function rateKeeping(share: number, { predictions, quality }: Sample): Rate {
  const { models } = predictions
  const target = share * Math.max(...columnMeans(quality, models))
  const lambdas = lambdaGrid(predictions, settings).map((lambda) =>
    Math.min(highestLambda, Math.max(lowestLambda, lambda)),
  )
  const kept = rising(lambdas.map((lambda) => meanOfChoices(quality, chooseAt(predictions, lambda), models)))
  const first = kept.findIndex((mean) => mean >= target)
  if (first === -1) return { lambda: lambdas.at(-1)! }
  if (first === 0) return { lambda: lambdas[0]! }
  const [below, above] = [kept[first - 1]!, kept[first]!]
  if (above - target <= tolerance * target) return { lambda: lambdas[first]! }
  return mixed(lambdas[first]!, lambdas[first - 1]!, (above - target) / (above - below))
}
