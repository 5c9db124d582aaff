import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHistogramSet, type HistogramDefinition } from './histograms.ts'

const definition: HistogramDefinition = {
  name: 'wait',
  description: 'Time that was waited.',
  unit: 's',
  bounds: [0.1, 1, 10],
}
const start = new Date('2026-03-01T10:00:00.250Z')
const now = new Date('2026-03-01T10:01:00.000Z')

describe('a set of histograms', () => {
  it('counts just as the library’s own instruments do', async () => {
    const value = fc.oneof(
      fc.constantFrom(0, ...definition.bounds),
      fc.double({ min: 0, max: 20, noNaN: true }),
    )
    const said = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), value), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(said, async (values) => {
        const set = createHistogramSet(start)
        const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
        const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
        const meter = new MeterProvider({ resource: resourceFromAttributes({}), readers: [reader] })
        const { name, description, unit, bounds } = definition
        const theirs = meter.getMeter('test').createHistogram(name, {
          description,
          unit,
          advice: { explicitBucketBoundaries: [...bounds] },
        })
        for (const [who, seconds] of values) {
          set.series(definition, { who }).record(seconds)
          theirs.record(seconds, { who })
        }
        await meter.forceFlush()
        const [expected] = exporter.getMetrics()[0]!.scopeMetrics[0]!.metrics
        const [found] = set.collect(now)
        expect(untimed(expected)).toMatchObject(untimed(found))
        await meter.shutdown()
      }),
      { numRuns: 30 },
    )
  })

  it('goes on from its start, whenever it is asked', () => {
    const set = createHistogramSet(start)
    const series = set.series(definition, { who: 'a' })
    expect(set.collect(now)[0]!.dataPoints).toEqual([])
    series.record(0.5)
    const [before] = set.collect(now)[0]!.dataPoints
    series.record(50)
    const [point] = set.collect(now)[0]!.dataPoints
    expect(before!.value).toMatchObject({ count: 1, sum: 0.5 })
    expect(before!.value.buckets.counts).toEqual([0, 1, 0, 0])
    expect(point).toMatchObject({
      startTime: [Date.parse('2026-03-01T10:00:00Z') / 1000, 250_000_000],
      endTime: [now.getTime() / 1000, 0],
      value: { count: 2, sum: 50.5, min: 0.5, max: 50 },
    })
  })

  it('has one series for the same attributes in another order', () => {
    const set = createHistogramSet(start)
    set.series(definition, { a: 1, b: 'x' }).record(1)
    set.series(definition, { b: 'x', a: 1 }).record(1)
    expect(set.collect(now)[0]!.dataPoints).toHaveLength(1)
  })

  it('puts what is above 2,000 series into one that says so', () => {
    const set = createHistogramSet(start)
    for (let index = 0; index < 2_500; index++) set.series(definition, { index }).record(1)
    const points = set.collect(now)[0]!.dataPoints
    expect(points).toHaveLength(2_000)
    expect(points.at(-1)).toMatchObject({
      attributes: { 'otel.metric.overflow': true },
      value: { count: 501 },
    })
  })
})

type Collected = { readonly dataPoints: readonly { readonly value: unknown }[] } | undefined

const untimed = (metric: Collected) => ({
  ...metric,
  dataPoints: metric?.dataPoints.map((point) => ({ ...point, startTime: null, endTime: null })),
})
