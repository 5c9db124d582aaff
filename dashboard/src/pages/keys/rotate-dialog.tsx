import { type FormEvent, useState } from 'react'
import type { ShownKey } from '../../../../src/gateway/admin/key-bodies.ts'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { Button, Dialog, ErrorBox, Field } from '../../ui/index.ts'
import { SecretShown } from './secret-shown.tsx'

/** A new secret for a key; the old one goes on for a while. */
export function RotateDialog({
  shown,
  onClose,
  onRotated,
}: {
  readonly shown: ShownKey
  readonly onClose: () => void
  readonly onRotated: () => void
}) {
  const [overlap, setOverlap] = useState('24h')
  const [secret, setSecret] = useState<string | null>(null)
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const rotate = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const path = `/admin/keys/${encodeURIComponent(shown.id)}/rotate`
      const rotated = await send<{ readonly secret: string }>('POST', path, { overlap: overlap.trim() })
      setSecret(rotated.secret)
      onRotated()
    } catch (thrown) {
      setError(errorFrom(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Rotate ${shown.name}`} onClose={onClose}>
      {secret !== null ? (
        <SecretShown secret={secret} onClose={onClose} />
      ) : (
        <form className="stack" onSubmit={rotate}>
          <Field
            label="How long the old secret goes on"
            value={overlap}
            onChange={setOverlap}
            hint="A span such as 24h or 7d; 0: it ends at once."
          />
          {error !== null && <ErrorBox error={error} />}
          <div className="row">
            <Button kind="main" type="submit" busy={busy}>
              Make a new secret
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
