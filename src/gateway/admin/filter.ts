/** From what stands in an address to what the store is asked for. */

import { sinceTime } from '../../domain/since.ts'
import type { DecisionFilter } from '../../storage/store.ts'
import { AdminError, type AdminRequest, wholeNumber } from './call.ts'

export const mostRows = 1_000
const usualRows = 50

/** @throws AdminError */
export function timeOf(text: string | undefined, name: string, now: Date): string | null {
  if (text === undefined || text === '') return null
  const time = sinceTime(text, now)
  if (time !== null) return time
  throw new AdminError(
    400,
    'invalid_request',
    `${name} must be a span such as 24h or 7d, or a date such as 2026-03-01.`,
  )
}

const statuses = ['answered', 'failed', 'cancelled'] as const

/** @throws AdminError */
export function decisionFilter(
  { query }: Pick<AdminRequest, 'query'>,
  now: Date,
  most = mostRows,
): DecisionFilter {
  const text = (name: string): string | null => query[name] || null
  const status = text('status')
  const known = statuses.find((one) => one === status) ?? null
  if (status !== null && known === null)
    throw new AdminError(400, 'invalid_request', `status must be one of ${statuses.join(', ')}.`)
  return {
    since: timeOf(query.since, 'since', now),
    until: timeOf(query.until, 'until', now),
    policy: text('policy'),
    model: text('model'),
    status: known,
    key: text('key'),
    team: text('team'),
    project: text('project'),
    user: text('user'),
    tag: text('tag'),
    session: text('session'),
    episode: text('episode'),
    experiment: text('experiment'),
    queryHash: text('queryHash'),
    text: text('text'),
    limit: Math.max(1, wholeNumber(query.limit, 'limit', usualRows, most)),
    after: cursorOf(query.after),
  }
}

/** Where a page ended: `time id`. */
export const cursorText = ({ time, id }: { readonly time: string; readonly id: string }): string =>
  `${time} ${id}`

function cursorOf(text: string | undefined): { readonly time: string; readonly id: string } | null {
  if (text === undefined || text === '') return null
  const [time, id] = text.split(' ')
  if (time && id) return { time, id }
  throw new AdminError(400, 'invalid_request', 'after must be what `next` of the page before says.')
}
