import { useEvents, useQuery } from '../../api/client.ts'
import type { RaisedAlarm } from '../../api/types.ts'
import { Badge, Card, Empty, format, Grid, Loaded, Page, Stat, Stats, Table } from '../../ui/index.ts'
import { useGatewayNow } from '../../ui/use-now.ts'
import './health.css'
import { McpCard } from './mcp-card.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { byTrouble, type HealthReport, sayMode, stateOf, type TargetRow } from './targets.ts'

const everyMs = 5_000

export default function Health() {
  const health = useQuery<HealthReport>('/admin/health', { everyMs })
  const alarms = useQuery<{ readonly alarms: readonly RaisedAlarm[] }>('/admin/alarms', { everyMs: 15_000 })
  useEvents(['breaker-changed', 'alarm', 'state-degraded', 'state-recovered'], () => {
    health.reload()
    alarms.reload()
  })
  return (
    <Page
      title="Health"
      intro="Whether the models that can be called answer, and what stands in the way of those that don’t."
    >
      <Loaded query={health} lines={10}>
        {(report) => (
          <>
            <Summary report={report} />
            <Card
              title="Targets"
              note="A model at one endpoint with one credential. Those in trouble first, then the busiest."
            >
              <Targets targets={report.targets} />
            </Card>
            {report.breakers.length > 0 && <Breakers breakers={report.breakers} />}
          </>
        )}
      </Loaded>
      <SessionsCard />
      <Grid>
        <Card title="Alarms" span={6}>
          <Loaded query={alarms}>{({ alarms: raised }) => <Alarms alarms={raised} />}</Loaded>
        </Card>
        <McpCard />
      </Grid>
    </Page>
  )
}

function Summary({ report }: { readonly report: HealthReport }) {
  const { targets, state } = report
  const inTrouble = targets.filter((target) => stateOf(target).tone === 'bad').length
  const mode = sayMode(state)
  return (
    <Stats>
      <Stat
        label="Targets that can be called"
        value={`${targets.length - inTrouble} of ${targets.length}`}
        tone={inTrouble > 0 ? 'bad' : 'good'}
        detail={inTrouble > 0 ? `${inTrouble} blocked` : 'none is blocked'}
      />
      <Stat
        label="Calls under way"
        value={format.count(targets.reduce((sum, { inFlight }) => sum + inFlight, 0))}
      />
      <Stat
        label="Waiting for a place"
        value={format.count(targets.reduce((sum, { queued }) => sum + queued, 0))}
      />
      <Stat
        label="Shared state"
        value={state}
        tone={mode.tone === 'bad' ? 'bad' : 'plain'}
        detail={mode.label}
      />
    </Stats>
  )
}

const Targets = ({ targets }: { readonly targets: readonly TargetRow[] }) =>
  targets.length === 0 ? (
    <Empty title="No model can be reached">
      <p>Set a vendor’s key, or write vendors into the configuration.</p>
    </Empty>
  ) : (
    <Table
      caption="Targets"
      rows={byTrouble(targets)}
      rowKey={({ target }) => target}
      columns={[
        { key: 'target', title: 'Target', cell: ({ target }) => <span className="wrap">{target}</span> },
        {
          key: 'state',
          title: 'State',
          cell: (target) => {
            const { label, tone } = stateOf(target)
            return (
              <>
                <Badge tone={tone}>{label}</Badge>
                {target.blockedForMs > 0 && (
                  <span className="note"> tried again in {format.duration(target.blockedForMs)}</span>
                )}
              </>
            )
          },
        },
        {
          key: 'first',
          title: 'First content',
          align: 'right',
          cell: ({ firstContentMs }) => format.ms(firstContentMs > 0 ? firstContentMs : null),
        },
        {
          key: 'flight',
          title: 'Under way',
          wide: true,
          align: 'right',
          cell: ({ inFlight }) => format.count(inFlight),
        },
        {
          key: 'queued',
          title: 'Waiting',
          align: 'right',
          wide: true,
          cell: ({ queued }) => format.count(queued),
        },
        {
          key: 'headroom',
          title: 'Rate limit left',
          align: 'right',
          wide: true,
          cell: ({ headroom }) => format.percent(headroom, 0),
        },
      ]}
    />
  )

const Breakers = ({ breakers }: { readonly breakers: HealthReport['breakers'] }) => (
  <Card title="Breakers that are not closed">
    <Table
      caption="Breakers that are not closed"
      rows={breakers}
      rowKey={({ name }) => name}
      columns={[
        { key: 'name', title: 'Breaker', cell: ({ name }) => <span className="wrap">{name}</span> },
        {
          key: 'open',
          title: 'State',
          cell: ({ openForMs }) =>
            openForMs > 0 ? (
              <Badge tone="bad">open for {format.duration(openForMs)}</Badge>
            ) : (
              <Badge tone="warn">half open</Badge>
            ),
        },
        {
          key: 'openings',
          title: 'Openings in a row',
          align: 'right',
          cell: ({ openings }) => format.count(openings),
        },
      ]}
    />
  </Card>
)

function Alarms({ alarms }: { readonly alarms: readonly RaisedAlarm[] }) {
  const now = useGatewayNow(30_000)
  if (alarms.length === 0)
    return (
      <p>
        <Badge tone="good">calm</Badge> No alarm is raised.
      </p>
    )
  return (
    <ul className="health-alarms">
      {alarms.map(({ name, subject, since, message }) => (
        <li key={`${name} ${subject}`}>
          <div className="row">
            <Badge tone="warn">{name}</Badge>
            <span className="note">
              {subject}, <time dateTime={since}>{format.ago(since, now)}</time>
            </span>
          </div>
          <p>{message}</p>
        </li>
      ))}
    </ul>
  )
}
