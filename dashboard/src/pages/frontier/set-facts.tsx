import type { SetModel } from '../../../../src/domain/measured-frontier.ts'
import { Badge, Card, format, Table } from '../../ui/index.ts'
import type { Basis } from './shown.ts'

type Facts = Extract<Basis, { readonly kind: 'set' }>['report']

/** What of the set was measured, and what has to be known of it. */
export function SetFacts({ report, policy }: { readonly report: Facts; readonly policy: string }) {
  const { rows, setModels, poolSize, costs, seen, notes, datasets } = report
  const taking = setModels.filter(({ leftOut }) => leftOut === null).length
  const drawn =
    rows.drawn < rows.inFile
      ? `, of which ${format.count(rows.drawn)} were drawn at random (always the same)`
      : ''
  return (
    <Card title="What was measured">
      {seen.rows > 0 && (
        <p>
          <Badge tone="warn">Flattering</Badge> The router was trained on data sets of this name (
          {seen.datasets.join(', ')}): {format.count(seen.rows)} of the {format.count(rows.used)} prompts may
          be ones that it has seen, and on those it chooses better than it will on others.
        </p>
      )}
      <p>
        The file holds {format.count(rows.inFile)} prompts{drawn}; {format.count(rows.used)} have an outcome
        and a cost of each model that takes part. Data sets: {datasets.join(', ')}.
      </p>
      <p>
        {taking} of the {poolSize} models that {policy} chooses among take part; those that the set knows
        nothing of are not measured.
      </p>
      <p>{costs} Settings go by predicted costs and are told by these.</p>
      {notes.map((note) => (
        <p key={note} className="note">
          {note}
        </p>
      ))}
      <details>
        <summary>The models of the set</summary>
        <Table
          caption="Models of the set, and why some take no part"
          rows={setModels}
          rowKey={({ name }) => name}
          columns={columns}
        />
      </details>
    </Card>
  )
}

const columns = [
  {
    key: 'name',
    title: 'In the set',
    cell: ({ name }: SetModel) => <span className="wrap">{name}</span>,
  },
  {
    key: 'id',
    title: 'In the catalogue',
    wide: true,
    cell: ({ id }: SetModel) => <span className="wrap">{id ?? 'not known'}</span>,
  },
  {
    key: 'part',
    title: 'Takes part',
    cell: ({ leftOut }: SetModel) => (leftOut === null ? 'yes' : `no: ${leftOut}`),
  },
]
