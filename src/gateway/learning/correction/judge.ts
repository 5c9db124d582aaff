/** Whether a correction predicts later answers better than what serves now, by log loss and by the Brier score. Pure. */

import type { Interval, Reading } from '../../../statistics/interval.ts'
import { meanInterval } from '../../../statistics/mean-interval.ts'
import { momentsOf } from '../../../statistics/moments.ts'
import { correct, type CorrectionModel } from './correction.ts'
import type { Graded } from './fit.ts'

type Losses = { readonly logLoss: number; readonly brier: number }

export type Judgement = {
  readonly answers: number
  /** Sessions, or answers of none. */
  readonly units: number
  readonly none: Losses
  readonly live: Losses
  readonly fitted: Losses
  /** How much lower the loss of the fitted one is; above 0 is better. */
  readonly gain: {
    readonly logLossOverLive: Reading
    readonly logLossOverNone: Reading
    readonly brierOverLive: Reading
  }
}

/**
 * The same log is looked at again and again as it grows: an error of one in a hundred for each look keeps false promotions rare,
 * and a look is taken only when there are enough new answers.
 */
const alpha = 0.01

export function judge(
  later: readonly Graded[],
  fitted: CorrectionModel,
  live: CorrectionModel | null,
): Judgement {
  const of = (by: CorrectionModel | null) => later.map((one) => lossesOf(one, by))
  const [none, now, then] = [of(null), of(live), of(fitted)]
  const gain = (before: readonly Losses[], loss: keyof Losses): Reading =>
    meanInterval(momentsOf(perUnit(later, (row) => before[row]![loss] - then[row]![loss])), alpha)
  return {
    answers: later.length,
    units: new Set(later.map(({ unit }) => unit)).size,
    none: meanOf(none),
    live: meanOf(now),
    fitted: meanOf(then),
    gain: {
      logLossOverLive: gain(now, 'logLoss'),
      logLossOverNone: gain(none, 'logLoss'),
      brierOverLive: gain(now, 'brier'),
    },
  }
}

/** The interval is above 0: over what serves now, and over nothing at all. */
export const isBetter = ({ gain }: Judgement): boolean =>
  isAbove(gain.logLossOverLive, 0) && isAbove(gain.logLossOverNone, 0)

const isAbove = (reading: Reading, bound: number): reading is Interval & { kind: 'interval' } =>
  reading.kind === 'interval' && reading.low > bound

function lossesOf({ model, task, predicted, score }: Graded, by: CorrectionModel | null): Losses {
  const mean = by === null ? predicted : correct(by, model, task, predicted)
  const q = Math.min(0.9999, Math.max(0.0001, mean))
  return { logLoss: -(score * Math.log(q) + (1 - score) * Math.log(1 - q)), brier: (q - score) ** 2 }
}

const meanOf = (losses: readonly Losses[]): Losses => ({
  logLoss: losses.reduce((sum, { logLoss }) => sum + logLoss, 0) / Math.max(1, losses.length),
  brier: losses.reduce((sum, { brier }) => sum + brier, 0) / Math.max(1, losses.length),
})

/** The mean of each unit: one witness each, however much it says. */
function perUnit(
  graded: readonly Pick<Graded, 'unit'>[],
  reckon: (row: number) => number,
): readonly number[] {
  const units = new Map<string, { sum: number; count: number }>()
  for (const [row, { unit }] of graded.entries()) {
    const known = units.get(unit) ?? { sum: 0, count: 0 }
    known.sum += reckon(row)
    known.count++
    units.set(unit, known)
  }
  return [...units.values()].map(({ sum, count }) => sum / count)
}
