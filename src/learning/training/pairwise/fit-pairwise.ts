import { modelId } from '../../../domain/model.ts'
import type { PairwiseWeights } from '../../../estimate/quality/pairwise-weights.ts'
import { type Battles, battlesOf } from './battles.ts'
import { chooseEpochs } from './choose-epochs.ts'
import { chooseSimilarity } from './choose-similarity.ts'
import { fitBradleyTerry, fitRatings, type Ratings } from './fit-bradley-terry.ts'
import { createTrainer, type MatrixFactorisationOptions, type Trainer } from './fit-matrix-factorisation.ts'
import { type Fold, judgedBattles, outOfFold } from './folds.ts'
import { fitLengthRatings } from './length-ratings.ts'
import { fitCalibration, type PairFigures, pairFigures } from './pair-figures.ts'
import type { EncodedPrompts, Pair } from './pairs.ts'

export type PairwiseFitOptions = {
  readonly seed: string
  readonly folds: number
  /** Models with fewer comparisons are left out. */
  readonly leastBattles: number
  readonly factorisation: Omit<MatrixFactorisationOptions, 'seed' | 'noise'>
  /** Of matrix factorisation: tried on comparisons held out. */
  readonly noises: readonly number[]
  readonly mostEpochs: number
  /** Bradley-Terry: what is tried on comparisons held out, and bounds of a request's work. */
  readonly gammas: readonly number[]
  readonly priorVariances: readonly number[]
  readonly mostTiers: number
  readonly mostPrompts: number
  /** Held-out prompts that settings are chosen and figures measured on, where there are more. */
  readonly mostJudged: number
  readonly onProgress: (label: string, done: number, total: number) => void
}

export const defaultPairwiseFit: PairwiseFitOptions = {
  seed: 'fairlead',
  folds: 5,
  leastBattles: 10,
  factorisation: { rank: 8, learningRate: 3e-4, decay: 3e-4, batch: 64 },
  noises: [0.3, 1],
  mostEpochs: 60,
  gammas: [10, 100, 1000],
  priorVariances: [0.02, 0.2],
  mostTiers: 10,
  mostPrompts: 2000,
  mostJudged: 2500,
  onProgress: () => {},
}

export type PairwiseReport = {
  readonly pairs: number
  readonly ties: number
  readonly prompts: number
  readonly models: PairwiseWeights['models']
  /** Comparisons that the figures are of; each was predicted by fits on the other folds of questions. */
  readonly judged: number
  readonly figures: {
    readonly matrixFactorisation: PairFigures
    readonly bradleyTerry: PairFigures
    /** One rating a model, whatever the prompt. */
    readonly ratings: PairFigures
    readonly promptLength: PairFigures
  }
  readonly chosen: {
    readonly noise: number
    readonly epochs: number
    readonly gamma: number
    readonly priorVariance: number
  }
  readonly warnings: readonly string[]
}

export type PairwiseFit =
  | { readonly kind: 'fitted'; readonly weights: PairwiseWeights; readonly report: PairwiseReport }
  | { readonly kind: 'refused'; readonly problem: string; readonly remedy: string }

/**
 * RouteLLM's two estimators of preference, fitted on comparisons. The questions are dealt into folds; fits on all but one
 * predict the comparisons of that one, and by these predictions training is stopped, settings are chosen, chances calibrated
 * and figures measured. What is served is then fitted on all.
 */
export function fitPairwise(
  pairs: readonly Pair[],
  prompts: EncodedPrompts,
  changes: Partial<PairwiseFitOptions> = {},
): PairwiseFit {
  const options = { ...defaultPairwiseFit, ...changes }
  const checked = battlesOf(pairs, prompts, options.leastBattles)
  if (checked.kind === 'refused') return checked
  const { models, battles } = checked.battles
  const ratings = fitRatings(battles, models.length)
  const judging = judgedBattles(battles, ratings.ratings, prompts, options)
  const { folds, judge, sample } = judging
  const trainerOn = (fitted: Omit<Fold, 'judged'>, noise: number) =>
    createTrainer(fitted.battles, fitted.ratings, prompts, {
      ...options.factorisation,
      noise,
      seed: options.seed,
    })
  const factorised = chooseEpochs(folds, sample, judge, trainerOn, options)
  const similar = chooseSimilarity(folds, sample, prompts, judge, options)
  const perFold = (predict: (fold: Fold) => (prompt: number) => Float64Array) =>
    judge(outOfFold(folds, sample, predict))
  const weights: PairwiseWeights = {
    models: describeModels(checked.battles, ratings),
    matrixFactorisation: {
      ...trained(
        trainerOn({ battles, ratings: ratings.ratings }, factorised.noise),
        factorised.epochs,
        options,
      ),
      calibration: fitCalibration(factorised.judged),
    },
    bradleyTerry: {
      ...fitBradleyTerry(battles, ratings.ratings, prompts, { ...options, ...similar }),
      calibration: fitCalibration(similar.judged),
    },
  }
  const report: PairwiseReport = {
    pairs: battles.length,
    ties: battles.filter(({ share }) => share === 0.5).length,
    prompts: new Set(battles.map(({ prompt }) => prompt)).size,
    models: weights.models,
    judged: sample.length,
    figures: {
      matrixFactorisation: pairFigures(factorised.judged),
      bradleyTerry: pairFigures(similar.judged),
      ratings: pairFigures(perFold((fold) => () => fold.ratings)),
      promptLength: pairFigures(
        perFold((fold) => fitLengthRatings(fold.battles, fold.ratings, prompts.chars)),
      ),
    },
    chosen: {
      noise: factorised.noise,
      epochs: factorised.epochs,
      gamma: similar.gamma,
      priorVariance: similar.priorVariance,
    },
    warnings: checked.battles.warnings,
  }
  return { kind: 'fitted', weights, report }
}

function trained({ epoch, weights }: Trainer, epochs: number, { onProgress }: PairwiseFitOptions) {
  for (let count = 0; count < epochs; count++) {
    epoch()
    onProgress('matrix factorisation on all comparisons', count + 1, epochs)
  }
  return weights()
}

function describeModels({ models, battles }: Battles, { ratings, deviations }: Ratings) {
  const counts = new Uint32Array(models.length)
  for (const { first, second } of battles) {
    counts[first]!++
    counts[second]!++
  }
  return models.map((id, place) => ({
    id: modelId(id),
    battles: counts[place]!,
    rating: ratings[place]!,
    ratingDeviation: deviations[place]!,
  }))
}
