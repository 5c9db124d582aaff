import type { Battle } from './battles.ts'
import type { Trainer } from './fit-matrix-factorisation.ts'
import { type Fold, outOfFold } from './folds.ts'
import { type Judged, pairFigures } from './pair-figures.ts'

/** Epochs without a better loss after which training stops. */
const patience = 8

export type ChosenEpochs = {
  readonly noise: number
  readonly epochs: number
  readonly judged: Judged
}

/**
 * The noise and the number of epochs with the least calibrated loss on what was not fitted on. Much noise shrinks what a
 * prompt changes, as few comparisons need; but it leaves the ratings as they are, and no one slope makes up for both, so that
 * with many comparisons chances under much noise are off.
 */
export function chooseEpochs(
  folds: readonly Fold[],
  sample: readonly Battle[],
  judge: (differences: Float64Array) => Judged,
  trainerOf: (fold: Fold, noise: number) => Trainer,
  options: {
    readonly noises: readonly number[]
    readonly mostEpochs: number
    readonly onProgress: (label: string, done: number, total: number) => void
  },
): ChosenEpochs {
  const tried = options.noises.map((noise, index) => {
    const trainers = new Map(folds.map((fold) => [fold, trainerOf(fold, noise)]))
    const best = stopEarly(folds, sample, judge, trainers, options.mostEpochs)
    options.onProgress('matrix factorisation by folds', index + 1, options.noises.length)
    return { noise, ...best }
  })
  return tried.reduce((best, one) => (one.loss < best.loss ? one : best))
}

/**
 * Trains all folds epoch by epoch, side by side, until their loss on what each was not fitted on rises; the number of epochs
 * at which it was least is what the fit on all comparisons gets. None: the ratings are best.
 */
function stopEarly(
  folds: readonly Fold[],
  sample: readonly Battle[],
  judge: (differences: Float64Array) => Judged,
  trainers: ReadonlyMap<Fold, Trainer>,
  mostEpochs: number,
): { readonly epochs: number; readonly judged: Judged; readonly loss: number } {
  const at = (epochs: number) => {
    const judged = judge(outOfFold(folds, sample, (fold) => trainers.get(fold)!.logOdds))
    return { epochs, judged, loss: pairFigures(judged).logLoss }
  }
  let best = at(0)
  for (let epochs = 1; epochs <= mostEpochs && epochs - best.epochs <= patience; epochs++) {
    for (const { epoch } of trainers.values()) epoch()
    const now = at(epochs)
    if (now.loss < best.loss) best = now
  }
  return best
}
