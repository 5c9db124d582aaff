import { localLogOdds } from '../../../estimate/quality/bradley-terry.ts'
import type { Battle } from './battles.ts'
import { type BradleyTerryOptions, fitBradleyTerry } from './fit-bradley-terry.ts'
import { type Fold, outOfFold } from './folds.ts'
import { type Judged, pairFigures } from './pair-figures.ts'
import type { EncodedPrompts } from './pairs.ts'

export type ChosenSimilarity = {
  readonly gamma: number
  readonly priorVariance: number
  readonly judged: Judged
}

/** The gamma and the variance of the prior with the least calibrated loss on what was not fitted on. */
export function chooseSimilarity(
  folds: readonly Fold[],
  sample: readonly Battle[],
  prompts: EncodedPrompts,
  judge: (differences: Float64Array) => Judged,
  options: Omit<BradleyTerryOptions, 'gamma' | 'priorVariance'> & {
    readonly gammas: readonly number[]
    readonly priorVariances: readonly number[]
    readonly onProgress: (label: string, done: number, total: number) => void
  },
): ChosenSimilarity {
  const dims = prompts.vectors.length / prompts.questions.length
  const settings = options.gammas.flatMap((gamma) =>
    options.priorVariances.map((priorVariance) => ({ gamma, priorVariance })),
  )
  const tried = settings.map((setting, index): ChosenSimilarity => {
    const differences = outOfFold(folds, sample, ({ battles, ratings }) => {
      const weights = fitBradleyTerry(battles, ratings, prompts, { ...options, ...setting })
      return (prompt) => localLogOdds(weights, prompts.vectors.subarray(prompt * dims, (prompt + 1) * dims))
    })
    options.onProgress('Bradley-Terry by folds', index + 1, settings.length)
    return { ...setting, judged: judge(differences) }
  })
  const losses = tried.map(({ judged }) => pairFigures(judged).logLoss)
  return tried[losses.indexOf(Math.min(...losses))]!
}
