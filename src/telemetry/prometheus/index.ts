import { Registry } from 'prom-client'
import type { Known } from '../known.ts'
import { addGauges } from './gauges.ts'
import { createMetrics } from './metrics.ts'
import { addProcessMetrics } from './process-metrics.ts'
import { type ProcessMetrics, textOfMany } from './of-many.ts'
import type { BuildFacts, Readings } from './readings.ts'
import { type PrometheusSink, prometheusSink } from './sink.ts'

export type { BuildFacts, Readings } from './readings.ts'

export type Prometheus = {
  readonly sink: PrometheusSink
  /** Everything, as Prometheus reads it. */
  readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>
  /** Of this process alone. */
  readonly collect: () => Promise<ProcessMetrics>
  readonly close: () => void
}

export type PrometheusOptions = {
  readonly known: Known
  readonly readings: Readings
  readonly build: BuildFacts
  /** Metrics of the other processes that serve on the same port, in exchange for this one's; absent: there is but one. */
  readonly others?: OtherProcesses
}

export type OtherProcesses = (own: ProcessMetrics) => Promise<readonly ProcessMetrics[]>

/** Metrics of one gateway, in a registry of its own. */
export function createPrometheus({ known, readings, build, others }: PrometheusOptions): Prometheus {
  const registry = new Registry()
  const metrics = createMetrics(registry)
  addGauges(registry, readings, build)
  const stop = addProcessMetrics(registry)
  return {
    sink: prometheusSink(metrics, known),
    render: async () => {
      const { contentType } = registry
      if (others === undefined) return { contentType, text: await registry.metrics() }
      const own = await registry.getMetricsAsJSON()
      return { contentType, text: await textOfMany([own, ...(await others(own))]) }
    },
    collect: () => registry.getMetricsAsJSON(),
    close: () => {
      stop()
      registry.clear()
    },
  }
}
