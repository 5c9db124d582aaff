import { useMemo } from 'react'
import { money, ms, percent } from '../../ui/format.ts'
import { Badge } from '../../ui/layout.tsx'
import { Plot, Plots } from '../../ui/plot.tsx'
import type { Column } from '../../ui/table.tsx'

export type Point = {
  readonly id: string
  readonly usd: number | null
  readonly quality: number
  readonly low: number
  readonly high: number
  readonly ms: number
  readonly chosen: boolean
}

/** Cost and quality as they were expected, the choice as a diamond. */
export function Plane({ points, left }: { readonly points: readonly Point[]; readonly left: number }) {
  const options = useMemo(() => (width: number) => planeOf(points, width), [points])
  const chosen = points.find((point) => point.chosen)
  return (
    <Plot
      title={`Expected quality by expected cost ($)${left > 0 ? `; ${left} more are in the table` : ''}`}
      description={
        chosen === undefined
          ? 'None of these was chosen.'
          : `The choice, ${chosen.id}, was expected to cost ${money(chosen.usd)} and to answer well with ${percent(chosen.quality)}.`
      }
      options={options}
      height={280}
      rows={points}
      columns={candidateColumns}
    />
  )
}

function planeOf(points: readonly Point[], width: number): Plots.PlotOptions {
  const costs = points.map(({ usd }) => usd ?? 0).filter((usd) => usd > 0)
  const [cheapest, dearest] = [Math.min(...costs), Math.max(...costs)]
  // A free model has no place on a logarithmic axis.
  const logarithmic = costs.length === points.length && dearest / cheapest > 4
  return {
    marginLeft: 48,
    marginRight: 30,
    marginTop: 24,
    marginBottom: 34,
    x: {
      type: logarithmic ? 'log' : 'linear',
      label: null,
      ticks: logarithmic ? decadesWithin(cheapest / 2, dearest * 4) : width < 420 ? 2 : 4,
      tickFormat: (usd: number) => money(usd),
      domain: logarithmic ? [cheapest / 2, dearest * 4] : [0, (dearest || 1e-6) * 1.5],
    },
    y: {
      label: null,
      grid: true,
      ticks: 5,
      tickFormat: (share: number) => percent(share, 0),
      domain: domainOf(points),
    },
    marks: [
      Plots.ruleX(points, { x: 'usd', y1: 'low', y2: 'high', stroke: 'var(--plot-7)', strokeWidth: 1.25 }),
      Plots.dot(
        points.filter(({ chosen }) => !chosen),
        { x: 'usd', y: 'quality', r: 4.5, fill: 'var(--surface)', stroke: 'var(--plot-1)', strokeWidth: 2 },
      ),
      Plots.dot(
        points.filter(({ chosen }) => chosen),
        { x: 'usd', y: 'quality', r: 8, symbol: 'diamond', fill: 'var(--plot-2)', stroke: 'var(--surface)' },
      ),
      Plots.text(points.length <= 12 ? points : points.filter(({ chosen }) => chosen), {
        x: 'usd',
        y: 'quality',
        text: ({ id, chosen }: Point) => (chosen ? `${shortName(id)} (chosen)` : shortName(id)),
        dx: 12,
        textAnchor: 'start',
        fill: 'var(--text)',
        stroke: 'var(--surface)',
        strokeWidth: 4,
      }),
    ],
  }
}

/** Powers of ten, and where there are few of them their triples as well. */
function decadesWithin(low: number, high: number): readonly number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const powers = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
  const steps = powers.length > 4 ? powers : powers.flatMap((power) => [power, 3 * power])
  return steps.filter((step) => step >= low && step <= high)
}

const shortName = (id: string): string => id.slice(id.indexOf('/') + 1).slice(0, 28)

function domainOf(points: readonly Point[]): [number, number] {
  const [low, high] = [Math.min(...points.map((one) => one.low)), Math.max(...points.map((one) => one.high))]
  return [Math.max(0, low - 0.05), Math.min(1, high + 0.06)]
}

export const candidateColumns: readonly Column<Point>[] = [
  {
    key: 'id',
    title: 'Model',
    cell: ({ id, chosen }) => (
      <span className="wrap">
        {id} {chosen && <Badge tone="accent">chosen</Badge>}
      </span>
    ),
  },
  {
    key: 'quality',
    title: 'Quality',
    align: 'right',
    cell: ({ quality, low, high }) => `${percent(quality)} (${percent(low, 0)} – ${percent(high, 0)})`,
  },
  { key: 'usd', title: 'Cost', align: 'right', cell: ({ usd }) => (usd === null ? 'unknown' : money(usd)) },
  { key: 'ms', title: 'Latency', align: 'right', cell: (point) => ms(point.ms) },
]
