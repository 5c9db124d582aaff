/** What a key or a group may do, in a few words. Pure. */

import type { RateLimits, SpendLimit } from '../../../../src/domain/limits.ts'
import { count, money } from '../../ui/format.ts'

export type Limited = { readonly spendLimits: readonly SpendLimit[]; readonly rateLimits: RateLimits }

export function sayLimits({ spendLimits, rateLimits }: Limited): string {
  const { requestsPerMinute, tokensPerMinute, concurrency } = rateLimits
  const parts = [
    ...spendLimits.map(
      ({ unit, limit, per }) =>
        `${unit === 'usd' ? money(limit) : `${count(limit)} tokens`} ${per === 'lifetime' ? 'in all' : `a ${per}`}`,
    ),
    ...(requestsPerMinute === null ? [] : [`${count(requestsPerMinute)} requests a minute`]),
    ...(tokensPerMinute === null ? [] : [`${count(tokensPerMinute)} tokens a minute`]),
    ...(concurrency === null ? [] : [`${count(concurrency)} at once`]),
  ]
  return parts.length === 0 ? 'none' : parts.join(', ')
}
