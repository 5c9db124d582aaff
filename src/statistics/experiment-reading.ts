/**
 * An experiment as its sums tell it: each arm against the control, by metric, with intervals that may be watched. Where the
 * allocation is ramped, every stretch of one allocation is a stage with sums of its own: arms are compared within stages, for
 * the traffic of one day is not that of another, and the stages' differences are weighed by their sessions.
 */

import { type ArmSums, type Metric, metrics } from './arm-sums.ts'
import { defaultTightestAt, watchedInterval } from './asymptotic-sequence.ts'
import { adjustArms, varianceSaved } from './cuped.ts'
import { intervalOf, type Reading, withheld } from './interval.ts'
import { type SampleRatio, sampleRatio } from './sample-ratio.ts'
import { bonferroni } from './several-arms.ts'
import { added, addedWarily, distrust, scaled, type Spread, watchedRules } from './spread.ts'

/** A stretch of time with one allocation. */
export type Stage = {
  /** Intended shares of sessions by arm; they add up to 1. */
  readonly shares: Readonly<Record<string, number>>
  readonly arms: Readonly<Record<string, ArmSums>>
}

export type ReadingOptions = {
  readonly control: string
  /** The chance that anything at all that this reading says is false, over all looks, arms and the two main metrics. */
  readonly alpha: number
  /** Sessions at which the intervals are tightest. */
  readonly tightestAt: number
}

export const defaultReading = { alpha: 0.05, tightestAt: defaultTightestAt } as const

export type ArmReading = {
  readonly arm: string
  readonly sessions: number
  /** Arm less control. */
  readonly differences: Readonly<Record<Metric, Difference>>
}

export type Difference = {
  readonly reading: Reading
  /** The control's own value, by which a difference becomes a share; `null`: it has none yet. */
  readonly control: number | null
  /** Share of the variance that the covariate has taken away. */
  readonly varianceSaved: number
  /** For tests of one's own; `null` where nothing can be compared yet. */
  readonly spread: Spread | null
}

export type ExperimentReading = {
  readonly control: string
  readonly sampleRatio: SampleRatio
  readonly arms: readonly ArmReading[]
  /** Two-sided error of each interval. */
  readonly alphaEach: number
}

/** Sessions that a stage must have of either arm to say something of their difference. */
const fewestInStage = 5
/** Quality and cost are what verdicts go by; the others are looked at with the same error each. */
const mainMetrics = 2

/** @throws RangeError where shares are not shares or the control is none of the arms */
export function readExperiment(stages: readonly Stage[], options: ReadingOptions): ExperimentReading {
  const names = [...new Set(stages.flatMap(({ shares }) => Object.keys(shares)))]
  if (!names.includes(options.control))
    throw new RangeError(`the control ${options.control} is none of the arms ${names.join(', ')}`)
  const treatments = names.filter((name) => name !== options.control)
  const alphaEach = bonferroni(options.alpha, treatments.length * mainMetrics)
  return {
    control: options.control,
    alphaEach,
    sampleRatio: sampleRatio(
      stages.map(({ shares, arms }) =>
        Object.entries(shares).map(([arm, share]) => ({ units: arms[arm]?.sessions ?? 0, share })),
      ),
    ),
    arms: treatments.map((arm) => ({
      arm,
      sessions: stages.reduce((sum, { arms }) => sum + (arms[arm]?.sessions ?? 0), 0),
      differences: differencesOf(stages, arm, alphaEach, options),
    })),
  }
}

function differencesOf(
  stages: readonly Stage[],
  arm: string,
  alpha: number,
  options: ReadingOptions,
): ArmReading['differences'] {
  const of = (metric: Metric) => differenceOf(stages, arm, metric, alpha, options)
  return Object.fromEntries(metrics.map((metric) => [metric, of(metric)])) as ArmReading['differences']
}

type StageDifference = {
  readonly weight: number
  readonly difference: number
  readonly control: number
  readonly treated: Spread
  readonly base: Spread
  readonly saved: number
}

function differenceOf(
  stages: readonly Stage[],
  arm: string,
  metric: Metric,
  alpha: number,
  { control, tightestAt }: ReadingOptions,
): Difference {
  const compared = stages.flatMap((stage) => stageDifference(stage, arm, control, metric) ?? [])
  const total = compared.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0)
    return {
      reading: withheld(null, `no stage has ${fewestInStage} sessions with a value in both arms yet`),
      control: null,
      varianceSaved: 0,
      spread: null,
    }
  const mean = (of: (one: StageDifference) => number) =>
    compared.reduce((sum, one) => sum + (one.weight / total) * of(one), 0)
  const spreadOf = (side: 'treated' | 'base') =>
    added(compared.map((one) => scaled(one[side], one.weight / total)))
  const spreads = [spreadOf('treated'), spreadOf('base')].filter((one) => !isConstant(one, metric))
  const estimate = mean(({ difference }) => difference)
  return {
    reading: readingOf(estimate, spreads, alpha, tightestAt),
    control: mean((one) => one.control),
    varianceSaved: mean(({ saved }) => saved),
    spread: addedWarily(spreads),
  }
}

/** Sessions of one and the same cost from which on it is taken to be that for good: models that run at home cost nothing. */
const constantFrom = 300

const isConstant = ({ variance, units }: Spread, metric: Metric): boolean =>
  metric === 'usd' && variance === 0 && units >= constantFrom

function readingOf(estimate: number, arms: readonly Spread[], alpha: number, tightestAt: number): Reading {
  // Both arms have one cost each, and the difference is that.
  if (arms.length === 0) return intervalOf(estimate, estimate, estimate)
  const reason = arms.map((arm) => distrust(arm, watchedRules)).find((one) => one !== null)
  if (reason) return withheld(estimate, `of one arm ${reason}`)
  return watchedInterval(estimate, addedWarily(arms), alpha, tightestAt)
}

function stageDifference(
  { arms }: Stage,
  arm: string,
  control: string,
  metric: Metric,
): StageDifference | null {
  const sums = [arms[arm]?.metrics[metric], arms[control]?.metrics[metric]]
  const [treated, base] = sums
  if (!treated || !base || Math.min(treated.units, base.units) < fewestInStage) return null
  const [adjusted, adjustedBase] = adjustArms([treated, base])
  return {
    weight: treated.units + base.units,
    difference: adjusted!.estimate - adjustedBase!.estimate,
    control: adjustedBase!.estimate,
    treated: adjusted!.spread,
    base: scaled(adjustedBase!.spread, -1),
    saved: varianceSaved([treated, base]),
  }
}
