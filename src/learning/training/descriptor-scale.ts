import { type Benchmark, benchmarks, type Model } from '../../domain/model.ts'
import {
  type BenchmarkScale,
  type DescriptorScale,
  logOdds,
  logOutputPrice,
} from '../../estimate/descriptors.ts'
import { factorRidge, solveRidge } from './ridge.ts'

/** A benchmark that fewer models report says too little of the others to be scaled. */
const enoughScores = 5
const rounds = 100

/** Pulls on an item, each as strong as so many models: towards one log-odds a unit of ability, with this variance about it. */
const itemPrior = { loading: 1, loadingWeight: 2, variance: 0.3, varianceWeight: 4 }

/** An item in log-odds: score = mean + loading ability + noise. */
type Item = {
  readonly benchmark: Benchmark
  /** Log-odds by model, for models that report it. */
  readonly scores: ReadonlyMap<number, number>
  mean: number
  loading: number
  variance: number
}

type Ability = { readonly mean: number; readonly variance: number }

/**
 * Fits the item-response model of descriptors.ts to the scores of a catalogue by EM: one-factor analysis with missing
 * scores. Abilities are N(0, 1) beforehand, which fixes the scale; items are pulled towards common values, for some are
 * reported by a handful of models.
 */
export function descriptorScale(catalogue: readonly Model[]): DescriptorScale {
  const items = startingItems(catalogue)
  let abilities = abilitiesOf(catalogue.length, items)
  for (let round = 0; round < rounds; round++) {
    for (const item of items) refit(item, abilities)
    abilities = abilitiesOf(catalogue.length, items)
  }
  return {
    benchmarks: Object.fromEntries(items.map((item) => [item.benchmark, scaleOf(item)])),
    levelAtPrice: levelAtPrice(catalogue, items, abilities),
  }
}

const scaleOf = ({ mean, loading, variance }: Item): BenchmarkScale => ({
  mean,
  deviation: loading,
  noise: Math.sqrt(variance) / loading,
})

function startingItems(catalogue: readonly Model[]): Item[] {
  return benchmarks.flatMap((benchmark) => {
    const scores = new Map(
      catalogue.flatMap((model, index) => {
        const share = model.benchmarks[benchmark]
        return share === undefined ? [] : [[index, logOdds(share)] as const]
      }),
    )
    if (scores.size < enoughScores) return []
    const mean = [...scores.values()].reduce((sum, score) => sum + score, 0) / scores.size
    return [{ benchmark, scores, mean, loading: itemPrior.loading, variance: itemPrior.variance }]
  })
}

/** Posterior of each model's ability. */
function abilitiesOf(models: number, items: readonly Item[]): readonly Ability[] {
  const precision = new Float64Array(models).fill(1)
  const weighted = new Float64Array(models)
  for (const { scores, mean, loading, variance } of items) {
    for (const [model, score] of scores) {
      precision[model]! += loading ** 2 / variance
      weighted[model]! += (loading * (score - mean)) / variance
    }
  }
  return Array.from(precision, (value, model) => ({ mean: weighted[model]! / value, variance: 1 / value }))
}

/** Expected least squares of scores on abilities, which are known with their variances. */
function refit(item: Item, abilities: readonly Ability[]): void {
  const { loading, loadingWeight, variance, varianceWeight } = itemPrior
  let ability = 0
  let square = loadingWeight
  let score = 0
  let product = loading * loadingWeight
  for (const [model, value] of item.scores) {
    const { mean, variance: spread } = abilities[model]!
    ability += mean
    square += mean ** 2 + spread
    score += value
    product += value * mean
  }
  const count = item.scores.size
  item.loading = Math.max(0.1, (product - (ability * score) / count) / (square - ability ** 2 / count))
  item.mean = (score - item.loading * ability) / count
  let squares = variance * varianceWeight
  for (const [model, value] of item.scores) {
    const { mean, variance: spread } = abilities[model]!
    squares += (value - item.mean - item.loading * mean) ** 2 + item.loading ** 2 * spread
  }
  item.variance = squares / (count + varianceWeight)
}

/** Abilities regressed on log prices, over models that report a score. */
function levelAtPrice(
  catalogue: readonly Model[],
  items: readonly Item[],
  abilities: readonly Ability[],
): DescriptorScale['levelAtPrice'] {
  const points = catalogue.flatMap((model, index) => {
    const price = logOutputPrice(model)
    const isScored = items.some(({ scores }) => scores.has(index))
    return price === null || !isScored ? [] : [{ price, ability: abilities[index]! }]
  })
  if (points.length < 3) return { intercept: 0, slope: 0, deviation: 1 }
  const rows = Float64Array.from(points.flatMap(({ price }) => [price, 1]))
  const [slope, intercept] = solveRidge(
    factorRidge(rows, 2, 1),
    rows,
    points.map(({ ability }) => ability.mean),
  )
  const squares = points.reduce(
    (sum, { price, ability }) => sum + (ability.mean - intercept! - slope! * price) ** 2 + ability.variance,
    0,
  )
  return { intercept: intercept!, slope: slope!, deviation: Math.sqrt(squares / points.length) }
}
