import { useState } from 'react'
import type { ExperimentState } from '../../../../src/experiments/state.ts'
import { useEvents, useMayChange, useQuery } from '../../api/client.ts'
import { Button, Card, Empty, format, Loaded, Page, setSearch, Table, usePlace } from '../../ui/index.ts'
import { inOrder } from './bands.ts'
import { BeginDialog } from './begin-dialog.tsx'
import { Detail } from './detail.tsx'
import './experiments.css'
import { StatusBadge } from './status-badge.tsx'

const everyMs = 10_000

export default function Experiments() {
  const { search } = usePlace()
  const found = useQuery<{ readonly experiments: readonly ExperimentState[] }>('/admin/experiments', {
    everyMs,
  })
  useEvents(['experiment-changed'], found.reload)
  const mayChange = useMayChange()
  const [beginning, setBeginning] = useState(false)
  return (
    <Page
      title="Experiments"
      intro="Policies against each other on live requests. The intervals may be watched at any time: looking often makes no verdict more likely to be false."
      actions={
        mayChange && (
          <Button kind="main" onClick={() => setBeginning(true)}>
            Begin one…
          </Button>
        )
      }
    >
      <Loaded query={found} lines={8}>
        {({ experiments }) => {
          const ordered = inOrder(experiments)
          const wanted = search.get('id')
          const open = ordered.find(({ definition }) => definition.id === wanted) ?? ordered[0]
          return open === undefined ? (
            <Card>
              <Empty title="No experiment has been begun">
                <p>
                  Try a second policy on a share of a policy’s requests, here or under{' '}
                  <code>experiments</code> in the configuration.
                </p>
              </Empty>
            </Card>
          ) : (
            <>
              <Detail key={open.definition.id} experiment={open} onChange={found.reload} />
              {ordered.length > 1 && <All experiments={ordered} />}
            </>
          )
        }}
      </Loaded>
      {beginning && (
        <BeginDialog
          onClose={() => setBeginning(false)}
          onBegun={(id) => {
            setBeginning(false)
            setSearch({ id })
            found.reload()
          }}
        />
      )}
    </Page>
  )
}

const All = ({ experiments }: { readonly experiments: readonly ExperimentState[] }) => (
  <Card title="All experiments">
    <Table
      caption="All experiments, those that run first"
      rows={experiments}
      rowKey={({ definition }) => definition.id}
      href={({ definition }) => `/experiments?id=${encodeURIComponent(definition.id)}`}
      columns={[
        { key: 'id', title: 'Experiment', cell: ({ definition }) => definition.id },
        { key: 'status', title: 'State', cell: (one) => <StatusBadge experiment={one} /> },
        {
          key: 'arms',
          title: 'Policies',
          cell: ({ definition: { control, arms } }) =>
            `${control} against ${arms.map(({ policy }) => policy).join(', ')}`,
        },
        {
          key: 'begun',
          title: 'Begun',
          wide: true,
          cell: ({ stages }) => format.time(stages[0]?.beganAt),
        },
      ]}
    />
  </Card>
)
