import type { Model } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement } from '../domain/policy.ts'
import { unreachable } from '../domain/unreachable.ts'
import { outputDims } from '../signals/encoder/network.ts'
import { callCost } from './cost.ts'
import type { Router } from './router.ts'

/**
 * Turns what a user says into `lambda`, for one pool of models. A quality target becomes the largest lambda with which
 * `utility`, over the artefact's reference sample of prompts, keeps that share of the best single model's predicted quality:
 * a mean over traffic, not a promise for each request. Found by bisection on log lambda; quality falls as lambda grows.
 */
export function objectivesFor(
  pool: readonly Model[],
  router: Router,
): (statement: ObjectiveStatement) => Objective {
  // Some 400 prompts x the pool: predicted once, and only for those who state a target.
  let sample: Sample | null = null
  const keeping = (share: number): number => {
    sample ??= predictSample(pool, router)
    return lambdaKeeping(share, sample)
  }
  return (statement) => {
    const objective = (lambda: number, statedAs: string): Objective => ({
      lambda,
      mu: 0,
      maxCostUsd: null,
      statedAs,
    })
    switch (statement.kind) {
      case 'lambda':
        return objective(statement.lambda, `lambda ${statement.lambda}`)
      case 'willingness-to-pay':
        return objective(
          0.1 / statement.usdPerTenPoints,
          `$${statement.usdPerTenPoints} per 10 points of quality`,
        )
      case 'quality':
        return objective(keeping(statement.share), `quality ${statement.share}`)
      case 'max-quality-loss':
        return objective(
          keeping(1 - statement.share),
          `at most ${(statement.share * 100).toFixed(1)} % quality loss`,
        )
      default:
        return unreachable(statement)
    }
  }
}

// Quality per dollar: from a point of quality for $100 to the whole of it for a millionth of a dollar.
const lowestLambda = 1e-4
const highestLambda = 1e6
const bisections = 40

function lambdaKeeping(share: number, sample: Sample): number {
  if (sample.models === 0) return lowestLambda
  const target = share * sample.bestSingle
  if (qualityAt(sample, highestLambda) >= target) return highestLambda
  let low = Math.log(lowestLambda)
  let high = Math.log(highestLambda)
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2
    if (qualityAt(sample, Math.exp(middle)) >= target) low = middle
    else high = middle
  }
  return Math.exp(low)
}

type Sample = {
  readonly size: number
  readonly models: number
  /** size x models, row by row. */
  readonly quality: Float64Array
  readonly usd: Float64Array
  readonly bestSingle: number
}

/** Models of unknown price are left out, as `utility` leaves them out. */
function predictSample(pool: readonly Model[], router: Router): Sample {
  const { reference, encoder } = router.artefact
  const dims = outputDims(encoder)
  const priced = pool.filter(({ prices }) => prices.input !== 'unknown' && prices.output !== 'unknown')
  const quality = new Float64Array(reference.size * priced.length)
  const usd = new Float64Array(quality.length)
  const means = new Float64Array(priced.length)
  for (let prompt = 0; prompt < reference.size; prompt++) {
    const encoding = reference.encodings.subarray(prompt * dims, (prompt + 1) * dims)
    priced.forEach((model, index) => {
      const at = prompt * priced.length + index
      quality[at] = router.quality(encoding, model).mean
      means[index]! += quality[at]! / reference.size
      const cost = callCost(model, reference.inputTokens[prompt]!, router.outputTokens(encoding, model))
      usd[at] = cost.kind === 'known' ? cost.usd.mean : Number.POSITIVE_INFINITY
    })
  }
  return { size: reference.size, models: priced.length, quality, usd, bestSingle: Math.max(0, ...means) }
}

/** Mean predicted quality of `argmax quality - lambda * usd`. */
function qualityAt({ size, models, quality, usd }: Sample, lambda: number): number {
  let sum = 0
  for (let prompt = 0; prompt < size; prompt++) {
    let best = prompt * models
    for (let at = best + 1; at < (prompt + 1) * models; at++) {
      if (quality[at]! - lambda * usd[at]! > quality[best]! - lambda * usd[best]!) best = at
    }
    sum += quality[best]!
  }
  return sum / size
}
