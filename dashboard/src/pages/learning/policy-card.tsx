import { useState } from 'react'
import type { PolicyLearning } from '../../../../src/gateway/learning/learning.ts'
import type { LearntVersion } from '../../../../src/gateway/learning/versions.ts'
import { send, useMayChange, useQuery } from '../../api/client.ts'
import { Badge, Button, Card, Confirm, format, Loaded, Stat, Stats, Table } from '../../ui/index.ts'

/** What one policy has learnt, and the versions that it can go back to. */
export function PolicyCard({
  learnt,
  onRolledBack,
}: {
  readonly learnt: PolicyLearning
  readonly onRolledBack: () => void
}) {
  const { policy, lessons, meanQuality, meanUsd, exploration, arms, changes } = learnt
  return (
    <Card
      title={policy}
      note={`Has learnt of ${arms.length === 1 ? 'one model' : `${format.count(arms.length)} models`}.`}
    >
      <Stats>
        <Stat label="Lessons" value={format.count(lessons)} detail="pieces of feedback that count" />
        <Stat label="Mean feedback" value={format.percent(meanQuality)} />
        <Stat
          label="Cost per 1,000 requests"
          value={format.money(meanUsd === null ? null : meanUsd * 1_000)}
        />
        <Stat
          label="Spent on trying models"
          value={exploration === null ? 'none' : format.money(exploration.spentUsd)}
          detail={exploration === null ? 'it tries none' : `of ${format.money(exploration.limitUsd)}`}
        />
      </Stats>
      {changes.length > 0 && (
        <Table
          caption="What was learnt last"
          showCaption
          rows={changes.slice(0, 8)}
          rowKey={({ at, decision }) => `${at} ${decision}`}
          columns={[
            { key: 'model', title: 'Model', cell: ({ model }) => <span className="wrap">{model}</span> },
            {
              key: 'before',
              title: 'Was told before',
              align: 'right',
              cell: ({ before }) => sayTold(before),
            },
            { key: 'after', title: 'Now', align: 'right', cell: ({ after }) => sayTold(after) },
            { key: 'at', title: 'When', wide: true, cell: ({ at }) => format.time(at) },
          ]}
        />
      )}
      <Versions policy={policy} onRolledBack={onRolledBack} />
    </Card>
  )
}

const sayTold = (score: number | null): string => (score === null ? 'nothing' : format.percent(score, 0))

function Versions({ policy, onRolledBack }: { readonly policy: string; readonly onRolledBack: () => void }) {
  const path = `/admin/policies/${encodeURIComponent(policy)}`
  const history = useQuery<{ readonly versions: readonly LearntVersion[] }>(`${path}/history`)
  const mayChange = useMayChange()
  const [to, setTo] = useState<LearntVersion | null>(null)
  const done = () => {
    history.reload()
    onRolledBack()
  }
  return (
    <Loaded query={history}>
      {({ versions }) => (
        <>
          <Table
            caption={`Versions of what ${policy} has learnt`}
            showCaption
            rows={versions}
            rowKey={({ version }) => String(version)}
            columns={[
              {
                key: 'version',
                title: 'Version',
                cell: ({ version, live }) => (
                  <>
                    {version} {live && <Badge tone="good">live</Badge>}
                  </>
                ),
              },
              { key: 'at', title: 'Saved', cell: ({ at }) => format.time(at) },
              {
                key: 'why',
                title: 'Why',
                wide: true,
                cell: ({ why, restoredFrom }) => (restoredFrom === null ? why : `back to ${restoredFrom}`),
              },
              {
                key: 'lessons',
                title: 'Lessons',
                align: 'right',
                cell: ({ lessons }) => format.count(lessons),
              },
              {
                key: 'quality',
                title: 'Mean feedback since the one before',
                align: 'right',
                wide: true,
                cell: ({ window }) => format.percent(window.meanQuality),
              },
              {
                key: 'back',
                title: 'Go back',
                align: 'right',
                cell: (version) =>
                  mayChange && !version.live ? (
                    <Button
                      onClick={() => setTo(version)}
                      label={`Go back to version ${version.version} of ${policy}`}
                    >
                      Go back…
                    </Button>
                  ) : null,
              },
            ]}
          />
          {to !== null && (
            <Confirm
              title={`Go back to version ${to.version}`}
              action="Go back"
              run={() => send('POST', `${path}/rollback`, { version: to.version })}
              onDone={done}
              onClose={() => setTo(null)}
            >
              <p>
                {policy} goes on from what it had learnt by {format.time(to.at)}: {format.count(to.lessons)}{' '}
                lessons. What it has learnt since is kept as a version of its own.
              </p>
            </Confirm>
          )}
        </>
      )}
    </Loaded>
  )
}
