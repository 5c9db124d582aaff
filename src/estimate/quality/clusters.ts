import type { ModelId } from '../../domain/model.ts'
import type { QualityEstimator, ReadPrompt } from './estimator.ts'

/** Prompts in groups of like text vectors, and how each model fares in each group. */
export type ClusterTable = {
  /** clusters x dims, row by row; of unit length. */
  readonly centres: Float32Array
  readonly clusters: number
  readonly models: readonly ModelId[]
  /** By model: its share of good answers to prompts of middling ease. */
  readonly usual: Float32Array
  /** clusters x models: mean of the Beta posterior of the model's share of good answers. */
  readonly means: Float32Array
  /** clusters x models: what the posterior rests on, in outcomes, those that its prior is worth included. */
  readonly weights: Float32Array
}

/** A prompt between groups is read by this many of the nearest, ... */
const nearest = 4
/** ... each with the weight exp(sharpness x cosine) (Avengers-Pro, arXiv 2508.12631, has 9 over distances). */
const sharpness = 12

/**
 * A Beta posterior per model and cluster (fitted in learning/training/fit-clusters.ts), over the nearest clusters:
 *
 *     mean = sum_c w_c mean_cm,    deviation^2 = sum_c w_c (var_cm + (mean_cm - mean)^2),    var = mean (1 - mean) / (n + 1)
 */
export function createClusters(table: ClusterTable): QualityEstimator {
  const over = overClusters(table)
  return { name: 'clusters', read: ({ vector }) => over(nearClusters(table, vector)) }
}

/** The same for a prompt whose nearest clusters are known. */
export function overClusters({
  models,
  means,
  weights,
}: ClusterTable): (near: readonly NearCluster[]) => ReturnType<QualityEstimator['read']> {
  const columnOf = new Map(models.map((id, column) => [id, column]))
  return (near) =>
    ({ id }) => {
      const column = columnOf.get(id)
      if (column === undefined) return null
      let mean = 0
      let square = 0
      for (const { cluster, weight } of near) {
        const at = cluster * models.length + column
        const share = means[at]!
        mean += weight * share
        square += weight * ((share * (1 - share)) / (weights[at]! + 1) + share * share)
      }
      return { mean, deviation: Math.sqrt(Math.max(0, square - mean * mean)) }
    }
}

export type NearCluster = { readonly cluster: number; readonly weight: number }

/** Nearest first, weights summing to 1. */
export function nearClusters(
  { centres, clusters }: Pick<ClusterTable, 'centres' | 'clusters'>,
  vector: ReadPrompt['vector'],
): readonly NearCluster[] {
  const found: { cluster: number; cosine: number }[] = []
  const dims = vector.length
  for (let cluster = 0; cluster < clusters; cluster++) {
    let cosine = 0
    const row = cluster * dims
    for (let dim = 0; dim < dims; dim++) cosine += centres[row + dim]! * vector[dim]!
    let place = found.length
    while (place > 0 && found[place - 1]!.cosine < cosine) place--
    if (place === nearest) continue
    found.splice(place, 0, { cluster, cosine })
    if (found.length > nearest) found.pop()
  }
  const weights = found.map(({ cosine }) => Math.exp(sharpness * (cosine - found[0]!.cosine)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return found.map(({ cluster }, place) => ({ cluster, weight: weights[place]! / total }))
}
