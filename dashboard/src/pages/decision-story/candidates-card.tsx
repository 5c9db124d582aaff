import { useMemo } from 'react'
import type { Decision } from '../../api/types.ts'
import { Badge, Card } from '../../ui/layout.tsx'
import { LongList, LongText } from '../../ui/long.tsx'
import { Empty } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { candidateColumns, Plane, type Point } from './plane.tsx'

/** More than these no plane this small can show. */
const mostPoints = 150

export function CandidatesCard({ decision }: { readonly decision: Decision }) {
  const points = useMemo(() => pointsOf(decision), [decision])
  const priced = points.filter(({ usd }) => usd !== null)
  const drawn = priced.length > mostPoints ? withChosen(priced) : priced
  return (
    <Card
      title="Candidates"
      span={7}
      note="What each was expected to do when the choice was made, with 95 % intervals."
    >
      {points.length === 0 ? (
        <Empty title="No model was eligible." />
      ) : (
        <>
          {drawn.length > 0 && <Plane points={drawn} left={priced.length - drawn.length} />}
          <LongList rows={points} first={12}>
            {(rows) => (
              <Table caption="Candidates" columns={candidateColumns} rows={rows} rowKey={({ id }) => id} />
            )}
          </LongList>
        </>
      )}
      {decision.refused.length > 0 && <Refused refused={decision.refused} />}
    </Card>
  )
}

const pointsOf = ({ candidates, chosen }: Decision): readonly Point[] =>
  candidates.map(({ id, quality, cost, latencyMs }) => ({
    id,
    usd: cost.kind === 'known' ? cost.usd.mean : null,
    quality: quality.mean,
    low: Math.max(0, quality.mean - 1.96 * quality.deviation),
    high: Math.min(1, quality.mean + 1.96 * quality.deviation),
    ms: latencyMs.mean,
    chosen: id === chosen,
  }))

const withChosen = (points: readonly Point[]): readonly Point[] => {
  const first = points.slice(0, mostPoints)
  const chosen = points.find((point) => point.chosen)
  return chosen === undefined || first.includes(chosen) ? first : [...first, chosen]
}

const Refused = ({ refused }: Pick<Decision, 'refused'>) => (
  <div className="stack">
    <h3>Not eligible</h3>
    <LongList rows={refused} first={10}>
      {(rows) => (
        <ul className="plain-list">
          {rows.map(({ id, rule, reason }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a model may be refused twice, and the list never changes
            <li key={index}>
              <strong>{id}</strong> <Badge>{rule}</Badge> <LongText text={reason} first={200} />
            </li>
          ))}
        </ul>
      )}
    </LongList>
  </div>
)
