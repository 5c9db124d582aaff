import type { Decision } from '../../api/types.ts'
import { money, ms } from '../../ui/format.ts'
import { Badge, Card } from '../../ui/layout.tsx'
import { LongList, LongText } from '../../ui/long.tsx'

type Trace = Decision['trace']
type Step = Trace['steps'][number]

/** What the strategy asked on its way. Most ask nothing, and then there is no such card. */
export function StepsCard({ trace }: { readonly trace: Trace }) {
  if (trace.steps.length === 0) return null
  return (
    <Card title="What the strategy asked first" span={12}>
      <LongList rows={trace.steps} first={20} step={100}>
        {(steps) => (
          <ol className="steps">
            {steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps have nothing but their order
              <li key={index}>
                <StepWords step={step} />
              </li>
            ))}
          </ol>
        )}
      </LongList>
    </Card>
  )
}

function StepWords({ step }: { readonly step: Step }) {
  if (step.kind === 'ask')
    return (
      <LongList rows={step.calls} first={10} step={100}>
        {(calls) => (
          <ul className="plain-list">
            {calls.map(({ model, result }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a model may be asked twice, and the list never changes
              <li key={index} className="row">
                <strong className="wrap">{model}</strong>
                <Badge tone={result.kind === 'answered' ? 'good' : 'warn'}>{result.kind}</Badge>
                {result.kind === 'answered' && (
                  <span className="quiet">
                    {ms(result.latencyMs)} · {money(result.usd)}
                  </span>
                )}
                {result.kind === 'failed' && <LongText text={result.failure.message} first={200} />}
              </li>
            ))}
          </ul>
        )}
      </LongList>
    )
  return (
    <LongList rows={step.said} first={10} step={100}>
      {(said) => (
        <ul className="plain-list">
          {said.map(({ consultant, about, result }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a consultant may speak twice, and the list never changes
            <li key={index} className="row">
              <strong>{consultant}</strong>
              <span className="quiet">{about === null ? 'of the request' : `of the answer by ${about}`}</span>
              <LongText
                text={result.kind === 'said' ? JSON.stringify(result.opinion) : result.failure.message}
                first={200}
              />
            </li>
          ))}
        </ul>
      )}
    </LongList>
  )
}
