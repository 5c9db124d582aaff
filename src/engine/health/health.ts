/**
 * What is known of targets, kept by identity: a new configuration finds it again, and equal keys, endpoints and vendors
 * share what is known of them. A value that the gateway holds; bounded.
 */

import { LRUCache } from 'lru-cache'
import type { Target } from '../../domain/vendor.ts'
import { type Breaker, type BreakerRules, closedBreaker } from './breaker.ts'
import { type Identity, identityOf } from './identity.ts'
import { noLoad, type TargetLoad } from './load.ts'

export type TargetHealth = {
  readonly identity: Identity
  readonly credential: Breaker
  readonly rate: Breaker
  readonly endpoint: Breaker
  readonly vendor: Breaker
  readonly load: TargetLoad
}

export type Health = {
  readonly of: (target: Target) => TargetHealth
  /** From now on new failures count by these rules; what is open stays open. */
  readonly use: (rules: HealthRules) => void
  readonly snapshot: (now: number) => HealthSnapshot
  /** Opens what was open when the snapshot was taken, `elapsedMs` ago, and what would still be. */
  readonly restore: (snapshot: HealthSnapshot, now: number, elapsedMs: number) => void
}

/** What a user may set; the breakers of keys and vendors have rules of their own that follow from these. */
export type HealthRules = BreakerRules

/** Breakers that are not closed, by name; survives JSON. */
export type HealthSnapshot = {
  readonly breakers: readonly {
    readonly name: string
    readonly openForMs: number
    readonly openings: number
  }[]
}

export const defaultHealthRules: HealthRules = {
  allowedFails: 3,
  windowMs: 60_000,
  failureShare: 0.5,
  cooldownMs: 5_000,
  maxCooldownMs: 10_000,
}

type Scope = 'credential' | 'rate' | 'endpoint' | 'vendor'

const mostTargets = 4096

/** Those that were looked at last. */
const mostSaved = 1000

export function createHealth(initial: HealthRules = defaultHealthRules): Health {
  let rules = rulesByScope(initial)
  const breakers = new LRUCache<string, Breaker>({ max: 4 * mostTargets })
  const loads = new LRUCache<string, TargetLoad>({ max: mostTargets })
  const breaker = (scope: Scope, key: string): Breaker => {
    const name = `${scope} ${key}`
    const known = breakers.get(name)
    if (known) {
      known.rules = rules[scope]
      return known
    }
    const made = closedBreaker(rules[scope])
    breakers.set(name, made)
    return made
  }
  return {
    of: (target) => {
      const identity = identityOf(target)
      const load = loads.get(identity.target) ?? noLoad()
      loads.set(identity.target, load)
      return {
        identity,
        credential: breaker('credential', identity.credential),
        rate: breaker('rate', identity.rate),
        endpoint: breaker('endpoint', identity.endpoint),
        vendor: breaker('vendor', identity.vendor),
        load,
      }
    },
    use: (changed) => {
      rules = rulesByScope(changed)
    },
    snapshot: (now) => ({
      breakers: [...breakers.entries()]
        .flatMap(([name, { openUntil, openings }]) =>
          openUntil === null ? [] : [{ name, openForMs: Math.max(0, openUntil - now), openings }],
        )
        .slice(0, mostSaved),
    }),
    restore: ({ breakers: saved }, now, elapsedMs) => {
      for (const { name, openForMs, openings } of saved.slice(0, mostSaved)) {
        if (openForMs <= elapsedMs) continue
        const scope = scopes.find((one) => name.startsWith(`${one} `))
        if (scope === undefined) continue
        const restored = breaker(scope, name.slice(scope.length + 1))
        const until = now + openForMs - elapsedMs
        if (restored.openUntil === null) restored.openedAt = now
        restored.openUntil = Math.max(restored.openUntil ?? until, until)
        restored.openings = Math.max(restored.openings, openings)
      }
    },
  }
}

const scopes: readonly Scope[] = ['credential', 'rate', 'endpoint', 'vendor']

/**
 * A key that is refused stays refused until somebody mends it, and a rate limit is a fact: one failure is enough for both.
 * A vendor is given up only after its targets have failed in a row, all together, three times as often as one may.
 */
const rulesByScope = (rules: HealthRules): Readonly<Record<Scope, BreakerRules>> => ({
  credential: { ...rules, allowedFails: 0, cooldownMs: 30_000, maxCooldownMs: 300_000 },
  rate: { ...rules, allowedFails: 0, cooldownMs: 1_000, maxCooldownMs: 30_000 },
  endpoint: rules,
  vendor: { ...rules, allowedFails: 3 * rules.allowedFails + 2, failureShare: 1 },
})
