import { useQuery } from '../../api/client.ts'
import { useEvents } from '../../api/events.ts'
import type { RaisedAlarm } from '../../api/types.ts'
import { ago } from '../../ui/format.ts'
import { Badge, Card } from '../../ui/layout.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { useGatewayNow } from '../../ui/use-now.ts'

export function Alarms() {
  const query = useQuery<{ readonly alarms: readonly RaisedAlarm[] }>('/admin/alarms', { everyMs: 30_000 })
  const now = useGatewayNow(30_000)
  useEvents(['alarm'], query.reload)
  return (
    <Card title="Alarms" span={6}>
      <Loaded query={query} lines={4}>
        {({ alarms }) =>
          alarms.length === 0 ? (
            <Empty title="No alarm is raised." />
          ) : (
            <ul className="plain-list">
              {alarms.map(({ name, subject, since, message }) => (
                <li key={`${name} ${subject}`}>
                  <p className="row">
                    <Badge tone="warn">{name}</Badge>
                    {subject !== 'all' && <strong>{subject}</strong>}
                    <span className="quiet">{ago(since, now)}</span>
                  </p>
                  <p className="wrap">{message}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}
