import { useQuery } from '../../api/client.ts'
import type { LimitStatus } from '../../api/types.ts'
import { ago, count, money } from '../../ui/format.ts'
import { Bar, Card } from '../../ui/layout.tsx'
import { Link } from '../../ui/location.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { useGatewayNow } from '../../ui/use-now.ts'

type Limits = { readonly limits: readonly LimitStatus[] }

/** More than these are for the page of keys. */
const mostShown = 8

export function Budgets() {
  const query = useQuery<Limits>('/admin/limits', { everyMs: 15_000 })
  const now = useGatewayNow(30_000)
  return (
    <Card title="Budgets" span={6} actions={<Link to="/keys">Keys and budgets</Link>}>
      <Loaded query={query} lines={4}>
        {({ limits }) =>
          limits.length === 0 ? (
            <Empty title="No budget is set.">
              <p>
                Give a key, a team or a policy one under <Link to="/keys">Keys & budgets</Link>, or in the
                configuration.
              </p>
            </Empty>
          ) : (
            <div className="stack">
              {fullestFirst(limits)
                .slice(0, mostShown)
                .map((limit) => (
                  <Budget
                    key={`${limit.scope} ${limit.name} ${limit.unit} ${limit.per} ${limit.limit}`}
                    limit={limit}
                    now={now}
                  />
                ))}
              {limits.length > mostShown && (
                <p className="note">{limits.length - mostShown} more, all of them less used.</p>
              )}
            </div>
          )
        }
      </Loaded>
    </Card>
  )
}

const fullestFirst = (limits: readonly LimitStatus[]): readonly LimitStatus[] =>
  limits.toSorted((a, b) => b.spent / b.limit - a.spent / a.limit)

function Budget({ limit, now }: { readonly limit: LimitStatus; readonly now: number }) {
  const format = limit.unit === 'usd' ? money : (amount: number) => `${count(amount)} tokens`
  const resets = limit.endsAt === null ? '' : `, begins anew ${ago(limit.endsAt, now)}`
  const held = limit.reserved > 0 ? `, ${format(limit.reserved)} held for requests under way` : ''
  return (
    <Bar
      label={`${limit.scope === 'all' ? 'Everything' : `${limit.scope} ${limit.title}`}`}
      used={limit.spent}
      reserved={limit.reserved}
      limit={limit.limit}
      mark={limit.softAt}
      format={format}
      note={`Per ${limit.per}${resets}${held}`}
    />
  )
}
