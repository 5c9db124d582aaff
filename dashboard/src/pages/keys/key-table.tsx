import { useState } from 'react'
import { unreachable } from '../../../../src/domain/unreachable.ts'
import type { ShownGroup, ShownKey } from '../../../../src/gateway/admin/key-bodies.ts'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { send } from '../../api/client.ts'
import { Badge, Button, Confirm, format, Table } from '../../ui/index.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'
import { sayLimits } from './say-limits.ts'

type KeyTableProps = {
  readonly keys: readonly ShownKey[]
  readonly groups: readonly ShownGroup[]
  readonly limits: readonly LimitStatus[]
  readonly mayChange: boolean
  readonly onChange: () => void
}

export function KeyTable({ keys, groups, limits, mayChange, onChange }: KeyTableProps) {
  const [changing, setChanging] = useState<ShownKey | null>(null)
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
                        <Button onClick={() => setChanging(key)} label={`Change ${key.name}`}>
                          Change…
                        </Button>
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
      {changing !== null && (
        <ChangeDialog
          shown={changing}
          groups={groups}
          limits={limits}
          onClose={() => setChanging(null)}
          onChanged={onChange}
        />
      )}
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
