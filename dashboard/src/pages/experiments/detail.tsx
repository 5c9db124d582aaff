import { useState } from 'react'
import type { ExperimentState } from '../../../../src/experiments/state.ts'
import { type ApiError, errorFrom, send, useMayChange } from '../../api/client.ts'
import { Button, Card, ErrorBox, format, Grid } from '../../ui/index.ts'
import { BandPlot } from './band-plot.tsx'
import { sessionsSeen } from './bands.ts'
import { EndDialog, type Ending } from './end-dialog.tsx'
import { StatusBadge } from './status-badge.tsx'

type DetailProps = { readonly experiment: ExperimentState; readonly onChange: () => void }

export function Detail({ experiment, onChange }: DetailProps) {
  const { definition, sentence, history } = experiment
  return (
    <>
      <Card title={definition.id} actions={<StatusBadge experiment={experiment} />}>
        <p className="verdict" aria-live="polite">
          {sentence}
        </p>
        <Terms experiment={experiment} />
        <Actions experiment={experiment} onChange={onChange} />
      </Card>
      <Grid>
        <Card span={6}>
          <BandPlot experiment={experiment} metric="quality" />
        </Card>
        <Card span={6}>
          <BandPlot experiment={experiment} metric="usd" />
        </Card>
        <Card title="Shares" span={5}>
          <Arms experiment={experiment} />
        </Card>
        <Card title="What happened" span={7}>
          <ol className="history">
            {[...history].reverse().map(({ at, what }) => (
              <li key={`${at} ${what}`}>
                <time dateTime={at}>{format.time(at)}</time>
                <span>{what}</span>
              </li>
            ))}
          </ol>
        </Card>
      </Grid>
    </>
  )
}

function Terms({ experiment: { definition, step, stages } }: { readonly experiment: ExperimentState }) {
  const { policy, by, qualityMargin, alpha, automatic, ramp } = definition
  const steps = ramp.length > 0 ? `, step ${step + 1} of ${ramp.length} of its ramp` : ''
  return (
    <p className="note">
      Requests for {policy}, by {by}
      {steps}. Begun {format.time(stages[0]?.beganAt)}. A loss of up to{' '}
      {format.decimal(qualityMargin * 100, 1)} points of quality counts as none; any verdict is false with a
      chance of at most {format.percent(alpha, 0)}. Verdicts are{' '}
      {automatic ? 'carried out by themselves' : 'told, and carried out by you'}.
    </p>
  )
}

function Actions({ experiment, onChange }: DetailProps) {
  const { definition, status } = experiment
  const [ending, setEnding] = useState<Ending | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const mayChange = useMayChange()
  if (!mayChange || status !== 'running') return null
  const look = async () => {
    setBusy(true)
    setError(null)
    try {
      await send('POST', `/admin/experiments/${encodeURIComponent(definition.id)}/look`)
      onChange()
    } catch (thrown) {
      setError(errorFrom(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <div className="row">
        <Button onClick={look} busy={busy}>
          Look now
        </Button>
        <Button kind="main" onClick={() => setEnding('promote')}>
          Promote…
        </Button>
        <Button onClick={() => setEnding('stop')}>Stop…</Button>
        <Button kind="danger" onClick={() => setEnding('roll-back')}>
          Roll back…
        </Button>
      </div>
      {error !== null && <ErrorBox error={error} onRetry={look} />}
      {ending !== null && (
        <EndDialog
          experiment={experiment}
          ending={ending}
          onClose={() => setEnding(null)}
          onDone={onChange}
        />
      )}
    </>
  )
}

/** Who has which share now, and what each has seen. */
function Arms({ experiment }: { readonly experiment: ExperimentState }) {
  const { stages, winner } = experiment
  const seen = sessionsSeen(experiment)
  const shares = winner === null ? (stages.at(-1)?.shares ?? {}) : { [winner]: 1 }
  return (
    <ul className="arms">
      {Object.entries(shares).map(([policy, share]) => (
        <li key={policy}>
          <div className="row arm-words">
            <span className="wrap">{policy}</span>
            <span>
              {format.percent(share)}
              {seen[policy] !== undefined && (
                <span className="quiet">
                  {' '}
                  · {format.count(seen[policy])} {experiment.definition.by}s seen
                </span>
              )}
            </span>
          </div>
          <div className="arm-track" aria-hidden="true">
            <div className="arm-part" style={{ width: `${share * 100}%` }} />
          </div>
        </li>
      ))}
    </ul>
  )
}
