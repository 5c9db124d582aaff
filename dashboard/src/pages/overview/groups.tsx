import type { Overview } from '../../api/types.ts'
import { count, interval, money, ms, percent } from '../../ui/format.ts'
import { Empty } from '../../ui/states.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { usdOf } from './figures.ts'

type Group = Overview['policies'][number]

const columnsOf = (what: 'policy' | 'model'): readonly Column<Group>[] => [
  {
    key: 'group',
    title: what === 'policy' ? 'Policy' : 'Model',
    cell: ({ group }) => <span className="wrap">{group}</span>,
  },
  { key: 'requests', title: 'Requests', align: 'right', cell: ({ decisions }) => count(decisions) },
  { key: 'usd', title: 'Spend', align: 'right', cell: (row) => money(usdOf(row)) },
  {
    key: 'each',
    title: 'Each',
    align: 'right',
    wide: true,
    cell: (row) => money(row.decisions === 0 ? null : usdOf(row) / row.decisions),
  },
  {
    key: 'quality',
    title: 'Quality',
    align: 'right',
    cell: ({ quality }) =>
      quality === null ? (
        <span className="quiet">not rated</span>
      ) : (
        <>
          {percent(quality.mean, 0)}
          <span className="quiet cell-range">{interval(quality, (one) => percent(one, 0))}</span>
        </>
      ),
  },
  {
    key: 'failed',
    title: 'Errors',
    align: 'right',
    wide: true,
    cell: ({ failed, decisions }) => percent(decisions === 0 ? null : failed / decisions),
  },
  {
    key: 'latency',
    title: 'p50 / p95',
    align: 'right',
    wide: true,
    cell: ({ latencyMs }) => (latencyMs === null ? '–' : `${ms(latencyMs.p50)} / ${ms(latencyMs.p95)}`),
  },
]

export function Groups({
  what,
  rows,
}: {
  readonly what: 'policy' | 'model'
  readonly rows: readonly Group[]
}) {
  if (rows.length === 0) return <Empty title="No requests in this range." />
  const sorted = rows.toSorted((a, b) => b.decisions - a.decisions)
  return (
    <Table
      caption={what === 'policy' ? 'Policies' : 'Models'}
      columns={columnsOf(what)}
      rows={sorted}
      rowKey={({ group }) => group}
      href={({ group }) => `/decisions?${new URLSearchParams({ [what]: group })}`}
    />
  )
}
