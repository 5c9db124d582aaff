/**
 * Histograms that are asked for once a minute and written to with every request: a series is looked up once and kept, where the
 * library's instruments sort and hash the attributes of every value. The library collects and sends them as it does its own.
 */

import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import type { Resource } from '@opentelemetry/resources'

export type HistogramDefinition = {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** Ascending. A value counts in the first bucket whose bound it is not above, else in the last. */
  readonly bounds: readonly number[]
}

/** Values with the same attributes. */
export type Series = { readonly record: (value: number) => void }

export type HistogramSet = {
  /** The series of these attributes; make it once and keep it. */
  readonly series: (definition: HistogramDefinition, attributes: Attributes) => Series
  readonly collect: (now: Date) => HistogramMetricData[]
}

/** As many as the library's own instruments have; what is above is in one series, named as the specification says. */
const mostSeries = 2_000
const overflow: Attributes = { 'otel.metric.overflow': true }

/** Cumulative, since `start`. */
export function createHistogramSet(start: Date): HistogramSet {
  const instruments = new Map<HistogramDefinition, Map<string, Counted>>()
  return {
    series: (definition, attributes) => {
      const known = instruments.get(definition) ?? new Map<string, Counted>()
      instruments.set(definition, known)
      const name = nameOf(attributes)
      const found = known.get(name)
      if (found !== undefined) return found
      const [key, own] = known.size < mostSeries - 1 ? [name, attributes] : [nameOf(overflow), overflow]
      const made = known.get(key) ?? countedSeries(definition.bounds, own)
      known.set(key, made)
      return made
    },
    collect: (now) =>
      [...instruments].map(([{ name, description, unit, bounds }, series]) => ({
        descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: [...series.values()]
          .filter(({ counted }) => counted.count > 0)
          .map(({ attributes, counted: { counts, ...value } }) => ({
            startTime: hrTimeOf(start),
            endTime: hrTimeOf(now),
            attributes,
            value: { ...value, buckets: { boundaries: [...bounds], counts: [...counts] } },
          })),
      })),
  }
}

type Counted = Series & {
  readonly attributes: Attributes
  readonly counted: { count: number; sum: number; min: number; max: number; readonly counts: number[] }
}

function countedSeries(bounds: readonly number[], attributes: Attributes): Counted {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  const counted = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, counts }
  return {
    attributes,
    counted,
    record: (value) => {
      let bucket = 0
      while (bucket < bounds.length && value > bounds[bucket]!) bucket++
      counts[bucket]! += 1
      counted.count += 1
      counted.sum += value
      if (value < counted.min) counted.min = value
      if (value > counted.max) counted.max = value
    },
  }
}

const nameOf = (attributes: Attributes): string =>
  JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))

/** What a reader of the library collects beside its own instruments. */
export const producerOf = (
  histograms: HistogramSet,
  scope: { readonly name: string; readonly version: string },
  resource: Resource,
): MetricProducer => ({
  collect: async () => ({
    resourceMetrics: { resource, scopeMetrics: [{ scope, metrics: histograms.collect(new Date()) }] },
    errors: [],
  }),
})

const hrTimeOf = (time: Date): HrTime => [
  Math.floor(time.getTime() / 1000),
  (time.getTime() % 1000) * 1_000_000,
]
