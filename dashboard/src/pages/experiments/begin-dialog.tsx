import { type FormEvent, useState } from 'react'
import { type ApiError, errorFrom, send, useQuery } from '../../api/client.ts'
import { Button, Dialog, ErrorBox, Field, Select } from '../../ui/index.ts'
import { type DraftFaults, emptyDraft, experimentBody, type ExperimentDraft } from './draft.ts'

export function BeginDialog({
  onClose,
  onBegun,
}: {
  readonly onClose: () => void
  readonly onBegun: (id: string) => void
}) {
  const policies = useQuery<{ readonly policies: readonly { readonly name: string }[] }>('/admin/policies')
  const [draft, setDraft] = useState(emptyDraft)
  const [faults, setFaults] = useState<DraftFaults>({})
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const set = (changes: Partial<ExperimentDraft>) => setDraft((before) => ({ ...before, ...changes }))
  const begin = async (event: FormEvent) => {
    event.preventDefault()
    const read = experimentBody(draft)
    setFaults(read.kind === 'faults' ? read.faults : {})
    if (read.kind === 'faults') return
    setBusy(true)
    setError(null)
    try {
      await send('POST', '/admin/experiments', read.body)
      onBegun(read.body.id)
    } catch (thrown) {
      setError(errorFrom(thrown))
      setBusy(false)
    }
  }
  return (
    <Dialog title="Begin an experiment" onClose={onClose}>
      <form className="stack" onSubmit={begin} noValidate>
        <Fields
          draft={draft}
          set={set}
          faults={faults}
          names={policies.data?.policies.map(({ name }) => name) ?? []}
        />
        {error !== null && <ErrorBox error={error} />}
        <div className="row">
          <Button kind="main" type="submit" busy={busy}>
            Begin
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}

const units = [
  { value: 'session', label: 'a session' },
  { value: 'user', label: 'a user' },
  { value: 'key', label: 'a key' },
  { value: 'request', label: 'nothing beyond one request' },
] as const

function Fields({
  draft,
  set,
  faults,
  names,
}: {
  readonly draft: ExperimentDraft
  readonly set: (changes: Partial<ExperimentDraft>) => void
  readonly faults: DraftFaults
  readonly names: readonly string[]
}) {
  const policies = [{ value: '', label: 'Choose…' }, ...names.map((name) => ({ value: name, label: name }))]
  return (
    <>
      <Field label="Name" value={draft.id} onChange={(id) => set({ id })} error={faults.id} />
      <div className="filters">
        <div className="stack">
          <Select
            label="Requests for"
            value={draft.policy}
            onChange={(policy) => set({ policy })}
            choices={policies}
          />
          {faults.policy && <p className="field-error">{faults.policy}</p>}
        </div>
        <div className="stack">
          <Select label="Try" value={draft.arm} onChange={(arm) => set({ arm })} choices={policies} />
          {faults.arm && <p className="field-error">{faults.arm}</p>}
        </div>
      </div>
      <div className="filters">
        <Field
          label="Share of requests, %"
          value={draft.share}
          onChange={(share) => set({ share })}
          error={faults.share}
        />
        <Field
          label="Loss that counts as none, points"
          value={draft.margin}
          onChange={(margin) => set({ margin })}
          error={faults.margin}
        />
      </div>
      <Select
        label="What stays with one policy"
        value={draft.by}
        onChange={(by) => set({ by: units.find(({ value }) => value === by)?.value ?? 'session' })}
        choices={units}
      />
      <Field
        label="Ramp, %"
        value={draft.ramp}
        onChange={(ramp) => set({ ramp })}
        error={faults.ramp}
        hint="As in 1, 10, 50: the share grows step by step. Empty: no ramp."
      />
      <label className="row">
        <input
          type="checkbox"
          checked={draft.automatic}
          onChange={({ target }) => set({ automatic: target.checked })}
        />
        Carry verdicts out: promote winners, roll losers back
      </label>
    </>
  )
}
