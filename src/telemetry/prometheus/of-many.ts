/** Metrics of several processes that serve on one port: whoever is scraped tells those of all. */

import { AggregatorRegistry, type Registry } from 'prom-client'

/** All metrics of one process, as it was asked for them. Plain data: it goes from process to process. */
export type ProcessMetrics = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** Sums, but where a metric says otherwise. */
export const textOfMany = (parts: readonly ProcessMetrics[]): Promise<string> => merged(parts).metrics()

/**
 * What processes that ended had counted, and what was counted before: without it sums would fall when a process dies, which
 * Prometheus takes for a restart and counts all again.
 */
export async function withDeparted(before: ProcessMetrics, last: ProcessMetrics): Promise<ProcessMetrics> {
  const counted = last.filter(({ type }) => countedTypes.has(String(type)))
  return merged([before, counted]).getMetricsAsJSON()
}

const countedTypes = new Set(['counter', 'histogram'])

const merged = (parts: readonly ProcessMetrics[]): Registry =>
  AggregatorRegistry.aggregate(parts as Parameters<typeof AggregatorRegistry.aggregate>[0])
