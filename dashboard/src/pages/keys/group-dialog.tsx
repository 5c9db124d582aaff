import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import type { ShownGroup } from '../../../../src/gateway/admin/key-bodies.ts'
import { send } from '../../api/client.ts'
import { Dialog, Field, Select } from '../../ui/index.ts'
import { ChangeForm } from './change-form.tsx'
import { CreateForm, useCreate } from './create-form.tsx'
import { emptyGroup, type Faults, type GroupDraft, groupDraftOf } from './draft.ts'
import { GroupSelect, OwnerFields } from './owner-fields.tsx'
import { useChange } from './use-change.ts'

export function GroupDialog({
  groups,
  onClose,
  onCreated,
}: {
  readonly groups: readonly ShownGroup[]
  readonly onClose: () => void
  readonly onCreated: () => void
}) {
  const creation = useCreate(emptyGroup, '/admin/groups', () => {
    onCreated()
    onClose()
  })
  return (
    <Dialog title="Create a team or project" onClose={onClose} wide>
      <CreateForm creation={creation} onClose={onClose}>
        <GroupFields
          draft={creation.draft}
          faults={creation.faults}
          groups={groups}
          used={null}
          set={creation.set}
        />
      </CreateForm>
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
  const change = useChange({
    shown,
    draftOf: groupDraftOf,
    path: `/admin/groups/${encodeURIComponent(shown.id)}`,
    load: () => loadGroup(shown),
    onChanged,
    onClose,
  })
  return (
    <ChangeForm name={shown.name} change={change} onClose={onClose}>
      <GroupFields
        draft={change.draft}
        faults={change.faults}
        groups={groups}
        used={limits.filter(({ scope, name }) => scope === shown.kind && name === shown.id)}
        set={change.set}
      />
    </ChangeForm>
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
