import { type FormEvent, useState } from 'react'
import type { KeyGroup } from '../../../../src/domain/virtual-key.ts'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { Button, Dialog, ErrorBox } from '../../ui/index.ts'
import { emptyKey, type Faults, newBody } from './draft.ts'
import { KeyFields } from './key-fields.tsx'
import { SecretShown } from './secret-shown.tsx'
import { useFaultFocus } from './use-fault-focus.ts'

export function CreateDialog({
  groups,
  onClose,
  onCreated,
}: {
  readonly groups: readonly KeyGroup[]
  readonly onClose: () => void
  readonly onCreated: () => void
}) {
  const [draft, setDraft] = useState(emptyKey)
  const [faults, setFaults] = useState<Faults>({})
  const [secret, setSecret] = useState<string | null>(null)
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const form = useFaultFocus(faults)
  const create = async (event: FormEvent) => {
    event.preventDefault()
    const read = newBody(draft)
    setFaults(read.kind === 'faults' ? read.faults : {})
    if (read.kind === 'faults') return
    setBusy(true)
    setError(null)
    try {
      const created = await send<{ readonly secret: string }>('POST', '/admin/keys', read.body)
      setSecret(created.secret)
      onCreated()
    } catch (thrown) {
      setError(errorFrom(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={secret === null ? 'Create a key' : `Key ${draft.name.trim()}`}
      onClose={onClose}
      wide={secret === null}
    >
      {secret !== null ? (
        <SecretShown secret={secret} onClose={onClose} />
      ) : (
        <form ref={form} className="stack" onSubmit={create} noValidate>
          <KeyFields
            draft={draft}
            faults={faults}
            groups={groups}
            used={null}
            expiresAt={null}
            set={(changes) => setDraft((before) => ({ ...before, ...changes }))}
          />
          {error !== null && <ErrorBox error={error} />}
          <div className="row">
            <Button kind="main" type="submit" busy={busy}>
              Create
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
