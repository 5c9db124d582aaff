import { type FormEvent, useState } from 'react'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import type { ShownGroup } from '../../../../src/gateway/admin/key-bodies.ts'
import { type ApiError, errorFrom, send } from '../../api/client.ts'
import { Button, Dialog, ErrorBox, Field, Select } from '../../ui/index.ts'
import { ChangeForm } from './change-form.tsx'
import { emptyGroup, type Faults, type GroupDraft, groupDraftOf, newBody } from './draft.ts'
import { GroupSelect, OwnerFields } from './owner-fields.tsx'
import { useChange } from './use-change.ts'
import { useFaultFocus } from './use-fault-focus.ts'

export function GroupDialog({
  groups,
  onClose,
  onCreated,
}: {
  readonly groups: readonly ShownGroup[]
  readonly onClose: () => void
  readonly onCreated: () => void
}) {
  const [draft, setDraft] = useState(emptyGroup)
  const [faults, setFaults] = useState<Faults>({})
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
      await send('POST', '/admin/groups', read.body)
      onCreated()
      onClose()
    } catch (thrown) {
      setError(errorFrom(thrown))
      setBusy(false)
    }
  }
  return (
    <Dialog title="Create a team or project" onClose={onClose} wide>
      <form ref={form} className="stack" onSubmit={create} noValidate>
        <GroupFields
          draft={draft}
          faults={faults}
          groups={groups}
          used={null}
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
    </Dialog>
  )
}

/** Changes a team or project; which of the two it is stays. */
export function ChangeGroupDialog({
  shown,
  groups,
  limits,
  onClose,
  onChanged,
}: {
  readonly shown: ShownGroup
  readonly groups: readonly ShownGroup[]
  readonly limits: readonly LimitStatus[]
  readonly onClose: () => void
  readonly onChanged: () => void
}) {
  const { draft, set, faults, error, meanwhile, busy, save } = useChange({
    shown,
    draftOf: groupDraftOf,
    path: `/admin/groups/${encodeURIComponent(shown.id)}`,
    load: () => loadGroup(shown),
    onChanged,
    onClose,
  })
  return (
    <Dialog title={`Change ${shown.name}`} onClose={onClose} wide>
      <ChangeForm
        save={save}
        faults={faults}
        theirs={meanwhile?.theirs ?? null}
        error={error}
        busy={busy}
        onClose={onClose}
      >
        <GroupFields
          draft={draft}
          faults={faults}
          groups={groups}
          used={limits.filter(({ scope, name }) => scope === shown.kind && name === shown.id)}
          set={set}
        />
      </ChangeForm>
    </Dialog>
  )
}

async function loadGroup({ id, name }: ShownGroup): Promise<ShownGroup> {
  const { groups } = await send<{ readonly groups: readonly ShownGroup[] }>('GET', '/admin/groups')
  const found = groups.find((group) => group.id === id)
  if (found === undefined) throw new Error(`${name} has been removed meanwhile.`)
  return found
}

function GroupFields({
  draft,
  faults,
  groups,
  used,
  set,
}: {
  readonly draft: GroupDraft
  readonly faults: Faults
  readonly groups: readonly ShownGroup[]
  /** `null`: it is new, and its kind is still to be chosen. */
  readonly used: readonly LimitStatus[] | null
  readonly set: (changes: Partial<GroupDraft>) => void
}) {
  return (
    <>
      <div className="filters">
        {used === null && (
          <Select
            label="Kind"
            value={draft.kind}
            onChange={(kind) => set({ kind: kind === 'project' ? 'project' : 'team' })}
            choices={[
              { value: 'team', label: 'Team' },
              { value: 'project', label: 'Project' },
            ]}
          />
        )}
        {draft.kind === 'project' && (
          <GroupSelect
            label="Of team"
            value={draft.team}
            groups={groups.filter(({ kind }) => kind === 'team')}
            onChange={(team) => set({ team })}
          />
        )}
      </div>
      <Field label="Name" value={draft.name} onChange={(name) => set({ name })} error={faults.name} />
      <OwnerFields draft={draft} faults={faults} used={used} set={set} />
    </>
  )
}
