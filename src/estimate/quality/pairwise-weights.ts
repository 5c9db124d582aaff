import { z } from 'zod'
import { type ModelId, modelId } from '../../domain/model.ts'
import { ArtefactError, type NumberArray } from '../artefact-file.ts'
import type { QuantisedRows } from '../quantise.ts'

/** What was learnt from comparisons of two answers: RouteLLM's two estimators over the same models. */
export type PairwiseWeights = {
  readonly models: readonly PairwiseModel[]
  readonly matrixFactorisation: MatrixFactorisationWeights
  readonly bradleyTerry: BradleyTerryWeights
}

export type PairwiseModel = {
  readonly id: ModelId
  /** Comparisons that it was part of. */
  readonly battles: number
  /** Log-odds over all prompts: differences are those of winning. Their mean over models is about 0. */
  readonly rating: number
  readonly ratingDeviation: number
}

/**
 * P = sigmoid(slope d) of a difference d in log-odds: Platt's calibration with no intercept, which would favour whoever
 * stands first. `deviation` is how far calibrated chances are off beyond luck, on comparisons that were not fitted on.
 */
export type PairwiseCalibration = { readonly slope: number; readonly deviation: number }

export type MatrixFactorisationWeights = Factorisation & { readonly calibration: PairwiseCalibration }

export type Factorisation = {
  readonly rank: number
  /** W1: rank x dimensions of an encoding, row by row. */
  readonly projection: Float32Array
  /** b, one per factor. */
  readonly bias: Float32Array
  /** w2, one per factor. */
  readonly output: Float32Array
  /** v: models x rank, row by row. */
  readonly factors: Float32Array
}

export type BradleyTerryWeights = StoredBattles & { readonly calibration: PairwiseCalibration }

export type StoredBattles = {
  readonly gamma: number
  /** Variance of a tier's rating at one prompt around its rating over all prompts. */
  readonly priorVariance: number
  /** Tier of each model. */
  readonly tiers: Uint8Array
  /** By model: its rating less its tier's, over all prompts. */
  readonly offsets: Float32Array
  readonly tierRatings: Float32Array
  /** Unit text vectors of the stored prompts, 8-bit. */
  readonly prompts: QuantisedRows
  /** Battles on each stored prompt. */
  readonly battleCounts: Uint8Array
  /** Three numbers a battle, in the order of the prompts: first tier, second tier, the first's `halfPoints`. */
  readonly battles: Uint8Array
}

export const halfPoints = { win: 2, tie: 1, defeat: 0 }

type Arrays = Readonly<Record<string, NumberArray>>

/** The section of an artefact: what goes into its header, and arrays under names that no other section has. */
export type PairwiseSection = { readonly header: PairwiseHeader; readonly arrays: Arrays }

const calibration = z.object({ slope: z.number().positive(), deviation: z.number().nonnegative() })

const headerSchema = z.object({
  models: z
    .array(
      z.object({
        id: z.string().transform(modelId),
        battles: z.int().nonnegative(),
        rating: z.number(),
        ratingDeviation: z.number().nonnegative(),
      }),
    )
    .min(1),
  matrixFactorisation: z.object({ rank: z.int().positive(), calibration }),
  bradleyTerry: z.object({
    gamma: z.number().positive(),
    priorVariance: z.number().positive(),
    tiers: z.int().positive().max(256),
    prompts: z.int().positive(),
    battles: z.int().nonnegative(),
    calibration,
  }),
})

export type PairwiseHeader = z.infer<typeof headerSchema>

