import type { ExperimentState } from '../../../../src/experiments/state.ts'
import { BandPlot as Bands } from '../../ui/band-plot.tsx'
import { Empty, format } from '../../ui/index.ts'
import { type BandMetric, bandRows } from './bands.ts'

type Metric = {
  readonly title: string
  readonly unit: string
  /** Of a difference as it is stored, in what is shown. */
  readonly scale: number
  readonly say: (shown: number) => string
  /** The same without its unit. */
  readonly bare: (shown: number) => string
}

const metrics: Record<BandMetric, Metric> = {
  quality: {
    title: 'Difference in quality',
    unit: 'points',
    scale: 100,
    say: (points) => `${format.decimal(points, 1)} points`,
    bare: (points) => format.decimal(points, 1),
  },
  usd: {
    title: 'Difference in cost',
    unit: 'dollars per 1,000 requests',
    scale: 1_000,
    say: format.money,
    bare: format.money,
  },
}

/** Confidence sequences: bands that hold at all looks together. */
export function BandPlot({
  experiment,
  metric,
}: {
  readonly experiment: ExperimentState
  readonly metric: BandMetric
}) {
  const { title, unit, say, bare, scale } = metrics[metric]
  const { control, qualityMargin } = experiment.definition
  const rows = bandRows(experiment, metric).map(({ at, arm, estimate, low, high }) => ({
    at,
    name: arm,
    estimate: estimate * scale,
    low: low * scale,
    high: high * scale,
  }))
  if (rows.length === 0)
    return (
      <>
        <h2>
          {title} to {control}
        </h2>
        <Empty title="Nothing to compare yet">
          <p>An interval needs graded sessions of both arms, and a look at them.</p>
        </Empty>
      </>
    )
  const margin = {
    value: -qualityMargin * scale,
    words: `a loss of ${say(qualityMargin * scale)}, up to which it counts as none`,
  }
  return (
    <Bands
      title={`${title} to ${control}`}
      description={`${unit} over time, with the band that holds at every look.`}
      unit={unit}
      rows={rows}
      say={say}
      bare={bare}
      rules={metric === 'quality' ? [margin] : []}
    />
  )
}
