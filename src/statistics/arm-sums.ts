/**
 * All that an experiment has to remember of an arm: power sums over its sessions, one set for each metric. A session's own sums
 * are kept while something may still come in for it (an outcome, a late or corrected score): `moveSession` takes out what the
 * session was and puts in what it is. Sums of several processes add up, and JSON keeps them.
 */

import { mergeRatioSums, moveRatioUnit, noRatioSums, type RatioSums, type RatioUnit } from './ratio-sums.ts'

/** What experiments are read by. `quality`: score per graded decision, `usd`: dollars per priced decision; the rest are guardrails. */
export const metrics = ['quality', 'usd', 'latency-ms', 'failures'] as const
export type Metric = (typeof metrics)[number]

/** One session, by metric: the sum of its values, how many there are, and the sum of their decisions' covariates. */
export type SessionSums = Readonly<Partial<Record<Metric, RatioUnit>>>

export type ArmSums = {
  /** Sessions that were assigned to the arm, whatever became of them: what the sample-ratio check counts. */
  readonly sessions: number
  readonly metrics: Readonly<Record<Metric, RatioSums>>
}

export const noArmSums: ArmSums = {
  sessions: 0,
  metrics: { quality: noRatioSums, usd: noRatioSums, 'latency-ms': noRatioSums, failures: noRatioSums },
}

/**
 * One value more of a session; `replaces` is the value that it corrects, of the same decision.
 * @param covariate fixed before the assignment: the router's estimate of the prompt's difficulty; 0 where there is none
 */
export function addToSession(
  session: SessionSums,
  metric: Metric,
  value: number,
  covariate = 0,
  replaces: number | null = null,
): SessionSums {
  const { numerator, denominator, covariate: sum } = session[metric] ?? noUnit
  return {
    ...session,
    [metric]:
      replaces === null
        ? { numerator: numerator + value, denominator: denominator + 1, covariate: sum + covariate }
        : { numerator: numerator + value - replaces, denominator, covariate: sum },
  }
}

const noUnit: RatioUnit = { numerator: 0, denominator: 0, covariate: 0 }

/** `before` is `null` when the session has just been assigned, `after` when it is taken out (a bot, a test). */
export function moveSession(arm: ArmSums, before: SessionSums | null, after: SessionSums | null): ArmSums {
  const move = (metric: Metric): RatioSums =>
    moveRatioUnit(arm.metrics[metric], before?.[metric] ?? null, after?.[metric] ?? null)
  return {
    sessions: arm.sessions + (after === null ? 0 : 1) - (before === null ? 0 : 1),
    metrics: {
      quality: move('quality'),
      usd: move('usd'),
      'latency-ms': move('latency-ms'),
      failures: move('failures'),
    },
  }
}

export const mergeArmSums = (a: ArmSums, b: ArmSums): ArmSums => ({
  sessions: a.sessions + b.sessions,
  metrics: {
    quality: mergeRatioSums(a.metrics.quality, b.metrics.quality),
    usd: mergeRatioSums(a.metrics.usd, b.metrics.usd),
    'latency-ms': mergeRatioSums(a.metrics['latency-ms'], b.metrics['latency-ms']),
    failures: mergeRatioSums(a.metrics.failures, b.metrics.failures),
  },
})
