import { useState } from 'react'
import type { KeyGroup } from '../../../../src/domain/virtual-key.ts'
import { type Query, send } from '../../api/client.ts'
import { Badge, Button, Card, Confirm, Empty, Loaded, Table } from '../../ui/index.ts'
import { GroupDialog } from './group-dialog.tsx'
import { sayLimits } from './say-limits.ts'

type Groups = { readonly groups: readonly KeyGroup[] }

export function GroupsCard({
  query,
  mayChange,
}: {
  readonly query: Query<Groups>
  readonly mayChange: boolean
}) {
  const [creating, setCreating] = useState(false)
  const [removing, setRemoving] = useState<KeyGroup | null>(null)
  return (
    <Card
      title="Teams and projects"
      span={5}
      actions={mayChange && <Button onClick={() => setCreating(true)}>Create…</Button>}
    >
      <Loaded query={query}>
        {({ groups }) =>
          groups.length === 0 ? (
            <Empty title="There is no team or project yet" />
          ) : (
            <GroupTable groups={groups} onRemove={mayChange ? setRemoving : null} />
          )
        }
      </Loaded>
      {creating && (
        <GroupDialog
          groups={query.data?.groups ?? []}
          onClose={() => setCreating(false)}
          onCreated={query.reload}
        />
      )}
      {removing !== null && (
        <Confirm
          title={`Remove ${removing.name}`}
          action="Remove it"
          danger
          run={() => send('DELETE', `/admin/groups/${encodeURIComponent(removing.id)}`)}
          onDone={query.reload}
          onClose={() => setRemoving(null)}
        >
          <p>Its limits hold for nobody any more. Keys stay as they are.</p>
        </Confirm>
      )}
    </Card>
  )
}

const GroupTable = ({
  groups,
  onRemove,
}: {
  readonly groups: readonly KeyGroup[]
  readonly onRemove: ((group: KeyGroup) => void) | null
}) => (
  <Table
    caption="Teams and projects"
    rows={groups}
    rowKey={({ id }) => id}
    columns={[
      {
        key: 'name',
        title: 'Name',
        cell: (group) => (
          <>
            <span className="wrap">{group.name}</span> <Badge>{group.kind}</Badge>
            <div className="note key-hint only-narrow">{sayLimits(group)}</div>
          </>
        ),
      },
      { key: 'limits', title: 'Limits', wide: true, cell: sayLimits },
      {
        key: 'team',
        title: 'Of team',
        wide: true,
        cell: ({ team }) => groups.find(({ id }) => id === team)?.name ?? team ?? '–',
      },
      ...(onRemove
        ? [
            {
              key: 'actions',
              title: 'Change',
              cell: (group: KeyGroup) => (
                <Button kind="danger" onClick={() => onRemove(group)} label={`Remove ${group.name}`}>
                  Remove…
                </Button>
              ),
            },
          ]
        : []),
    ]}
  />
)
