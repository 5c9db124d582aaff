import { type AdminCall, type AdminParts, value, wholeNumber } from './call.ts'
import { mostRows, timeOf } from './filter.ts'

export const auditCalls = ({ store, clock }: AdminParts): readonly AdminCall[] => [
  {
    method: 'GET',
    path: '/audit',
    run: async ({ query }) => {
      const kind = query.kind === 'tool-call' || query.kind === 'admin' ? query.kind : null
      const since = timeOf(query.since, 'since', clock.wall())
      const limit = Math.max(1, wholeNumber(query.limit, 'limit', 100, mostRows))
      return value({ rows: await store.audit({ since, kind, actor: query.actor || null, limit }) })
    },
  },
]
