import type { ModelId } from '../../domain/model.ts'
import { logOddsOf, sigmoid } from '../../estimate/log-odds.ts'
import type { ClusterTable } from '../../estimate/quality/clusters.ts'
import { anyModel, type Example } from './corpus.ts'
import { gatherPrompts } from './gather-prompts.ts'

/**
 * Gathers prompts in clusters (gather-prompts.ts) and gives each model a Beta posterior in each, in two steps that make up for
 * models having been run on different prompts: its mean is expected to be
 *
 *     sigmoid(mean + ability_m + ease_c),    ability, ease ~ N(0, 1), by coordinate-wise Newton steps,
 *
 * and the outcomes of the cell are added to a prior of that mean, worth so many outcomes as predict each outcome best from the others.
 */
export function fitClusters(
  examples: readonly Example[],
  vectors: readonly Float32Array[],
  models: readonly ModelId[],
  seed: string,
): ClusterTable {
  const { centres, clusterOf } = gatherPrompts(examples, vectors, seed)
  const clusters = centres.length / Math.max(1, vectors[0]?.length ?? 0)
  const sums = sumOutcomes(examples, clusterOf, clusters, models)
  const { expected, usual } = fitAdditive(sums)
  const strength = bestStrength(sums, expected)
  const cells = clusters * models.length
  const means = new Float32Array(cells)
  const worth = new Float32Array(cells)
  for (let cluster = 0; cluster < clusters; cluster++) {
    models.forEach((_, model) => {
      const from = cluster * sums.columns + model
      const at = cluster * models.length + model
      worth[at] = strength + sums.counts[from]!
      means[at] = (strength * expected[from]! + sums.scores[from]!) / worth[at]!
    })
  }
  return { centres, clusters, models, usual: usual.subarray(0, models.length), means, weights: worth }
}

/** clusters x columns; the last column is of no model in particular. */
type Sums = {
  readonly clusters: number
  readonly columns: number
  readonly scores: Float64Array
  readonly counts: Float64Array
}

function sumOutcomes(
  examples: readonly Example[],
  clusterOf: readonly number[],
  clusters: number,
  models: readonly ModelId[],
): Sums {
  const columnOf = new Map<string, number>(models.map((id, column) => [id, column]))
  columnOf.set(anyModel, models.length)
  const columns = models.length + 1
  const scores = new Float64Array(clusters * columns)
  const counts = new Float64Array(clusters * columns)
  examples.forEach((example, index) => {
    for (const { model, score } of example.scores) {
      const column = columnOf.get(model)
      if (column === undefined) continue
      const at = clusterOf[index]! * columns + column
      scores[at]! += example.weight * score
      counts[at]! += example.weight
    }
  })
  return { clusters, columns, scores, counts }
}

const additiveRounds = 20

/** Expected share of good answers by cluster and model, and by model where ease is middling. */
function fitAdditive({ clusters, columns, scores, counts }: Sums): {
  readonly expected: Float64Array
  readonly usual: Float32Array
} {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const base = logOddsOf(total === 0 ? 0.5 : scores.reduce((sum, score) => sum + score, 0) / total)
  const ease = new Float64Array(clusters)
  const ability = new Float64Array(columns)
  const improve = (effects: Float64Array, which: number, cells: readonly number[]) => {
    let gradient = -effects[which]!
    let curve = 1
    for (const at of cells) {
      if (counts[at] === 0) continue
      const share = sigmoid(base + ease[Math.floor(at / columns)]! + ability[at % columns]!)
      gradient += scores[at]! - counts[at]! * share
      curve += counts[at]! * share * (1 - share)
    }
    effects[which]! += Math.max(-1, Math.min(1, gradient / curve))
  }
  const rowCells = Array.from({ length: clusters }, (_, cluster) =>
    Array.from({ length: columns }, (_, column) => cluster * columns + column),
  )
  const columnCells = Array.from({ length: columns }, (_, column) => rowCells.map((cells) => cells[column]!))
  for (let round = 0; round < additiveRounds; round++) {
    for (const [cluster, cells] of rowCells.entries()) improve(ease, cluster, cells)
    // The last column is of a middling model, which has no ability of its own.
    for (const [column, cells] of columnCells.slice(0, -1).entries()) improve(ability, column, cells)
  }
  return {
    expected: Float64Array.from(scores, (_, at) =>
      sigmoid(base + ease[Math.floor(at / columns)]! + ability[at % columns]!),
    ),
    usual: Float32Array.from(ability, (its) => sigmoid(base + its)),
  }
}

const strengths = [2, 5, 10, 20, 40, 80, 160]

/** Of least log loss of each outcome, predicted from the others of its cell and the prior. */
function bestStrength({ scores, counts }: Sums, expected: Float64Array): number {
  const losses = strengths.map((strength) => {
    let loss = 0
    for (let at = 0; at < scores.length; at++) {
      const [good, count] = [scores[at]!, counts[at]!]
      if (count < 1) continue
      const rest = strength + count - 1
      const ifGood = (strength * expected[at]! + Math.max(0, good - 1)) / rest
      const ifBad = (strength * (1 - expected[at]!) + Math.max(0, count - good - 1)) / rest
      loss -= good * Math.log(ifGood + 1e-9) + (count - good) * Math.log(ifBad + 1e-9)
    }
    return loss
  })
  return strengths[losses.indexOf(Math.min(...losses))]!
}
