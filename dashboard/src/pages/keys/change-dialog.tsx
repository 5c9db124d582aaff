import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import type { ShownGroup, ShownKey } from '../../../../src/gateway/admin/key-bodies.ts'
import { send } from '../../api/client.ts'
import { ChangeForm } from './change-form.tsx'
import { keyDraftOf } from './draft.ts'
import { KeyFields } from './key-fields.tsx'
import { useChange } from './use-change.ts'

/** Changes a key: its secret stays as it is, and what was spent is spent. */
export function ChangeDialog({
  shown,
  groups,
  limits,
  onClose,
  onChanged,
}: {
  readonly shown: ShownKey
  readonly groups: readonly ShownGroup[]
  readonly limits: readonly LimitStatus[]
  readonly onClose: () => void
  readonly onChanged: () => void
}) {
  const path = `/admin/keys/${encodeURIComponent(shown.id)}`
  const change = useChange({
    shown,
    draftOf: keyDraftOf,
    path,
    load: async () => (await send<{ readonly key: ShownKey }>('GET', path)).key,
    onChanged,
    onClose,
  })
  return (
    <ChangeForm name={shown.name} change={change} onClose={onClose}>
      <KeyFields
        draft={change.draft}
        faults={change.faults}
        groups={groups}
        used={limits.filter(({ scope, name }) => scope === 'key' && name === shown.id)}
        expiresAt={change.base.expiresAt}
        set={change.set}
      />
    </ChangeForm>
  )
}
