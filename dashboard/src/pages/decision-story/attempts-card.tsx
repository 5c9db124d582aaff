import { useMemo } from 'react'
import type { Outcome } from '../../api/types.ts'
import { money, ms, tokens } from '../../ui/format.ts'
import { Badge, Card } from '../../ui/layout.tsx'
import { LongList, LongText } from '../../ui/long.tsx'
import { Empty } from '../../ui/states.tsx'
import { endWords, partWords, type ToldAttempt, toldAttempts } from './attempts.ts'

export function AttemptsCard({ outcome }: { readonly outcome: Outcome | null }) {
  const told = useMemo(() => toldAttempts((outcome?.attempts ?? []).slice(0, mostTold)), [outcome])
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
              {rows.map((one) => (
                <AttemptLine key={one.number} told={one} wholeMs={whole} />
              ))}
            </ol>
          )}
        </LongList>
      )}
      {left > 0 && <p className="note">{left} more are in the record below.</p>}
    </Card>
  )
}

/** What each was for is told by those before it: of thousands that would take its time. */
const mostTold = 1_000

function AttemptLine({ told, wholeMs }: { readonly told: ToldAttempt; readonly wholeMs: number }) {
  const { attempt, part, cut } = told
  const { startedAfterMs, endedAfterMs, firstContentAfterMs, outcome } = attempt
  const share = (at: number) => `${Math.min(100, Math.max(0, (at / wholeMs) * 100))}%`
  const failed = outcome.kind === 'failed'
  return (
    <li>
      <div className="timeline-words">
        <strong className="wrap">{attempt.model}</strong>
        <Badge tone={part === 'first' ? 'plain' : 'accent'}>{partWords[part]}</Badge>
        {cut && <Badge tone="bad">broke off in the middle</Badge>}
        <Badge tone={failed ? 'bad' : 'good'}>{endWords(attempt)}</Badge>
        <span className="quiet">
          {ms(startedAfterMs)} to {ms(endedAfterMs)}
          {firstContentAfterMs !== null && `, first content at ${ms(firstContentAfterMs)}`} ·{' '}
          {tokens(attempt.usage.outputTokens)} out
          {attempt.usage.source === 'estimated' && ' (estimated)'} ·{' '}
          {attempt.cost === null ? 'price unknown' : money(attempt.cost / 1e6)}
        </span>
      </div>
      <div className="timeline-track" aria-hidden="true">
        <div
          className={failed ? 'timeline-bar timeline-failed' : 'timeline-bar'}
          style={{ left: share(startedAfterMs), width: `max(4px, ${share(endedAfterMs - startedAfterMs)})` }}
        />
        {firstContentAfterMs !== null && (
          <div className="timeline-content" style={{ left: share(firstContentAfterMs) }} />
        )}
      </div>
      {attempt.target !== attempt.model && <p className="note">Target {attempt.target}</p>}
      {outcome.kind === 'failed' && (
        <p className="note">
          <LongText text={outcome.message} first={300} />
        </p>
      )}
      {attempt.lost !== undefined && attempt.lost.length > 0 && (
        <p className="note">
          Left out for its format: <LongText text={attempt.lost.join(', ')} first={200} />
        </p>
      )}
    </li>
  )
}
