import { useState } from 'react'
import type { ShownGroup } from '../../../../src/gateway/admin/key-bodies.ts'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { type Query, send } from '../../api/client.ts'
import { Badge, Button, Card, Confirm, Empty, Loaded, Table } from '../../ui/index.ts'
import { ChangeGroupDialog, GroupDialog } from './group-dialog.tsx'
import { sayLimits } from './say-limits.ts'

type Groups = { readonly groups: readonly ShownGroup[] }

export function GroupsCard({
  query,
  limits,
  mayChange,
  onChange,
}: {
  readonly query: Query<Groups>
  readonly limits: readonly LimitStatus[]
  readonly mayChange: boolean
  readonly onChange: () => void
}) {
  const [creating, setCreating] = useState(false)
  const [changing, setChanging] = useState<ShownGroup | null>(null)
  const [removing, setRemoving] = useState<ShownGroup | null>(null)
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
            <GroupTable
              groups={groups}
              change={mayChange ? { onChange: setChanging, onRemove: setRemoving } : null}
            />
          )
        }
      </Loaded>
      {creating && (
        <GroupDialog
          groups={query.data?.groups ?? []}
          onClose={() => setCreating(false)}
          onCreated={onChange}
        />
      )}
      {changing !== null && (
        <ChangeGroupDialog
          shown={changing}
          groups={query.data?.groups ?? []}
          limits={limits}
          onClose={() => setChanging(null)}
          onChanged={onChange}
        />
      )}
      {removing !== null && (
        <Confirm
          title={`Remove ${removing.name}`}
          action="Remove it"
          danger
          run={() => send('DELETE', `/admin/groups/${encodeURIComponent(removing.id)}`)}
          onDone={onChange}
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
  change,
}: {
  readonly groups: readonly ShownGroup[]
  /** `null`: whoever looks may change nothing. */
  readonly change: {
    readonly onChange: (group: ShownGroup) => void
    readonly onRemove: (group: ShownGroup) => void
  } | null
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
      ...(change
        ? [
            {
              key: 'actions',
              title: 'Change',
              cell: (group: ShownGroup) => (
                <div className="row">
                  <Button onClick={() => change.onChange(group)} label={`Change ${group.name}`}>
                    Change…
                  </Button>
                  <Button kind="danger" onClick={() => change.onRemove(group)} label={`Remove ${group.name}`}>
                    Remove…
                  </Button>
                </div>
              ),
            },
          ]
        : []),
    ]}
  />
)
