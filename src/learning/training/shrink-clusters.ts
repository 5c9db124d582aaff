import type { Model } from '../../domain/model.ts'
import { logOddsOf, sigmoid } from '../../estimate/log-odds.ts'
import { type ClusterTable, createClusters, nearClusters } from '../../estimate/quality/clusters.ts'
import type { ReadPrompt } from '../../estimate/quality/estimator.ts'
import { fitMapLogistic } from './map-logistic.ts'

/** How much of what a cluster says of its ease, and of models beside that, holds for prompts that it has not seen. */
export type ClusterShrinkage = { readonly ease: number; readonly difference: number }

/** An outcome of a prompt that the clusters, and the encoder that they are built over, were not fitted on. */
export type UnseenOutcome = {
  readonly table: ClusterTable
  readonly prompt: ReadPrompt
  readonly outcomes: readonly { readonly model: Model; readonly score: number }[]
  readonly weight: number
}

/**
 * A text vector that was trained on outcomes gathers prompts of like outcomes, luck included, so that clusters of them are
 * far too sure. By how much is seen on prompts left out: in log-odds, from what a model is usually worth,
 *
 *     log-odds = usual_m + ease E(x) + difference (cluster_m(x) - usual_m - E(x)),    E: mean over models of cluster - usual
 */
export function fitShrinkage(unseen: readonly UnseenOutcome[]): ClusterShrinkage {
  const count = unseen.reduce((sum, { outcomes }) => sum + outcomes.length, 0)
  const rows = {
    inputs: new Float64Array(2 * count),
    columns: 2,
    offsets: new Float64Array(count),
    targets: new Float64Array(count),
    weights: new Float64Array(count),
  }
  const eases = new Map<ClusterTable, Float64Array>()
  let at = 0
  for (const { table, prompt, outcomes, weight } of unseen) {
    const easeOf = eases.get(table) ?? clusterEase(table)
    eases.set(table, easeOf)
    const ease = nearClusters(table, prompt.vector).reduce(
      (sum, near) => sum + near.weight * easeOf[near.cluster]!,
      0,
    )
    const estimate = createClusters(table).read(prompt)
    for (const { model, score } of outcomes) {
      const usual = logOddsOf(table.usual[table.models.indexOf(model.id)]!)
      rows.offsets[at] = usual
      rows.inputs[2 * at] = ease
      rows.inputs[2 * at + 1] = logOddsOf(estimate(model)!.mean) - usual - ease
      rows.targets[at] = score
      rows.weights[at] = weight / Math.sqrt(outcomes.length)
      at++
    }
  }
  const [ease, difference] = fitMapLogistic(rows, 1)
  return { ease: share(ease!), difference: share(difference!) }
}

const share = (value: number): number => Math.min(1, Math.max(0, value))

/** Means moved towards what models are usually worth. */
export function shrunkClusters(table: ClusterTable, { ease, difference }: ClusterShrinkage): ClusterTable {
  const { models, means, usual } = table
  const easeOf = clusterEase(table)
  return {
    ...table,
    means: means.map((mean, at) => {
      const base = logOddsOf(usual[at % models.length]!)
      const common = easeOf[Math.floor(at / models.length)]!
      return sigmoid(base + ease * common + difference * (logOddsOf(mean) - base - common))
    }),
  }
}

/** By cluster, in log-odds. */
function clusterEase({ clusters, models, means, usual }: ClusterTable): Float64Array {
  return Float64Array.from({ length: clusters }, (_, cluster) => {
    let sum = 0
    for (let model = 0; model < models.length; model++)
      sum += logOddsOf(means[cluster * models.length + model]!) - logOddsOf(usual[model]!)
    return sum / Math.max(1, models.length)
  })
}
