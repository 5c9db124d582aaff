import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import type { ShownGroup, ShownKey } from '../../../../src/gateway/admin/key-bodies.ts'
import { send } from '../../api/client.ts'
import { Dialog } from '../../ui/index.ts'
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
  const { base, draft, set, faults, error, meanwhile, busy, save } = useChange({
    shown,
    draftOf: keyDraftOf,
    path,
    load: async () => (await send<{ readonly key: ShownKey }>('GET', path)).key,
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
        <KeyFields
          draft={draft}
          faults={faults}
          groups={groups}
          used={limits.filter(({ scope, name }) => scope === 'key' && name === shown.id)}
          expiresAt={base.expiresAt}
          set={set}
        />
      </ChangeForm>
    </Dialog>
  )
}
