import type { DecisionLine } from '../../api/types.ts'
import { decimal, money, ms, shortTime } from '../../ui/format.ts'
import { Badge } from '../../ui/layout.tsx'
import { Status } from '../../ui/status.tsx'
import type { Column } from '../../ui/table.tsx'

export const columnsAt = (now: number): readonly Column<DecisionLine>[] => [
  { key: 'time', title: 'Time', cell: ({ time }) => <time dateTime={time}>{shortTime(time, now)}</time> },
  { key: 'model', title: 'Model', cell: Model },
  { key: 'status', title: 'Status', cell: Status },
  { key: 'policy', title: 'Policy', wide: true, cell: ({ policy }) => policy },
  { key: 'task', title: 'Task', wide: true, cell: ({ taskType }) => taskType },
  {
    key: 'complexity',
    title: 'Complexity',
    align: 'right',
    wide: true,
    cell: ({ complexity }) => decimal(complexity),
  },
  {
    key: 'why',
    title: 'Why',
    wide: true,
    cell: ({ because }) => <span className="two-lines">{because}</span>,
  },
  { key: 'usd', title: 'Cost', align: 'right', cell: ({ usd }) => money(usd) },
  { key: 'latency', title: 'Latency', align: 'right', cell: ({ latencyMs }) => ms(latencyMs) },
]

function Model({ model, chosen, fallback, attempts, cache }: DecisionLine) {
  return (
    <span className="wrap">
      {model ?? '–'}{' '}
      {fallback && (
        <span title={`${chosen} was chosen`}>
          <Badge tone="warn">fallback</Badge>
        </span>
      )}
      {!fallback && attempts > 1 && <Badge tone="warn">{attempts} attempts</Badge>}
      {cache !== null && <Badge tone="accent">cache</Badge>}
    </span>
  )
}
