import type { CandidateRecord, Decision } from '../../../../src/domain/decision.ts'
import { Badge, Card, Empty, ErrorBox, format, Select, Skeleton, Table } from '../../ui/index.ts'
import type { Preview } from './use-preview.ts'

/** Who would answer, and why: it keeps its height while one types, so that nothing below moves. */
export function PreviewCard({
  preview,
  policy,
  onPolicy,
  policies,
}: {
  readonly preview: Preview
  readonly policy: string
  readonly onPolicy: (policy: string) => void
  readonly policies: readonly string[]
}) {
  return (
    <Card
      title="What would be chosen"
      span={7}
      actions={
        <Select
          label="Policy of the preview"
          hideLabel
          value={policy}
          onChange={onPolicy}
          choices={policies.map((name) => ({ value: name, label: name }))}
        />
      }
    >
      <div className="preview" aria-busy={preview.state === 'asking'}>
        <Content preview={preview} />
      </div>
    </Card>
  )
}

function Content({ preview }: { readonly preview: Preview }) {
  switch (preview.state) {
    case 'idle':
      return <Empty title="Type, and see who would answer" />
    case 'failed':
      return <ErrorBox error={preview.error} />
    default:
      return preview.decision === null ? <Skeleton lines={6} /> : <Choice decision={preview.decision} />
  }
}

function Choice({ decision }: { readonly decision: Decision }) {
  const { chosen, because, signals, propensity, decidedInMicros } = decision
  return (
    <div className="stack">
      <p aria-live="polite">
        <strong className="wrap">{chosen ?? 'Nobody'}</strong> <span className="quiet">{because}</span>
      </p>
      <p className="row note">
        <Badge>{signals.taskType}</Badge>
        <span>complexity {format.percent(signals.complexity, 0)}</span>
        <span>{format.tokens(signals.inputTokens)}</span>
        <span>decided in {format.ms(decidedInMicros / 1_000)}</span>
        {propensity < 1 && <span>chosen with probability {format.percent(propensity)}</span>}
      </p>
      <Candidates decision={decision} />
    </div>
  )
}

const usdOf = ({ cost }: CandidateRecord): number | null => (cost.kind === 'known' ? cost.usd.mean : null)

function Candidates({ decision }: { readonly decision: Decision }) {
  const rows = [...decision.candidates].sort(
    (a, b) => (usdOf(a) ?? Number.POSITIVE_INFINITY) - (usdOf(b) ?? Number.POSITIVE_INFINITY),
  )
  return (
    <Table
      caption="Candidates, cheapest first, with what is predicted of each"
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'model',
          title: 'Model',
          cell: ({ id }) => (
            <span className="wrap">
              {id} {id === decision.chosen && <Badge tone="accent">chosen</Badge>}
            </span>
          ),
        },
        {
          key: 'quality',
          title: 'Quality',
          align: 'right',
          cell: ({ quality }) => format.percent(quality.mean),
        },
        {
          key: 'deviation',
          title: '± one deviation',
          align: 'right',
          wide: true,
          cell: ({ quality }) => format.percent(quality.deviation),
        },
        { key: 'cost', title: 'Cost', align: 'right', cell: (one) => format.money(usdOf(one)) },
        {
          key: 'latency',
          title: 'Time',
          align: 'right',
          wide: true,
          cell: ({ latencyMs }) => format.ms(latencyMs.mean),
        },
      ]}
    />
  )
}
