import { Registry } from 'prom-client'
import type { Known } from '../known.ts'
import { addGauges } from './gauges.ts'
import { createMetrics } from './metrics.ts'
import { addProcessMetrics } from './process-metrics.ts'
import type { BuildFacts, Readings } from './readings.ts'
import { type PrometheusSink, prometheusSink } from './sink.ts'

export type { BuildFacts, Readings } from './readings.ts'

export type Prometheus = {
  readonly sink: PrometheusSink
  /** Everything, as Prometheus reads it. */
  readonly render: () => Promise<{ readonly contentType: string; readonly text: string }>
  readonly close: () => void
}

export type PrometheusOptions = {
  readonly known: Known
  readonly readings: Readings
  readonly build: BuildFacts
}

/** Metrics of one gateway, in a registry of its own. */
export function createPrometheus({ known, readings, build }: PrometheusOptions): Prometheus {
  const registry = new Registry()
  const metrics = createMetrics(registry)
  addGauges(registry, readings, build)
  const stop = addProcessMetrics(registry)
  return {
    sink: prometheusSink(metrics, known),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    close: () => {
      stop()
      registry.clear()
    },
  }
}
