/** A policy by a log of another: every estimator with its interval, or why none can be given; quality and cost alike. */

import { meanInterval } from '../../statistics/mean-interval.ts'
import { type Reading, withheld } from '../../statistics/interval.ts'
import { type Diagnostics, diagnose } from './diagnostics.ts'
import { doublyRobustTerms, type Estimator, estimate, estimators } from './estimators.ts'
import { crossFitted, defaultFolds } from './fit-predictions.ts'
import {
  checkTarget,
  type LoggedMetric,
  type LoggedRow,
  type MetricRow,
  type TargetPolicy,
} from './logged-row.ts'
import { meanByUnit } from '../../statistics/off-policy/unit-values.ts'

export type EvaluationOptions = {
  readonly alpha: number
  readonly folds: number
  /** Weights above it are cut in `ips`; `null`: the square root of the number of decisions. */
  readonly clipAt: number | null
  /** Weights above it are not corrected for in `switch-dr`; `null`: as for `clipAt`. */
  readonly switchAt: number | null
}

export const defaultEvaluation: EvaluationOptions = {
  alpha: 0.05,
  folds: defaultFolds,
  clipAt: null,
  switchAt: null,
}

export type PolicyEvaluation = {
  readonly policy: string
  readonly metrics: Readonly<Record<LoggedMetric, MetricEvaluation>>
}

export type MetricEvaluation = {
  readonly diagnostics: Diagnostics
  readonly estimates: Readonly<Record<Estimator, Reading>>
  /** Where the log shows all that the policy would have done: its mean, with nothing weighed. `null`: it does not. */
  readonly fullInformation: Reading | null
  /** What to go by: full information, else doubly robust where the diagnostics let it. */
  readonly best: Reading
  /** What the log's own choices came to, over the same decisions. */
  readonly logged: Reading
  /** Paired: the policy less the log. */
  readonly lessLogged: Reading
}

type Metrics = Readonly<Record<LoggedMetric, readonly MetricRow[]>>

/** A log made ready to be asked about policies. */
export type PreparedLog = {
  readonly logged: readonly LoggedRow[]
  readonly rows: Metrics
  readonly options: EvaluationOptions
}

/** @throws RangeError where the log holds what is no probability or score */
export const prepareLog = (
  logged: readonly LoggedRow[],
  options: EvaluationOptions = defaultEvaluation,
): PreparedLog => ({
  logged,
  rows: {
    quality: crossFitted(logged, 'quality', options.folds),
    usd: crossFitted(logged, 'usd', options.folds),
  },
  options,
})

/** @throws RangeError where the policy's probabilities are none */
export function evaluatePolicy(log: PreparedLog, target: TargetPolicy): PolicyEvaluation {
  checkTarget(target, log.logged)
  return {
    policy: target.name,
    metrics: { quality: evaluateMetric(log, target, 'quality'), usd: evaluateMetric(log, target, 'usd') },
  }
}

function evaluateMetric(log: PreparedLog, target: TargetPolicy, metric: LoggedMetric): MetricEvaluation {
  const rows = log.rows[metric]
  const { alpha, clipAt, switchAt } = log.options
  const diagnostics = diagnose(log.logged, rows, target)
  const why = diagnostics.failures.length === 0 ? null : diagnostics.failures.join('; ')
  const refuse = (reading: Reading): Reading => (why === null ? reading : withheld(null, why))
  const readings = estimators.map((estimator) => {
    const options = {
      alpha,
      metric,
      ...(clipAt !== null && { clipAt }),
      ...(switchAt !== null && { switchAt }),
    }
    const reading = estimate(estimator, rows, target.choices, options)
    return [estimator, estimator === 'direct' ? reading : refuse(reading)] as const
  })
  const estimates = Object.fromEntries(readings) as Record<Estimator, Reading>
  const fullInformation = fullInformationOf(rows, target, alpha)
  const terms = doublyRobustTerms(rows, target.choices)
  const own = loggedTerms(log.logged, rows)
  const units = rows.map(({ unit }) => unit)
  const difference = meanInterval(
    meanByUnit(
      units,
      terms.map((term, place) => term - own[place]!),
    ),
    alpha,
  )
  return {
    diagnostics,
    estimates,
    fullInformation,
    best: fullInformation ?? estimates.dr,
    logged: meanInterval(meanByUnit(units, own), alpha),
    lessLogged: fullInformation === null ? refuse(difference) : difference,
  }
}

/** Paired: `first` less `second`, each a policy that was not the log's; withheld where either can't be evaluated. */
export function comparePolicies(
  log: PreparedLog,
  first: TargetPolicy,
  second: TargetPolicy,
): Readonly<Record<LoggedMetric, Reading>> {
  const compare = (metric: LoggedMetric): Reading => {
    const rows = log.rows[metric]
    const failures = [first, second].flatMap((target) =>
      fullInformationOf(rows, target, log.options.alpha) === null
        ? diagnose(log.logged, rows, target).failures.map((failure) => `${target.name}: ${failure}`)
        : [],
    )
    const [one, other] = [first, second].map(({ choices }) => doublyRobustTerms(rows, choices))
    const differences = one!.map((term, place) => term - other![place]!)
    if (failures.length > 0) return withheld(null, failures.join('; '))
    return meanInterval(
      meanByUnit(
        rows.map(({ unit }) => unit),
        differences,
      ),
      log.options.alpha,
    )
  }
  return { quality: compare('quality'), usd: compare('usd') }
}

/** Every action that the policy may take was sure to be seen, and was: nothing is estimated. */
function fullInformationOf(
  rows: readonly MetricRow[],
  { choices }: TargetPolicy,
  alpha: number,
): Reading | null {
  const values: number[] = []
  for (const [place, { seen }] of rows.entries()) {
    const known = seen.filter(({ probability }) => probability === 1)
    const covered = known.reduce((sum, { action }) => sum + choices[place]![action]!, 0)
    if (covered < 1 - 1e-9) return null
    values.push(known.reduce((sum, { action, value }) => sum + choices[place]![action]! * value, 0))
  }
  if (rows.length === 0) return null
  return meanInterval(
    meanByUnit(
      rows.map(({ unit }) => unit),
      values,
    ),
    alpha,
  )
}

/** What the log's choice came to; where it is not known, what is predicted of it, and the rest by its chance of being known. */
const loggedTerms = (logged: readonly LoggedRow[], rows: readonly MetricRow[]): readonly number[] =>
  logged.map(({ chosen, actions }, place) => {
    const { predicted, seen } = rows[place]!
    const known = seen.find(({ action }) => action === chosen)
    const expected = predicted[chosen]!
    if (!known) return expected
    // Of the two chances only that of being graded is left open when the choice has been made.
    const graded = known.probability / (actions[chosen]!.seen!.propensity ?? 1)
    return expected + (known.value - expected) / graded
  })
