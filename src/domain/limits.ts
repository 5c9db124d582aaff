/** What may be spent and how fast, and by whom: the limits of keys, groups, users, tags, and of all together. */

import { budgetPeriods } from './policy.ts'

export const limitPeriods = [...budgetPeriods, 'lifetime'] as const
export type LimitPeriod = (typeof limitPeriods)[number]

/** Dollars or tokens in each period, which begins by the clock of UTC. */
export type SpendLimit = {
  readonly unit: 'usd' | 'tokens'
  /** Dollars, or tokens of prompt and answer together. Nothing is begun that is expected to pass it. */
  readonly limit: number
  readonly per: LimitPeriod
  /** From this share of the limit on, 0 to 1, requests go to cheaper models; `null`: never. */
  readonly softAt: number | null
  /** Shares of the limit at which somebody is told, once a period each. */
  readonly alertAt: readonly number[]
}

/** Over a sliding window; `null`: no limit. */
export type RateLimits = {
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
  /** Requests at one time. */
  readonly concurrency: number | null
}

export const noRateLimits: RateLimits = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null }

/** Who or what a limit is for. */
export const limitScopes = ['all', 'key', 'team', 'project', 'user', 'tag', 'policy'] as const
export type LimitScope = (typeof limitScopes)[number]

/** A limit of the configuration. */
export type ConfiguredLimit = {
  readonly scope: LimitScope
  /** Of whom, by id or name; `null`: of each one of the scope for itself. */
  readonly name: string | null
  readonly spendLimits: readonly SpendLimit[]
  readonly rateLimits: RateLimits
}
