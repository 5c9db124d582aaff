import { modelId } from '../../src/domain/model.ts'
import { normal, seededDraw } from '../../src/domain/random.ts'
import { descriptorNames } from '../../src/estimate/descriptors.ts'
import { createRouter, type Router } from '../../src/estimate/router.ts'
import type { RouterArtefact, TrainedModel } from '../../src/estimate/router-artefact.ts'
import type { StackedEstimators } from '../../src/estimate/stacked-part.ts'
import { createEncoder, type EncoderWeights, outputDims } from '../../src/signals/encoder/network.ts'
import { shapeFeatureCount } from '../../src/signals/encoder/shape-features.ts'
import { wordBuckets } from '../../src/signals/words.ts'

const textDims = 4
const hiddenDims = 3

/** Random weights, too small to matter beside those that the heads below set by hand. */
export function anEncoder(changes: Partial<EncoderWeights> = {}): EncoderWeights {
  const draw = seededDraw('an encoder')
  const gaussian = (length: number) => Float32Array.from({ length }, () => 0.1 * normal(draw))
  const buckets = 64
  return {
    buckets,
    textDims,
    hiddenDims,
    embedding: gaussian(buckets * textDims),
    idf: Float32Array.from({ length: buckets }, (_, bucket) => 1 + bucket / buckets),
    hidden: gaussian(hiddenDims * (textDims + shapeFeatureCount)),
    hiddenBias: gaussian(hiddenDims),
    ...changes,
  }
}

const columns = outputDims({ textDims, hiddenDims }) + 1

/** A row of a head: what a longer text adds to it (the first feature of shape), and its bias. */
export function aHeadRow(row: { readonly perLength?: number; readonly bias?: number }): Float32Array {
  const weights = new Float32Array(columns)
  weights[textDims] = row.perLength ?? 0
  weights[columns - 1] = row.bias ?? 0
  return weights
}

export const headRows = (...rows: readonly Float32Array[]): Float32Array =>
  Float32Array.from(rows.flatMap((row) => [...row]))

export const aTrainedModel = (changes: Partial<TrainedModel> = {}): TrainedModel => ({
  id: modelId('acme/small'),
  outcomes: 500,
  onboarded: false,
  calibration: { slope: 1, intercept: 0 },
  deviation: 0.05,
  verbosity: 1,
  ...changes,
})

/** Of so many reference prompts none has a word. */
export const noWords = (prompts: number): RouterArtefact['reference']['words'] => ({
  starts: new Uint32Array(prompts + 1),
  ids: new Uint32Array(0),
  counts: new Float32Array(0),
})

/**
 * What puts estimators together for the two models of `anArtefact`: two clusters of which nothing is told apart, no
 * neighbours, and a stack in which the head alone has a word.
 */
export function aStackedPart(changes: Partial<StackedEstimators['stack']> = {}): StackedEstimators {
  const models = [modelId('acme/small'), modelId('acme/large')]
  return {
    clusters: {
      clusters: 2,
      models,
      centres: Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0]),
      usual: new Float32Array(2).fill(0.5),
      means: new Float32Array(4).fill(0.5),
      weights: new Float32Array(4).fill(20),
    },
    neighbours: {
      size: 0,
      near: 20,
      far: 40,
      models,
      documents: new Uint16Array(wordBuckets),
      starts: new Uint32Array(wordBuckets + 1),
      prompts: new Uint16Array(0),
      weights: new Uint8Array(0),
      scores: new Uint8Array(0),
    },
    stack: {
      anchors: models,
      models,
      intercept: 0.5,
      levels: [1, 0],
      ability: 1,
      differences: [1, 0],
      offsets: [
        [0, 0],
        [0, 0],
      ],
      alone: { slope: 1, intercept: 0 },
      calibrations: [
        { slope: 1, intercept: 0 },
        { slope: 0.5, intercept: 0 },
      ],
      curve: { kind: 'platt', slope: 1, intercept: 0 },
      deviations: [0.05, 0.03],
      ...changes,
    },
  }
}

/**
 * A router in which longer is harder: `acme/small` and `acme/large` have heads of their own, the large one better and less
 * bothered by length; other models stand the higher the better their scores are.
 */
export function anArtefact(changes: Partial<RouterArtefact> = {}): RouterArtefact {
  const encoder = changes.encoder ?? anEncoder()
  const { encode } = createEncoder(encoder)
  const prompts = Array.from({ length: 60 }, (_, index) => 'Tell me why. '.repeat(1 + index * 3))
  return {
    about: { name: 'tiny', command: 'by hand', seed: 'tiny', trainedOn: [], heldOut: {} },
    encoder,
    subjects: ['general', 'math'],
    taskTypes: ['chat', 'code', 'math'],
    heads: {
      shared: aHeadRow({ perLength: -1, bias: 0.5 }),
      models: headRows(aHeadRow({ perLength: -0.8, bias: -0.4 }), aHeadRow({ perLength: 0.6, bias: 1.4 })),
      subject: headRows(aHeadRow({}), aHeadRow({ perLength: 1 })),
      taskType: headRows(aHeadRow({}), aHeadRow({ perLength: 1 }), aHeadRow({ bias: -9 })),
      outputTokens: aHeadRow({ perLength: 0.3, bias: Math.log(200) }),
      descriptors: headRows(
        ...descriptorNames.map((name) => aHeadRow({ bias: name === 'overall' ? 0.9 : 0 })),
        aHeadRow({ bias: -0.2 }),
      ),
    },
    models: [aTrainedModel(), aTrainedModel({ id: modelId('acme/large'), deviation: 0.03, verbosity: 1.5 })],
    prior: {
      scale: {
        benchmarks: {
          mmlu: { mean: 1, deviation: 0.5, noise: 0.5 },
          math: { mean: 0.5, deviation: 1, noise: 0.5 },
          'human-eval': { mean: 1.5, deviation: 1, noise: 0.5 },
        },
        levelAtPrice: { intercept: -0.2, slope: 0.4, deviation: 1 },
      },
      logOddsDeviation: 0.6,
      calibration: { slope: 1, intercept: 0 },
    },
    outputTokens: { logDeviation: 0.5 },
    stacked: null,
    pairwise: null,
    reference: {
      size: prompts.length,
      encodings: headRows(...prompts.map(encode)),
      inputTokens: Float32Array.from(prompts, ({ length }) => length / 4),
      words: noWords(prompts.length),
    },
    ...changes,
  }
}

export const aRouter = (changes: Partial<RouterArtefact> = {}): Router => createRouter(anArtefact(changes))
