import type { FrontierPoint } from '../../../../src/domain/plane.ts'
import { useState } from 'react'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { Button, Dialog, ErrorBox, format } from '../../ui/index.ts'
import { bodyOf, type DialKind, sayObjective, yamlOf } from './dial.ts'
import { type Shown, wordsOf } from './shown.ts'

/** Sets the objective of a policy, or says what to write where it can't be set. */
export function ApplyDialog({
  shown: { policy, objective, basis },
  here,
  kind,
  target,
  onClose,
  onApplied,
}: {
  readonly shown: Shown
  /** The frontier at the dial. */
  readonly here: FrontierPoint
  readonly kind: DialKind
  readonly target: number
  readonly onClose: () => void
  readonly onApplied: () => void
}) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const apply = async () => {
    setBusy(true)
    setError(null)
    try {
      await send('PATCH', objectivePath(policy), bodyOf(kind, target))
      onApplied()
      onClose()
    } catch (thrown) {
      setError(errorFrom(thrown))
      setBusy(false)
    }
  }
  const statement =
    kind === 'quality' ? ({ kind, share: target } as const) : ({ kind, usdPerTenPoints: target } as const)
  return (
    <Dialog title={`Apply to ${policy}`} onClose={onClose}>
      <p>
        From the next request on {policy} will {kind === 'quality' ? '' : 'pay '}
        <strong>{sayObjective(statement)}</strong>, in place of{' '}
        {sayObjective(objective.set ?? objective.configured)}. It holds in every process until it is lifted;
        the configuration file is left as it is.
      </p>
      <p>
        {wordsOf(basis).restsOn} that comes to a quality of {format.percent(here.quality.mean)} at{' '}
        {format.money(here.usd.mean * 1_000)} per 1,000 requests.
      </p>
      <p>To have it for good, write this into the configuration:</p>
      <pre>{yamlOf(policy, kind, target)}</pre>
      {error !== null && <ErrorBox error={error} />}
      <div className="row">
        <Button kind="main" onClick={apply} busy={busy}>
          Apply
        </Button>
        <Button onClick={onClose}>Leave it</Button>
      </div>
    </Dialog>
  )
}

/** Goes back to what the configuration says. */
export function LiftButton({ policy, onDone }: { readonly policy: string; readonly onDone: () => void }) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const lift = async () => {
    setBusy(true)
    setError(null)
    try {
      await send('DELETE', objectivePath(policy))
      onDone()
    } catch (thrown) {
      setError(errorFrom(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button onClick={lift} busy={busy}>
        Back to the configuration’s
      </Button>
      {error !== null && <ErrorBox error={error} />}
    </>
  )
}

const objectivePath = (policy: string): string => `/admin/policies/${encodeURIComponent(policy)}/objective`
