import { useEffect, useState } from 'react'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import { type ApiError, errorFrom } from '../../api/client.ts'
import { Badge, Button, Card, ErrorBox, format, Link } from '../../ui/index.ts'
import type { Answer } from './answer.ts'
import { rated } from './ask.ts'

export function AnswerCard({
  name,
  answer,
  apiKey,
}: {
  readonly name: string
  readonly answer: Answer | null
  readonly apiKey: string
}) {
  return (
    <Card title={name} actions={answer && <StateBadge state={answer.state} />}>
      {answer === null ? (
        <p className="note answer-text">Not asked yet.</p>
      ) : (
        <>
          {answer.told.model !== null && answer.told.model !== name && (
            <p className="note wrap">answered by {answer.told.model}</p>
          )}
          <p className="answer-text" aria-live="polite" aria-busy={answer.state === 'streaming'}>
            {answer.text}
          </p>
          {answer.error !== null && (
            <p className="error-box" role="alert">
              {answer.error}
            </p>
          )}
          {answer.told.fallback !== null && (
            <p className="note wrap">failed before it: {answer.told.fallback}</p>
          )}
          <Facts answer={answer} />
          {answer.told.decision !== null && (
            <Rating decision={answer.told.decision} name={name} apiKey={apiKey} />
          )}
        </>
      )}
    </Card>
  )
}

function StateBadge({ state }: { readonly state: Answer['state'] }) {
  switch (state) {
    case 'waiting':
      return <Badge>waiting</Badge>
    case 'streaming':
      return <Badge tone="accent">answering</Badge>
    case 'done':
      return <Badge tone="good">done</Badge>
    case 'failed':
      return <Badge tone="bad">failed</Badge>
    case 'stopped':
      return <Badge tone="warn">stopped</Badge>
    default:
      return unreachable(state)
  }
}

function Facts({ answer }: { readonly answer: Answer }) {
  const { usd, firstContentMs, totalMs, outputTokens, told } = answer
  return (
    <dl className="answer-facts">
      <Fact label="Cost" value={format.money(usd)} />
      <Fact label="First word" value={format.ms(firstContentMs)} />
      <Fact label="Whole answer" value={format.ms(totalMs)} />
      <Fact label="Length" value={format.tokens(outputTokens)} />
      {told.decision !== null && (
        <div className="answer-id">
          <dt>Decision</dt>
          <dd className="wrap">
            <Link to={`/decisions/${encodeURIComponent(told.decision)}`}>{told.decision}</Link>
          </dd>
        </div>
      )}
    </dl>
  )
}

const Fact = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
)

/** Thumbs of a decision; a second word takes the place of the first. */
function Rating({
  decision,
  name,
  apiKey,
}: {
  readonly decision: string
  readonly name: string
  readonly apiKey: string
}) {
  const [given, setGiven] = useState<'up' | 'down' | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another decision is another answer, which nobody has rated
  useEffect(() => {
    setGiven(null)
    setError(null)
  }, [decision])
  const rate = async (rating: 'up' | 'down') => {
    setBusy(true)
    setError(null)
    try {
      await rated(decision, rating, apiKey)
      setGiven(rating)
    } catch (thrown) {
      setError(errorFrom(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="stack">
      <div className="row">
        <Button
          onClick={() => rate('up')}
          busy={busy}
          pressed={given === 'up'}
          label={`Good answer of ${name}`}
        >
          <span aria-hidden="true">▲</span> Good
        </Button>
        <Button
          onClick={() => rate('down')}
          busy={busy}
          pressed={given === 'down'}
          label={`Bad answer of ${name}`}
        >
          <span aria-hidden="true">▼</span> Bad
        </Button>
        <span className="note" role="status">
          {given === null ? '' : 'Noted as feedback.'}
        </span>
      </div>
      {error !== null && <ErrorBox error={error} />}
    </div>
  )
}
