/** Whose limits a request counts for: its key's, its groups', its user's, its tags', its policy's, and those of all together. */

import {
  type ConfiguredLimit,
  type LimitScope,
  noRateLimits,
  type RateLimits,
  type SpendLimit,
} from '../domain/limits.ts'
import type { Caller } from '../domain/virtual-key.ts'
import { nobody } from '../domain/virtual-key.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { Rate } from '../storage/state/shared-state.ts'
import type { Identity } from './key-ring.ts'

/** Somebody or something with limits of its own. */
export type Subject = {
  readonly scope: LimitScope
  readonly name: string
  readonly spendLimits: readonly SpendLimit[]
  readonly rateLimits: RateLimits
}

/** Clients make up users and tags: names beyond this length are cut, so that accounts stay small. */
const mostNameChars = 128

/** Tags of a request beyond this many are not counted for limits. */
const mostTags = 16

export function callerOf(identity: Identity | null, options: RoutingOptions): Caller {
  const { user, session, tags, episode = null } = options
  if (identity === null && user === null && session === null && tags.length === 0 && episode === null)
    return nobody
  return {
    key: identity?.key.id ?? null,
    team: identity?.team?.id ?? null,
    project: identity?.project?.id ?? null,
    user: user ?? identity?.key.user ?? null,
    tags: identity === null ? tags : [...new Set([...identity.key.tags, ...tags])],
    session,
    episode,
  }
}

export function subjectsOf(
  configured: readonly ConfiguredLimit[],
  identity: Identity | null,
  caller: Caller,
  policy: string,
): readonly Subject[] {
  const subjects: Subject[] = []
  if (identity !== null) {
    const { key, project, team } = identity
    const owners = [
      ['key', key],
      ['project', project],
      ['team', team],
    ] as const
    for (const [scope, owner] of owners)
      if (owner !== null && limits(owner)) subjects.push({ ...pick(owner), scope, name: owner.id })
  }
  for (const limit of configured)
    for (const name of namesOf(limit.scope, identity, caller, policy))
      if (limit.name === null || matches(limit, name))
        subjects.push({ ...pick(limit), scope: limit.scope, name: shown(limit, name) })
  return subjects
}

type Name = { readonly id: string; readonly name: string }

function namesOf(
  scope: LimitScope,
  identity: Identity | null,
  { user, tags }: Caller,
  policy: string,
): readonly Name[] {
  switch (scope) {
    case 'all':
      return [plain('all')]
    case 'key':
      return identity ? [identity.key] : []
    case 'project':
      return identity?.project ? [identity.project] : []
    case 'team':
      return identity?.team ? [identity.team] : []
    case 'user':
      return user === null ? [] : [plain(user)]
    case 'tag':
      return tags.slice(0, mostTags).map(plain)
    case 'policy':
      return [plain(policy)]
  }
}

const plain = (name: string): Name => ({ id: name, name })

const matches = ({ name }: ConfiguredLimit, { id, name: shownName }: Name): boolean =>
  name === id || name === shownName

/** A limit of all together has no name of its own. */
const shown = ({ scope }: ConfiguredLimit, { id }: Name): string =>
  scope === 'all' ? 'all' : id.slice(0, mostNameChars)

const limits = ({ spendLimits, rateLimits }: Pick<Subject, 'spendLimits' | 'rateLimits'>): boolean =>
  spendLimits.length > 0 || rateLimits !== noRateLimits

const pick = ({ spendLimits, rateLimits }: Pick<Subject, 'spendLimits' | 'rateLimits'>) => ({
  spendLimits,
  rateLimits,
})

const minuteMs = 60_000

export const requestRate = ({ scope, name, rateLimits }: Subject): Rate | null =>
  rateLimits.requestsPerMinute === null
    ? null
    : { name: `requests ${scope} ${name}`, windowMs: minuteMs, limit: rateLimits.requestsPerMinute }

export const tokenRate = ({ scope, name, rateLimits }: Subject): Rate | null =>
  rateLimits.tokensPerMinute === null
    ? null
    : { name: `tokens ${scope} ${name}`, windowMs: minuteMs, limit: rateLimits.tokensPerMinute }