export function writePairwise({
  models,
  matrixFactorisation,
  bradleyTerry,
}: PairwiseWeights): PairwiseSection {
  return {
    header: {
      models: [...models],
      matrixFactorisation: {
        rank: matrixFactorisation.rank,
        calibration: matrixFactorisation.calibration,
      },
      bradleyTerry: {
        gamma: bradleyTerry.gamma,
        priorVariance: bradleyTerry.priorVariance,
        tiers: bradleyTerry.tierRatings.length,
        prompts: bradleyTerry.battleCounts.length,
        battles: bradleyTerry.battles.length / 3,
        calibration: bradleyTerry.calibration,
      },
    },
    arrays: {
      pairwiseProjection: matrixFactorisation.projection,
      pairwiseBias: matrixFactorisation.bias,
      pairwiseOutput: matrixFactorisation.output,
      pairwiseFactors: matrixFactorisation.factors,
      pairwiseTiers: bradleyTerry.tiers,
      pairwiseOffsets: bradleyTerry.offsets,
      pairwiseTierRatings: bradleyTerry.tierRatings,
      pairwisePrompts: bradleyTerry.prompts.values,
      pairwisePromptScales: bradleyTerry.prompts.scales,
      pairwiseBattleCounts: bradleyTerry.battleCounts,
      pairwiseBattles: bradleyTerry.battles,
    },
  }
}

/** The dimensions of the encoder that the artefact carries. */
export type EncoderDims = { readonly encoding: number; readonly vector: number }

/** @throws ArtefactError with a remedy, for a section that does not fit together or not to the encoder. */
export function readPairwise(
  { header, arrays }: { readonly header: unknown; readonly arrays: Arrays },
  dims: EncoderDims,
  name: string,
): PairwiseWeights {
  const checked = headerSchema.safeParse(header)
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw unfit(name, `${issue!.path.join('.')}: ${issue!.message}`)
  }
  const { models, matrixFactorisation: factorised, bradleyTerry: rated } = checked.data
  const take = arrayTaker(arrays, name)
  const weights: PairwiseWeights = {
    models,
    matrixFactorisation: {
      ...factorised,
      projection: take('pairwiseProjection', Float32Array, factorised.rank * dims.encoding),
      bias: take('pairwiseBias', Float32Array, factorised.rank),
      output: take('pairwiseOutput', Float32Array, factorised.rank),
      factors: take('pairwiseFactors', Float32Array, models.length * factorised.rank),
    },
    bradleyTerry: {
      gamma: rated.gamma,
      priorVariance: rated.priorVariance,
      calibration: rated.calibration,
      tiers: take('pairwiseTiers', Uint8Array, models.length),
      offsets: take('pairwiseOffsets', Float32Array, models.length),
      tierRatings: take('pairwiseTierRatings', Float32Array, rated.tiers),
      prompts: {
        values: take('pairwisePrompts', Int8Array, rated.prompts * dims.vector),
        scales: take('pairwisePromptScales', Float32Array, rated.prompts),
      },
      battleCounts: take('pairwiseBattleCounts', Uint8Array, rated.prompts),
      battles: take('pairwiseBattles', Uint8Array, 3 * rated.battles),
    },
  }
  checkPlaces(weights.bradleyTerry, name)
  return weights
}

/** Takes arrays of the type and length that the header promises, all of finite numbers. */
const arrayTaker =
  (arrays: Arrays, name: string) =>
  <T extends Float32Array | Int8Array | Uint8Array>(key: string, type: new () => T, length: number): T => {
    const array = arrays[key]
    if (!(array instanceof type)) throw unfit(name, `it lacks ${key}`)
    if (array.length !== length) throw unfit(name, `${key} has ${array.length} numbers, not ${length}`)
    if (!array.every(Number.isFinite)) throw unfit(name, `${key} holds what is no number`)
    return array
  }

/** Tiers are places in arrays: one that points outside would be read as no number, and spoil every rating. */
function checkPlaces({ tiers, tierRatings, battleCounts, battles }: BradleyTerryWeights, name: string): void {
  const count = tierRatings.length
  if (tiers.some((tier) => tier >= count)) throw unfit(name, 'a model is of a tier that is not there')
  for (let at = 0; at < battles.length; at += 3) {
    if (battles[at]! >= count || battles[at + 1]! >= count || battles[at + 2]! > halfPoints.win)
      throw unfit(name, `battle ${at / 3} names a tier or a result that is not there`)
  }
  const counted = battleCounts.reduce((sum, battleCount) => sum + battleCount, 0)
  if (counted !== battles.length / 3)
    throw unfit(name, `prompts count ${counted} battles, and ${battles.length / 3} are stored`)
}

const unfit = (name: string, why: string) =>
  new ArtefactError(`What ${name} has learnt from comparisons can't be used: ${why}. Train it again.`)
