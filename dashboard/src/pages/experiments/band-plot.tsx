import { useCallback } from 'react'
import type { ExperimentState } from '../../../../src/experiments/state.ts'
import { Empty, format } from '../../ui/index.ts'
import { Plot, plotColours, Plots } from '../../ui/plot.tsx'
import { type BandMetric, type BandRow, bandRows, latestBands } from './bands.ts'

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
  const rows = bandRows(experiment, metric).map((row) => ({
    ...row,
    estimate: row.estimate * scale,
    low: row.low * scale,
    high: row.high * scale,
  }))
  // A look adds a row: nothing else of what is drawn changes.
  const key = `${rows.length} ${metric} ${rows.at(-1)?.at.getTime() ?? 0}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says when the rows are others
  const options = useCallback(
    (width: number) =>
      drawing(rows, width, metric === 'quality' ? -qualityMargin * scale : null, `↑ ${unit}`),
    [key],
  )
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
  const sentences = latestBands(rows).map(
    ({ arm, estimate, low, high }) => `${arm}: ${say(estimate)} (${bare(low)} to ${bare(high)})`,
  )
  return (
    <>
      <Plot
        title={`${title} to ${control}`}
        description={`${unit} over time, with the band that holds at every look. Now ${sentences.join('; ')}.`}
        options={options}
        rows={rows}
        columns={columnsOf(say)}
      />
      <ul className="band-words">
        {sentences.map((sentence, at) => (
          <li key={sentence}>
            <span aria-hidden="true" className={`band-sign band-sign-${at % 7}`}>
              ▬
            </span>{' '}
            {sentence}
          </li>
        ))}
        {metric === 'quality' && (
          <li className="quiet">
            <span aria-hidden="true" className="margin-sign">
              ┅
            </span>{' '}
            a loss of {say(qualityMargin * scale)}, up to which it counts as none
          </li>
        )}
      </ul>
    </>
  )
}

function drawing(rows: readonly BandRow[], width: number, margin: number | null, label: string) {
  const arms = [...new Set(rows.map(({ arm }) => arm))]
  const [from, to] = spanOf(rows)
  return {
    marginLeft: 52,
    x: {
      type: 'time' as const,
      label: null,
      domain: [from, to],
      ticks: width < 420 ? 3 : 5,
      tickFormat: tickOf(from, to),
    },
    y: { label, grid: true, nice: true },
    color: { domain: arms, range: arms.map((_, at) => plotColours[at % plotColours.length]!) },
    marks: [
      Plots.areaY(rows, { x: 'at', y1: 'low', y2: 'high', fill: 'arm', fillOpacity: 0.2 }),
      Plots.lineY(rows, { x: 'at', y: 'estimate', stroke: 'arm', strokeWidth: 2 }),
      // A single look has no line.
      Plots.dot(rows, { x: 'at', y: 'estimate', fill: 'arm', r: 2.5 }),
      Plots.ruleX(rows.length <= arms.length ? rows : [], { x: 'at', y1: 'low', y2: 'high', stroke: 'arm' }),
      Plots.ruleY([0], { stroke: 'var(--text)' }),
      Plots.ruleY(margin === null ? [] : [margin], { stroke: 'var(--bad)', strokeDasharray: '4 4' }),
    ],
  }
}

/** A single look needs some time about it, or there is no scale. */
function spanOf(rows: readonly BandRow[]): readonly [Date, Date] {
  const times = rows.map(({ at }) => at.getTime())
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const room = first === last ? 60_000 : 0
  return [new Date(first - room), new Date(last + room)]
}

/** In the viewer's zone and way of writing: days over days, seconds over minutes. */
function tickOf(from: Date, to: Date): (at: Date) => string {
  const minutes = (to.getTime() - from.getTime()) / 60_000
  const shown: Intl.DateTimeFormatOptions =
    minutes > 3 * 1_440
      ? { month: 'short', day: 'numeric' }
      : { hour: '2-digit', minute: '2-digit', ...(minutes < 15 && { second: '2-digit' }) }
  return (at) => at.toLocaleString(undefined, shown)
}

const columnsOf = (say: (value: number) => string) => [
  { key: 'at', title: 'Look', cell: ({ at }: BandRow) => format.time(at) },
  { key: 'arm', title: 'Policy', cell: ({ arm }: BandRow) => arm },
  {
    key: 'estimate',
    title: 'Estimate',
    align: 'right' as const,
    cell: ({ estimate }: BandRow) => say(estimate),
  },
  { key: 'low', title: 'From', align: 'right' as const, cell: ({ low }: BandRow) => say(low) },
  { key: 'high', title: 'To', align: 'right' as const, cell: ({ high }: BandRow) => say(high) },
]
