import { type FormEvent, type ReactNode, useState } from 'react'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { Button, ErrorBox } from '../../ui/index.ts'
import { type Faults, type GroupDraft, type KeyDraft, newBody } from './draft.ts'
import { useFaultFocus } from './use-fault-focus.ts'

/** What is written of something new, what is wrong with it, and how it is sent. */
export function useCreate<Draft extends KeyDraft | GroupDraft, Created>(
  empty: Draft,
  path: string,
  onCreated: (created: Created) => void,
) {
  const [draft, setDraft] = useState(empty)
  const [faults, setFaults] = useState<Faults>({})
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const create = async (event: FormEvent) => {
    event.preventDefault()
    const read = newBody(draft)
    setFaults(read.kind === 'faults' ? read.faults : {})
    if (read.kind === 'faults') return
    setBusy(true)
    setError(null)
    try {
      onCreated(await send<Created>('POST', path, read.body))
    } catch (thrown) {
      setError(errorFrom(thrown))
    } finally {
      setBusy(false)
    }
  }
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }))
  return { draft, set, faults, error, busy, create }
}

export function CreateForm({
  creation: { faults, error, busy, create },
  onClose,
  children,
}: {
  readonly creation: {
    readonly faults: Faults
    readonly error: ApiError | null
    readonly busy: boolean
    readonly create: (event: FormEvent) => void
  }
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const form = useFaultFocus(faults)
  return (
    <form ref={form} className="stack" onSubmit={create} noValidate>
      {children}
      {error !== null && <ErrorBox error={error} />}
      <div className="row">
        <Button kind="main" type="submit" busy={busy}>
          Create
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}
