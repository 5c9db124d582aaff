import { type FormEvent, useState } from 'react'
import { type LimitPeriod, limitPeriods } from '../../../../src/domain/limits.ts'
import type { KeyGroup } from '../../../../src/domain/virtual-key.ts'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { Button, Dialog, ErrorBox, Field, Select } from '../../ui/index.ts'
import { emptyKey, keyBody, type KeyDraft, type KeyFaults } from './draft.ts'
import { SecretShown } from './secret-shown.tsx'

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
  const [faults, setFaults] = useState<KeyFaults>({})
  const [secret, setSecret] = useState<string | null>(null)
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const create = async (event: FormEvent) => {
    event.preventDefault()
    const read = keyBody(draft)
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
    <Dialog title={secret === null ? 'Create a key' : `Key ${draft.name.trim()}`} onClose={onClose}>
      {secret !== null ? (
        <SecretShown secret={secret} onClose={onClose} />
      ) : (
        <form className="stack" onSubmit={create} noValidate>
          <Fields
            draft={draft}
            faults={faults}
            groups={groups}
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

const periods: Record<LimitPeriod, string> = {
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  lifetime: 'in all',
}

function Fields({
  draft,
  faults,
  groups,
  set,
}: {
  readonly draft: KeyDraft
  readonly faults: KeyFaults
  readonly groups: readonly KeyGroup[]
  readonly set: (changes: Partial<KeyDraft>) => void
}) {
  return (
    <>
      <Field label="Name" value={draft.name} onChange={(name) => set({ name })} error={faults.name} />
      <div className="filters">
        <Select
          label="Team or project"
          value={draft.group}
          onChange={(group) => set({ group })}
          choices={[
            { value: '', label: 'None' },
            ...groups.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <Field label="User" value={draft.user} onChange={(user) => set({ user })} />
      </div>
      <div className="filters">
        <Field label="Dollars" value={draft.usd} onChange={(usd) => set({ usd })} error={faults.usd} />
        <Select
          label="Per"
          value={draft.per}
          onChange={(per) => set({ per: limitPeriods.find((one) => one === per) ?? 'month' })}
          choices={limitPeriods.map((per) => ({ value: per, label: periods[per] }))}
        />
        <Field
          label="Requests a minute"
          value={draft.requestsPerMinute}
          onChange={(requestsPerMinute) => set({ requestsPerMinute })}
          error={faults.requestsPerMinute}
        />
      </div>
      <Field
        label="Policies"
        value={draft.policies}
        onChange={(policies) => set({ policies })}
        hint="Names with commas; empty: all."
      />
      <Field
        label="Models"
        value={draft.models}
        onChange={(models) => set({ models })}
        hint="Ids with commas, or a vendor’s all as vendor/*; empty: all."
      />
      <Field
        label="Expires in"
        value={draft.expiresIn}
        onChange={(expiresIn) => set({ expiresIn })}
        error={faults.expiresIn}
        hint="A span such as 30d; empty: never."
      />
    </>
  )
}
