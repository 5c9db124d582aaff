import type { ConfiguredLimit } from '../../../../src/domain/limits.ts'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import type { Query } from '../../api/client.ts'
import { Bar, Card, Empty, format, Loaded } from '../../ui/index.ts'
import { byFullness } from './by-fullness.ts'
import type { Limits } from './index.tsx'
import { sayLimits } from './say-limits.ts'

/** What has been used of each limit in the period that runs, the fullest first. */
export const LimitsCard = ({ query }: { readonly query: Query<Limits> }) => (
  <Card title="Budgets" span={7} note="Hatched: reserved for requests under way.">
    <Loaded query={query} lines={6}>
      {({ limits, each }) =>
        limits.length + each.length === 0 ? (
          <Empty title="Nothing is limited">
            <p>
              Give a key a limit when you create it, or write <code>limits</code> into the configuration.
            </p>
          </Empty>
        ) : (
          <div className="limit-bars">
            {byFullness(limits).map((limit) => (
              <LimitBar
                // One account may stand under a limit of its own and one of the configuration.
                key={`${limit.scope} ${limit.name} ${limit.unit} ${limit.per} ${limit.limit}`}
                status={limit}
              />
            ))}
            {each.map((limit) => (
              <p key={limit.scope} className="note">
                Each {limit.scope}: {sayEach(limit)}
              </p>
            ))}
          </div>
        )
      }
    </Loaded>
  </Card>
)

const sayEach = (limit: ConfiguredLimit): string => sayLimits(limit)

function LimitBar({ status }: { readonly status: LimitStatus }) {
  const { scope, title, unit, per, limit, spent, reserved, softAt, endsAt } = status
  const say = unit === 'usd' ? format.money : format.tokens
  const period = per === 'lifetime' ? 'in all' : `this ${per}`
  return (
    <Bar
      label={`${scope === 'all' ? 'All together' : `${title} (${scope})`}, ${period}`}
      used={spent}
      reserved={reserved}
      limit={limit}
      mark={softAt}
      format={say}
      note={
        <>
          {reserved > 0 && `${say(reserved)} reserved. `}
          {softAt !== null &&
            softAt > 0 &&
            `From ${format.percent(softAt, 0)} on requests go to cheaper models. `}
          {endsAt !== null && `Begins anew ${format.time(endsAt)}.`}
        </>
      }
    />
  )
}
