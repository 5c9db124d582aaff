import { describe, expect, test } from 'vitest'
import { modelId } from '../../domain/model.ts'
import { ArtefactError, decodeArtefact, encodeArtefact } from '../artefact-file.ts'
import { quantiseRows } from '../quantise.ts'
import { type PairwiseWeights, readPairwise, writePairwise } from './pairwise-weights.ts'

const calibration = { slope: 0.9, deviation: 0.02 }
const dims = { encoding: 3, vector: 2 }

const weights: PairwiseWeights = {
  models: [
    { id: modelId('acme/a'), battles: 3, rating: 0.5, ratingDeviation: 0.25 },
    { id: modelId('acme/b'), battles: 3, rating: -0.5, ratingDeviation: 0.25 },
  ],
  matrixFactorisation: {
    rank: 2,
    projection: Float32Array.of(1, 2, 3, 4, 5, 6),
    bias: Float32Array.of(0.5, -0.5),
    output: Float32Array.of(1, 2),
    factors: Float32Array.of(0.25, 0.5, -0.25, -0.5),
    calibration,
  },
  bradleyTerry: {
    gamma: 10,
    priorVariance: 0.2,
    tiers: Uint8Array.of(1, 0),
    offsets: Float32Array.of(0, 0),
    tierRatings: Float32Array.of(-0.5, 0.5),
    prompts: quantiseRows(Float32Array.of(1, 0, 0.6, 0.8), 2),
    battleCounts: Uint8Array.of(1, 2),
    battles: Uint8Array.of(1, 0, 2, 0, 1, 1, 1, 0, 0),
    calibration,
  },
}

type Section = ReturnType<typeof writePairwise>

test('a section of an artefact comes back as it went', () => {
  const { header, arrays } = writePairwise(weights)
  const file = decodeArtefact(encodeArtefact({ pairwise: header }, arrays), 'router.fairlead')
  expect(
    readPairwise({ header: file.header.pairwise, arrays: file.arrays }, dims, 'router.fairlead'),
  ).toEqual(weights)
})

describe('a section is refused', () => {
  const withArray = (name: string, array: Float32Array | Uint8Array) => (section: Section) => ({
    ...section,
    arrays: { ...section.arrays, [name]: array },
  })
  test.each<[string, (section: Section) => { header: unknown; arrays: Section['arrays'] }, RegExp]>([
    ['without a header', ({ arrays }) => ({ header: undefined, arrays }), /expected object/],
    [
      'with a slope that would turn winners round',
      ({ header, arrays }) => ({
        header: {
          ...header,
          matrixFactorisation: { rank: 2, calibration: { slope: -1, deviation: 0 } },
        },
        arrays,
      }),
      /matrixFactorisation\.calibration\.slope/,
    ],
    ['that lacks an array', ({ header }) => ({ header, arrays: {} }), /it lacks pairwiseProjection/],
    ['with an array too short', withArray('pairwiseFactors', new Float32Array(3)), /has 3 numbers, not 4/],
    [
      'with what is no number',
      withArray('pairwiseFactors', Float32Array.of(0, Number.NaN, 0, 0)),
      /pairwiseFactors holds what is no number/,
    ],
    ['with a tier that is not there', withArray('pairwiseTiers', Uint8Array.of(0, 2)), /tier/],
    [
      'with a battle of a tier that is not there',
      withArray('pairwiseBattles', Uint8Array.of(1, 0, 2, 0, 2, 1, 1, 0, 0)),
      /battle 1 names/,
    ],
    [
      'with battles uncounted',
      withArray('pairwiseBattleCounts', Uint8Array.of(1, 1)),
      /count 2 battles, and 3/,
    ],
  ])('%s', (_, damage, message) => {
    const read = () => readPairwise(damage(writePairwise(weights)), dims, 'router.fairlead')
    expect(read).toThrow(ArtefactError)
    expect(read).toThrow(message)
  })

  test('that was learnt over another encoder', () => {
    const section = writePairwise(weights)
    expect(() => readPairwise(section, { ...dims, vector: 4 }, 'router.fairlead')).toThrow(
      /has 4 numbers, not 8/,
    )
  })
})
