import { z } from 'zod'
import type { ModelId } from '../domain/model.ts'
import { wordBuckets } from '../signals/words.ts'
import type { NumberArray } from './artefact-file.ts'
import type { ClusterTable } from './quality/clusters.ts'
import type { NeighbourIndex } from './quality/neighbours.ts'
import type { Stack } from './quality/stack.ts'

/** The part of an artefact that looks prompts up among those it was trained on, and puts estimators together. */
export type StackedEstimators = {
  readonly clusters: ClusterTable
  readonly neighbours: NeighbourIndex
  readonly stack: Stack
}

/** What stands in the header; the three parts know the same models. */
export type StackedHeader = {
  readonly clusters: number
  readonly neighbours: Pick<NeighbourIndex, 'size' | 'near' | 'far'> & { readonly postings: number }
  readonly stack: Stack
}

export function writeStacked({ clusters, neighbours, stack }: StackedEstimators): {
  readonly header: StackedHeader
  readonly arrays: Readonly<Record<string, NumberArray>>
} {
  const { size, near, far } = neighbours
  return {
    header: {
      clusters: clusters.clusters,
      neighbours: { size, near, far, postings: neighbours.prompts.length },
      stack,
    },
    arrays: {
      clusterCentres: clusters.centres,
      clusterUsual: clusters.usual,
      clusterMeans: clusters.means,
      clusterWeights: clusters.weights,
      wordDocuments: neighbours.documents,
      wordStarts: neighbours.starts,
      wordPrompts: neighbours.prompts,
      wordWeights: neighbours.weights,
      neighbourScores: neighbours.scores,
    },
  }
}

/** Head and neighbours. */
const estimators = 2
const perEstimator = z.array(z.number()).length(estimators)

const platt = z.object({ slope: z.number(), intercept: z.number() })

const curve = z.union([
  platt.extend({ kind: z.literal('platt') }),
  z.object({
    kind: z.literal('isotonic'),
    logOdds: z.array(z.number()).min(1),
    shares: z.array(z.number()).min(1),
  }),
])

/** Checks what arrays are measured by and what is reckoned with. */
export const stackedHeader = z
  .object({
    clusters: z.int().positive().max(255),
    neighbours: z.object({
      size: z.int().nonnegative().max(65_536),
      near: z.int().positive(),
      far: z.int().positive(),
      postings: z.int().nonnegative(),
    }),
    stack: z
      .object({
        anchors: z.array(z.string()),
        models: z.array(z.string()),
        intercept: z.number(),
        levels: perEstimator,
        ability: z.number(),
        differences: perEstimator,
        offsets: z.array(z.array(z.number())).length(estimators),
        alone: z.object({ slope: z.number(), intercept: z.number() }),
        calibrations: z.array(platt),
        curve,
        deviations: z.array(z.number()),
      })
      .refine(
        ({ models, offsets, calibrations, deviations }) =>
          [...offsets, calibrations, deviations].every(({ length }) => length === models.length),
        'has lists that do not go with its models',
      ),
  })
  .nullable()

/** How many numbers each array holds; none where there is no such part. */
export function stackedLengths(header: StackedHeader | null, textDims: number) {
  const models = header?.stack.models.length ?? 0
  const clusters = header?.clusters ?? 0
  const { size, postings } = header?.neighbours ?? { size: 0, postings: 0 }
  return {
    clusterCentres: clusters * textDims,
    clusterUsual: models,
    clusterMeans: clusters * models,
    clusterWeights: clusters * models,
    wordDocuments: wordBuckets,
    wordStarts: wordBuckets + 1,
    wordPrompts: postings,
    wordWeights: postings,
    neighbourScores: models * size,
  }
}

type Take = {
  readonly f32: (key: keyof ReturnType<typeof stackedLengths>) => Float32Array
  readonly u8: (key: keyof ReturnType<typeof stackedLengths>) => Uint8Array
  readonly u16: (key: keyof ReturnType<typeof stackedLengths>) => Uint16Array
  readonly u32: (key: keyof ReturnType<typeof stackedLengths>) => Uint32Array
}

export function readStacked({ clusters, neighbours, stack }: StackedHeader, take: Take): StackedEstimators {
  const models: readonly ModelId[] = stack.models
  const { size, near, far } = neighbours
  return {
    clusters: {
      clusters,
      models,
      centres: take.f32('clusterCentres'),
      usual: take.f32('clusterUsual'),
      means: take.f32('clusterMeans'),
      weights: take.f32('clusterWeights'),
    },
    neighbours: {
      size,
      near,
      far,
      models,
      documents: take.u16('wordDocuments'),
      starts: take.u32('wordStarts'),
      prompts: take.u16('wordPrompts'),
      weights: take.u8('wordWeights'),
      scores: take.u8('neighbourScores'),
    },
    stack,
  }
}
