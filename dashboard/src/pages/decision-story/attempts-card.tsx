import { useMemo } from 'react'
import type { Outcome } from '../../api/types.ts'
import { ms } from '../../ui/format.ts'
import { Card } from '../../ui/layout.tsx'
import { LongList } from '../../ui/long.tsx'
import { Empty } from '../../ui/states.tsx'
import { AttemptLine } from './attempt-line.tsx'
import { isGoneOnWith, type ToldAttempt, toldAttempts } from './attempts.ts'
import './attempts.css'

export function AttemptsCard({ outcome }: { readonly outcome: Outcome | null }) {
  const told = useMemo(() => toldBy(outcome), [outcome])
  const left = (outcome?.attempts.length ?? 0) - told.length
  const whole = Math.max(1, outcome?.latencyMs ?? 0, ...told.map(({ attempt }) => attempt.endedAfterMs))
  return (
    <Card
      title="Attempts"
      span={12}
      note={`From the choice to the end, ${ms(whole)}: a call to a target each.`}
    >
      {told.length === 0 ? (
        <Empty title={outcome === null ? 'It is under way, or was never served.' : 'No model was asked.'} />
      ) : (
        <LongList rows={told} first={20} step={100}>
          {(rows) => (
            <ol className="timeline">
              {rows.map((one, index) => (
                <AttemptLine key={one.number} told={one} wholeMs={whole} goesOn={isGoneOnWith(rows, index)} />
              ))}
            </ol>
          )}
        </LongList>
      )}
      {told.length > 1 && told.some(({ inferred }) => inferred) && (
        <p className="note">
          Recorded before attempts said what they were for: it is told by their times and models.
        </p>
      )}
      {left > 0 && <p className="note">{left} more are in the record below.</p>}
    </Card>
  )
}

const toldBy = (outcome: Outcome | null): readonly ToldAttempt[] =>
  outcome === null ? [] : toldAttempts({ ...outcome, attempts: outcome.attempts.slice(0, mostTold) })

/** More than that nobody reads, and a browser takes its time to draw. */
const mostTold = 1_000
