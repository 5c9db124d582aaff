import { useState } from 'react'
import type { KeyGroup } from '../../../../src/domain/virtual-key.ts'
import { Dialog } from '../../ui/index.ts'
import { CreateForm, useCreate } from './create-form.tsx'
import { emptyKey } from './draft.ts'
import { KeyFields } from './key-fields.tsx'
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
  const [secret, setSecret] = useState<string | null>(null)
  const creation = useCreate(emptyKey, '/admin/keys', (created: { readonly secret: string }) => {
    setSecret(created.secret)
    onCreated()
  })
  return (
    <Dialog
      title={secret === null ? 'Create a key' : `Key ${creation.draft.name.trim()}`}
      onClose={onClose}
      wide={secret === null}
    >
      {secret !== null ? (
        <SecretShown secret={secret} onClose={onClose} />
      ) : (
        <CreateForm creation={creation} onClose={onClose}>
          <KeyFields
            draft={creation.draft}
            faults={creation.faults}
            groups={groups}
            used={null}
            expiresAt={null}
            set={creation.set}
          />
        </CreateForm>
      )}
    </Dialog>
  )
}
