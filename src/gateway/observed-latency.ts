import type { Estimate } from '../domain/estimate.ts'
import type { ModelId } from '../domain/model.ts'
import { percentileOf } from '../engine/health/latency-histogram.ts'
import type { TargetBook } from '../engine/attempts/model-targets.ts'

/** How long a model's streams have taken to their first content of late; `null`: too few are known to say. */
export type ObservedLatency = (model: ModelId) => Estimate | null

/** Percentiles move slowly: they are read again once in so many milliseconds. */
const freshMs = 1_000

/** Between the median and the 95th percentile of a normal distribution lie so many deviations. */
const deviationsTo95 = 1.645

/** The fastest of its targets speaks for a model: the choice among them goes by speed too. */
export function observedLatency(targets: TargetBook, now: () => number): ObservedLatency {
  // Bounded by the models of the configuration.
  const known = new Map<ModelId, { readonly at: number; readonly estimate: Estimate | null }>()
  return (model) => {
    const before = known.get(model)
    const at = now()
    if (before && at - before.at < freshMs) return before.estimate
    const estimate = read(targets, model)
    known.set(model, { at, estimate })
    return estimate
  }
}

function read(targets: TargetBook, model: ModelId): Estimate | null {
  let best: Estimate | null = null
  for (const { health } of targets(model).known) {
    const { firstContents } = health.load
    const median = percentileOf(firstContents, 0.5)
    const slow = percentileOf(firstContents, 0.95)
    if (median === null || slow === null || (best && best.mean <= median)) continue
    best = { mean: median, deviation: (slow - median) / deviationsTo95 }
  }
  return best
}
