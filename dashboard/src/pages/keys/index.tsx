import { useState } from 'react'
import type { ShownGroup, ShownKey } from '../../../../src/gateway/admin/key-bodies.ts'
import type { limitStatuses } from '../../../../src/gateway/admin/limits.ts'
import { useMayChange, useQuery } from '../../api/client.ts'
import { Button, Card, Empty, Grid, Loaded, Page } from '../../ui/index.ts'
import { CreateDialog } from './create-dialog.tsx'
import { GroupsCard } from './groups-card.tsx'
import { KeyTable } from './key-table.tsx'
import './keys.css'
import { LimitsCard } from './limits-card.tsx'

export type Limits = Awaited<ReturnType<typeof limitStatuses>>

export default function Keys() {
  const keys = useQuery<{ readonly keys: readonly ShownKey[] }>('/admin/keys')
  const groups = useQuery<{ readonly groups: readonly ShownGroup[] }>('/admin/groups')
  const limits = useQuery<Limits>('/admin/limits', { everyMs: 10_000 })
  const mayChange = useMayChange()
  const [creating, setCreating] = useState(false)
  const reload = () => {
    keys.reload()
    groups.reload()
    limits.reload()
  }
  return (
    <Page
      title="Keys and budgets"
      intro="Virtual keys that clients show in place of a vendor’s, and what they, their teams and all together may spend."
      actions={
        mayChange && (
          <Button kind="main" onClick={() => setCreating(true)}>
            Create a key…
          </Button>
        )
      }
    >
      <Card title="Keys">
        <Loaded query={keys} lines={6}>
          {({ keys: found }) =>
            found.length === 0 ? (
              <Empty title="There is no key yet">
                <p>
                  Keys tell clients apart, and limit each. Whether every client has to show one is for{' '}
                  <code>keys.required</code> of the configuration to say.
                </p>
              </Empty>
            ) : (
              <KeyTable
                keys={found}
                groups={groups.data?.groups ?? []}
                limits={limits.data?.limits ?? []}
                mayChange={mayChange}
                onChange={reload}
              />
            )
          }
        </Loaded>
      </Card>
      <Grid>
        <LimitsCard query={limits} />
        <GroupsCard
          query={groups}
          limits={limits.data?.limits ?? []}
          mayChange={mayChange}
          onChange={reload}
        />
      </Grid>
      {creating && (
        <CreateDialog
          groups={groups.data?.groups ?? []}
          onClose={() => setCreating(false)}
          onCreated={reload}
        />
      )}
    </Page>
  )
}
