import { money, ms, tokens } from '../../ui/format.ts'
import { Badge } from '../../ui/layout.tsx'
import { LongText } from '../../ui/long.tsx'
import { AttemptMark } from './attempt-mark.tsx'
import { type Attempt, endWords, roleText, type ToldAttempt } from './attempts.ts'

/** `goesOn`: somebody further down the list goes on with it, or with one above it. */
export function AttemptLine({
  told,
  wholeMs,
  goesOn,
}: {
  readonly told: ToldAttempt
  readonly wholeMs: number
  readonly goesOn: boolean
}) {
  const { attempt, number, role, cut, overtaken } = told
  const failed = attempt.outcome.kind === 'failed'
  return (
    <li className={goesOn ? 'timeline-goes-on' : undefined}>
      <AttemptMark role={role} />
      <div className="timeline-words">
        <strong className="wrap">
          {number}. {attempt.model}
        </strong>
        <Badge tone={role === 'first' ? 'plain' : 'accent'}>{roleText(told)}</Badge>
        {cut && <Badge tone="bad">broke off in the middle</Badge>}
        <Badge tone={overtaken ? 'plain' : failed ? 'bad' : 'good'}>{endWords(told)}</Badge>
        <Figures attempt={attempt} />
      </div>
      <Track told={told} wholeMs={wholeMs} />
      <Notes attempt={attempt} />
    </li>
  )
}

const Figures = ({ attempt }: { readonly attempt: Attempt }) => (
  <span className="quiet">
    {ms(attempt.startedAfterMs)} to {ms(attempt.endedAfterMs)}
    {attempt.firstContentAfterMs !== null && `, first content at ${ms(attempt.firstContentAfterMs)}`} ·{' '}
    {tokens(attempt.usage.outputTokens)} out
    {attempt.usage.source === 'estimated' && ' (estimated)'} ·{' '}
    {attempt.cost === null ? 'price unknown' : money(attempt.cost / 1e6)}
  </span>
)

/** Its time on the line of the whole request; before a continuation, dashed, the time since the stream broke off. */
function Track({ told, wholeMs }: { readonly told: ToldAttempt; readonly wholeMs: number }) {
  const { attempt, goesOnFrom } = told
  const { startedAfterMs, endedAfterMs, firstContentAfterMs, outcome } = attempt
  const share = (at: number) => `${Math.min(100, Math.max(0, (at / wholeMs) * 100))}%`
  const brokeOffMs = goesOnFrom?.attempt.endedAfterMs
  return (
    <div className="timeline-track" aria-hidden="true">
      {brokeOffMs !== undefined && (
        <div
          className="timeline-pause"
          style={{ left: share(brokeOffMs), width: share(startedAfterMs - brokeOffMs) }}
        />
      )}
      <div
        className={outcome.kind === 'failed' ? 'timeline-bar timeline-failed' : 'timeline-bar'}
        style={{ left: share(startedAfterMs), width: `max(4px, ${share(endedAfterMs - startedAfterMs)})` }}
      />
      {firstContentAfterMs !== null && (
        <div className="timeline-content" style={{ left: share(firstContentAfterMs) }} />
      )}
    </div>
  )
}

const Notes = ({ attempt: { target, model, outcome, lost } }: { readonly attempt: Attempt }) => (
  <>
    {target !== model && <p className="note">Target {target}</p>}
    {outcome.kind === 'failed' && (
      <p className="note">
        <LongText text={outcome.message} first={300} />
      </p>
    )}
    {lost !== undefined && lost.length > 0 && (
      <p className="note">
        Left out for its format: <LongText text={lost.join(', ')} first={200} />
      </p>
    )}
  </>
)
