import type { Model } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement } from '../domain/policy.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Router } from './router.ts'
import { meansAt, predictSample, type Sample } from './reference-sample.ts'
import { highestLambda, lastWhere, lowestLambda, type Rate, rateMeeting } from './staircase.ts'
import { winThresholds } from './win-threshold.ts'

/**
 * Turns what a user says into `lambda`, for one pool of models. A quality target becomes the largest lambda with which
 * `utility`, over the artefact's reference sample of prompts, keeps that share of the best single model's predicted quality:
 * a mean over traffic, not a promise for each request. Found by bisection on log lambda; quality falls as lambda grows.
 * A mean cost and a share of calls to the strong model are met over the same sample, by a mixture where they must be.
 */
export function objectivesFor(
  pool: readonly Model[],
  router: Router,
): (statement: ObjectiveStatement) => Objective {
  // Some 400 prompts x the pool: predicted once, and only for those who state a target.
  let predicted: Sample | null = null
  const sample = (): Sample => {
    predicted ??= predictSample(pool, router)
    return predicted
  }
  return (statement) => {
    switch (statement.kind) {
      case 'lambda':
        return objective(rateOf(statement), `lambda ${statement.lambda}`)
      case 'willingness-to-pay':
        return objective(
          { lambda: 0.1 / statement.usdPerTenPoints },
          `$${statement.usdPerTenPoints} per 10 points of quality`,
        )
      case 'quality':
        return objective(keeping(statement.share, sample()), `quality ${statement.share}`)
      case 'max-quality-loss':
        return objective(
          keeping(1 - statement.share, sample()),
          `at most ${percent(statement.share)} quality loss`,
        )
      case 'mean-cost':
        return costing(statement.usd, sample())
      case 'strong-share':
        return sharing(statement.share, sample(), winThresholds(pool, router, statement.share))
      default:
        return unreachable(statement)
    }
  }
}

const objective = (rate: Rate, statedAs: string): Objective => ({
  ...rate,
  mu: 0,
  maxCostUsd: null,
  statedAs,
})

const rateOf = ({ lambda, mixture }: Rate): Rate => (mixture ? { lambda, mixture } : { lambda })

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function keeping(share: number, sample: Sample): Rate {
  if (sample.models === 0) return { lambda: lowestLambda }
  const target = share * sample.bestSingle
  const keeps = (lambda: number) => meansAt(sample, lambda).quality >= target
  if (keeps(highestLambda)) return { lambda: highestLambda }
  return { lambda: lastWhere(keeps)?.low ?? lowestLambda }
}

/** Without reference prompts nothing is known of traffic: then what costs least is what keeps to any budget. */
function costing(usd: number, sample: Sample): Objective {
  const stated = `mean cost $${usd}`
  if (sample.models * sample.size === 0) return objective({ lambda: highestLambda }, stated)
  const rate = rateMeeting((lambda) => meansAt(sample, lambda).usd, usd)
  const least = meansAt(sample, highestLambda).usd
  return objective(
    rate,
    least > usd ? `${stated} (the cheapest choices cost $${least.toPrecision(3)})` : stated,
  )
}

/** A lambda below zero would pay for worse answers: the share that it would take is not reached. */
function sharing(share: number, sample: Sample, strongFrom: Objective['strongFrom']): Objective {
  const stated = `strong share ${percent(share)}`
  const shareAt = (lambda: number) => meansAt(sample, lambda).strongShare
  const known = sample.models * sample.size > 0
  const rate = known ? rateMeeting(shareAt, share) : { lambda: highestLambda }
  const most = known ? shareAt(lowestLambda) : share
  // Strategies that go by the probability of winning reach any share, and say their own limit.
  const said = most < share && !strongFrom ? `${stated} (of ${percent(most)} it is the better)` : stated
  return { ...objective(rate, said), ...(strongFrom && { strongFrom }) }
}
