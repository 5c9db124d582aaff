import { useMemo } from 'react'
import type { Overview } from '../../api/types.ts'
import { count, money, ms, shortTime } from '../../ui/format.ts'
import { Plot, Plots } from '../../ui/plot.tsx'
import type { Column } from '../../ui/table.tsx'
import { usdOf } from './figures.ts'

type Row = {
  readonly from: Date
  readonly until: Date
  readonly usd: number
  readonly answered: number
  readonly failed: number
  readonly p50: number | null
  readonly p95: number | null
}

type TextColumn = Column<Row> & { readonly cell: (row: Row) => string }

const start = (): TextColumn => ({
  key: 'from',
  title: 'From',
  cell: ({ from }) => shortTime(from, Date.now()),
})

export function StepPlots({ overview }: { readonly overview: Overview }) {
  const rows = useMemo(() => rowsOf(overview), [overview])
  return (
    <div className="plots">
      <Spend rows={rows} />
      <Requests rows={rows} />
      <Latency rows={rows} />
    </div>
  )
}

const rowsOf = ({ steps }: Overview): readonly Row[] =>
  steps.map(({ from, until, sums, latencyMs }) => ({
    from: new Date(from),
    until: new Date(until),
    usd: usdOf(sums),
    answered: sums.decisions - sums.failed,
    failed: sums.failed,
    p50: latencyMs?.p50 ?? null,
    p95: latencyMs?.p95 ?? null,
  }))

/** One look for all three: a quiet grid, the time below. */
const frame = (rows: readonly Row[], format: (value: number) => string, most: number) => ({
  marginLeft: 58,
  marginRight: 26,
  marginTop: 18,
  x: {
    type: 'time' as const,
    label: null,
    domain: [rows[0]?.from, rows.at(-1)?.until].map((at) => at ?? new Date(0)),
  },
  // Without traffic there is an empty plot, not one that measures millionths.
  y: { label: null, grid: true, ticks: 4, tickFormat: format, zero: true, domain: [0, most || 1] },
})

const highest = (rows: readonly Row[], of: (row: Row) => number | null): number =>
  Math.max(0, ...rows.map((row) => of(row) ?? 0)) * 1.08

function Spend({ rows }: { readonly rows: readonly Row[] }) {
  const options = useMemo(
    () => () => ({
      ...frame(
        rows,
        money,
        highest(rows, ({ usd }) => usd),
      ),
      marks: [
        Plots.rectY(rows, {
          x1: 'from',
          x2: 'until',
          y: 'usd',
          fill: 'var(--plot-1)',
          insetLeft: 1,
          insetRight: 1,
          tip: false,
        }),
        Plots.ruleY([0], { stroke: 'var(--line-strong)' }),
      ],
    }),
    [rows],
  )
  const columns: readonly TextColumn[] = [
    start(),
    { key: 'usd', title: 'Spend', align: 'right', cell: ({ usd }) => money(usd) },
  ]
  const total = rows.reduce((sum, { usd }) => sum + usd, 0)
  return (
    <Plot
      title="Spend ($)"
      description={`Bars over time, ${money(total)} in all.`}
      options={options}
      height={200}
      rows={rows}
      columns={columns}
    />
  )
}

function Requests({ rows }: { readonly rows: readonly Row[] }) {
  const options = useMemo(
    () => () => ({
      ...frame(
        rows,
        count,
        highest(rows, ({ answered, failed }) => answered + failed),
      ),
      marks: [
        Plots.rectY(rows, {
          x1: 'from',
          x2: 'until',
          y: 'answered',
          fill: 'var(--plot-6)',
          insetLeft: 1,
          insetRight: 1,
        }),
        Plots.rectY(rows, {
          x1: 'from',
          x2: 'until',
          y1: 'answered',
          y2: (row: Row) => row.answered + row.failed,
          fill: 'var(--plot-2)',
          insetLeft: 1,
          insetRight: 1,
        }),
        Plots.ruleY([0], { stroke: 'var(--line-strong)' }),
      ],
    }),
    [rows],
  )
  const columns: readonly TextColumn[] = [
    start(),
    { key: 'answered', title: 'Not failed', align: 'right', cell: ({ answered }) => count(answered) },
    { key: 'failed', title: 'Failed', align: 'right', cell: ({ failed }) => count(failed) },
  ]
  const failed = rows.reduce((sum, row) => sum + row.failed, 0)
  return (
    <Plot
      title="Requests, failed ones on top"
      description={`Stacked bars over time, ${count(failed)} failed in all.`}
      options={options}
      height={200}
      rows={rows}
      columns={columns}
    />
  )
}

function Latency({ rows }: { readonly rows: readonly Row[] }) {
  const options = useMemo(() => {
    const middle = (row: Row) => new Date((row.from.getTime() + row.until.getTime()) / 2)
    return () => ({
      ...frame(
        rows,
        ms,
        highest(rows, ({ p95 }) => p95),
      ),
      marks: [
        Plots.lineY(rows, {
          x: middle,
          y: 'p95',
          stroke: 'var(--plot-2)',
          strokeWidth: 1.75,
          strokeDasharray: '5 3',
          marker: 'dot',
        }),
        Plots.lineY(rows, { x: middle, y: 'p50', stroke: 'var(--plot-1)', strokeWidth: 2, marker: 'dot' }),
        Plots.ruleY([0], { stroke: 'var(--line-strong)' }),
      ],
    })
  }, [rows])
  const columns: readonly TextColumn[] = [
    start(),
    { key: 'p50', title: 'Median', align: 'right', cell: ({ p50 }) => ms(p50) },
    { key: 'p95', title: '95th percentile', align: 'right', cell: ({ p95 }) => ms(p95) },
  ]
  return (
    <Plot
      title="Latency: median, p95 dashed"
      description="Two lines over time, of up to 100 requests a step."
      options={options}
      height={200}
      rows={rows}
      columns={columns}
    />
  )
}
