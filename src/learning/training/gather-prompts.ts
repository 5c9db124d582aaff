import { seededDraw } from '../../domain/random.ts'
import { unitTextVector } from '../../signals/encoder/network.ts'
import { concatenateRows } from './concatenate-rows.ts'
import type { Example } from './corpus.ts'
import { kMeans, nearestCentre } from './k-means.ts'
import { groupLabel } from './training-examples.ts'

/** Prompts in clusters: centres of unit length, row by row, and the cluster of each prompt. */
export type Gathered = { readonly centres: Float32Array; readonly clusterOf: readonly number[] }

/**
 * Prompts whose group is on record (training-examples.ts) lie in a cluster by group, at the mean of their vectors; all others
 * are gathered by k-means. Vectors that were trained on outcomes bring prompts together that were answered alike, luck
 * included; a group was named by who made the data, and owes nothing to luck.
 */
export function gatherPrompts(
  examples: readonly Example[],
  vectors: readonly Float32Array[],
  seed: string,
): Gathered {
  const dims = vectors[0]?.length ?? 0
  const groupOf = examples.map(({ labels }) => labels[groupLabel])
  const groups = [...new Set(groupOf.filter((group) => group !== undefined))].sort()
  const places = new Map(groups.map((group, place) => [group, place]))
  const sums = groups.map(() => new Float32Array(dims))
  const rest: number[] = []
  groupOf.forEach((group, index) => {
    if (group === undefined) {
      rest.push(index)
      return
    }
    const sum = sums[places.get(group)!]!
    const weight = examples[index]!.weight
    for (let dim = 0; dim < dims; dim++) sum[dim]! += weight * vectors[index]![dim]!
  })
  const ungrouped = rest.length === 0 ? new Float32Array(0) : byLikeness(rest, examples, vectors, seed)
  const centres = concatenateRows([...sums.map((sum) => unitTextVector(sum, dims)), ungrouped])
  return {
    centres,
    clusterOf: groupOf.map((group, index) =>
      group === undefined ? nearestCentre(centres, vectors[index]!) : places.get(group)!,
    ),
  }
}

/** More clusters tell prompts apart better and know less of each: they grow with the square root of the prompts. */
const clustersFor = (prompts: number): number =>
  Math.max(1, Math.min(64, Math.round(Math.sqrt(prompts) / 2.5)))

function byLikeness(
  members: readonly number[],
  examples: readonly Example[],
  vectors: readonly Float32Array[],
  seed: string,
): Float32Array {
  const weights = members.map((index) => examples[index]!.weight)
  const prompts = weights.reduce((sum, weight) => sum + weight, 0)
  return kMeans(
    members.map((index) => vectors[index]!),
    weights,
    clustersFor(prompts),
    seededDraw(`${seed} clusters`),
  )
}
