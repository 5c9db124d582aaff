import { type ReactNode, useState } from 'react'
import { type ApiError, errorFrom } from '../api/client.ts'
import { Button } from './controls.tsx'
import { Dialog } from './dialog.tsx'
import { ErrorBox } from './states.tsx'

/** Asks before something is done that can't be taken back, does it, and stays open with the reason where it fails. */
export function Confirm({
  title,
  children,
  action,
  danger = false,
  run,
  onDone,
  onClose,
}: {
  readonly title: string
  readonly children: ReactNode
  /** What the button says. */
  readonly action: string
  readonly danger?: boolean
  readonly run: () => Promise<unknown>
  readonly onDone: () => void
  readonly onClose: () => void
}) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const confirm = async () => {
    setBusy(true)
    setError(null)
    try {
      await run()
    } catch (thrown) {
      setError(errorFrom(thrown))
      setBusy(false)
      return
    }
    onDone()
    onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">{children}</div>
      {error !== null && <ErrorBox error={error} />}
      <div className="row">
        <Button kind={danger ? 'danger' : 'main'} onClick={confirm} busy={busy}>
          {action}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  )
}
