import { useState } from 'react'
import type { KeyGroup } from '../../../../src/domain/virtual-key.ts'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import { send } from '../../api/client.ts'
import { Badge, Button, Confirm, format, Table } from '../../ui/index.ts'
import type { ShownKey } from './index.tsx'
import { RotateDialog } from './rotate-dialog.tsx'
import { sayLimits } from './say-limits.ts'

type KeyTableProps = {
  readonly keys: readonly ShownKey[]
  readonly groups: readonly KeyGroup[]
  readonly mayChange: boolean
  readonly onChange: () => void
}

export function KeyTable({ keys, groups, mayChange, onChange }: KeyTableProps) {
  const [rotating, setRotating] = useState<ShownKey | null>(null)
  const [revoking, setRevoking] = useState<ShownKey | null>(null)
  const groupOf = ({ group }: ShownKey): string => groups.find(({ id }) => id === group)?.name ?? group ?? ''
  return (
    <>
      <Table
        caption="Virtual keys"
        rows={keys}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'name',
            title: 'Name',
            cell: (key) => (
              <>
                <span className="wrap">{key.name}</span>
                <div className="note code key-hint">{key.secrets.map(({ hint }) => hint).join(', ')}</div>
                <div className="note key-hint only-narrow">{sayLimits(key)}</div>
              </>
            ),
          },
          { key: 'status', title: 'State', cell: (key) => <StatusBadge shown={key} /> },
          { key: 'limits', title: 'Limits', wide: true, cell: sayLimits },
          {
            key: 'owner',
            title: 'Group or user',
            wide: true,
            cell: (key) => [groupOf(key), key.user ?? ''].filter((one) => one !== '').join(' · ') || '–',
          },
          { key: 'created', title: 'Created', wide: true, cell: ({ createdAt }) => format.time(createdAt) },
          ...(mayChange
            ? [
                {
                  key: 'actions',
                  title: 'Change',
                  cell: (key: ShownKey) =>
                    key.status !== 'revoked' && (
                      <div className="row">
                        <Button onClick={() => setRotating(key)} label={`Rotate ${key.name}`}>
                          Rotate…
                        </Button>
                        <Button kind="danger" onClick={() => setRevoking(key)} label={`Revoke ${key.name}`}>
                          Revoke…
                        </Button>
                      </div>
                    ),
                },
              ]
            : []),
        ]}
      />
      {rotating !== null && (
        <RotateDialog shown={rotating} onClose={() => setRotating(null)} onRotated={onChange} />
      )}
      {revoking !== null && (
        <Confirm
          title={`Revoke ${revoking.name}`}
          action="Revoke it"
          danger
          run={() => send('DELETE', `/admin/keys/${encodeURIComponent(revoking.id)}`)}
          onDone={onChange}
          onClose={() => setRevoking(null)}
        >
          <p>Whoever shows this key is refused from now on. It can’t be taken back.</p>
        </Confirm>
      )}
    </>
  )
}

function StatusBadge({ shown: { status, revokedAt, expiresAt } }: { readonly shown: ShownKey }) {
  switch (status) {
    case 'valid':
      return (
        <>
          <Badge tone="good">valid</Badge>
          {expiresAt !== null && <div className="note">until {format.time(expiresAt)}</div>}
        </>
      )
    case 'expired':
      return (
        <>
          <Badge tone="warn">expired</Badge>
          <div className="note">{format.time(expiresAt)}</div>
        </>
      )
    case 'revoked':
      return (
        <>
          <Badge tone="bad">revoked</Badge>
          <div className="note">{format.time(revokedAt)}</div>
        </>
      )
    default:
      return unreachable(status)
  }
}
