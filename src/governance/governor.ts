/** What governs a request: whose it is, what it may use, and how much it may spend and how fast. */

import type { Estimate } from '../domain/estimate.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { ConfiguredLimit } from '../domain/limits.ts'
import type { ModelId } from '../domain/model.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { Clock } from '../domain/transport.ts'
import { type Access, type Caller, nobody, permits } from '../domain/virtual-key.ts'
import type { Purse } from '../engine/attempts/purse.ts'
import type { Awaitable, SharedState } from '../storage/state/shared-state.ts'
import type { KeyStore } from '../storage/store.ts'
import { type BudgetAlert, createAlerts } from './alerts.ts'
import { createDoor, type Door } from './door.ts'
import { createKeyRing, type Identity, keyRequired, type KeyRing } from './key-ring.ts'
import { secretPrefix } from './key-secret.ts'
import { accountsOf, createPurse, type LimitedAccount, type Means, meansOf } from './purse.ts'
import { callerOf, type Subject, subjectsOf } from './subjects.ts'

export type GovernanceRules = {
  readonly keysRequired: boolean
  readonly limits: readonly ConfiguredLimit[]
}

/** One request's. */
export type Entry = {
  readonly caller: Caller
  /** Of the key and its groups; all of it must hold. */
  readonly access: readonly Access[]
  readonly subjects: readonly Subject[]
  readonly accounts: readonly LimitedAccount[]
  /** `null`: nothing limits its spending. */
  readonly means: Means | null
}

export type Governor = {
  /** `null`: the client came without a key, and needs none. */
  readonly identify: (secret: string | null) => Awaitable<Identity | Failure | null>
  /** `anyPolicy`: what is asked for is none of those that keys may have lists of. */
  readonly entry: (
    identity: Identity | null,
    options: RoutingOptions,
    policy: string,
    terms?: { readonly anyPolicy: boolean },
  ) => Entry | Failure
  readonly door: Door
  /** `null`: there is nothing to be held to. */
  readonly purse: (entry: Entry, outputOf: (model: ModelId) => Estimate) => Purse | null
  readonly keys: KeyRing
  /** From now on these hold. */
  readonly use: (rules: GovernanceRules) => void
}

const noAccess: readonly Access[] = []

export type GovernorParts = {
  readonly store: Pick<KeyStore, 'keyByHash' | 'groups'>
  readonly state: SharedState
  readonly clock: Clock
  readonly onAlert: (alert: BudgetAlert) => void
}

export function createGovernor(
  first: GovernanceRules,
  { store, state, clock, onAlert }: GovernorParts,
): Governor {
  let rules = first
  const keys = createKeyRing(store, clock)
  const alerts = createAlerts(state, onAlert)
  const now = () => clock.wall().getTime()
  const limitsOf = (caller: Caller, identity: Identity | null, policy: string): KnownLimits => {
    const subjects = subjectsOf(rules.limits, identity, caller, policy)
    return { subjects, accounts: accountsOf(subjects) }
  }
  // Most requests of a key have the same limits as its last one: what they are is worked out once.
  let remembered = new WeakMap<object, Map<string, KnownLimits>>()
  const known = (identity: Identity | null, caller: Caller, policy: string): KnownLimits => {
    const owner = identity ?? nobody
    const byPolicy = remembered.get(owner) ?? new Map<string, KnownLimits>()
    remembered.set(owner, byPolicy)
    const found = byPolicy.get(policy) ?? limitsOf(caller, identity, policy)
    // Bounded by policies and models: names that are neither have been refused.
    byPolicy.set(policy, found)
    return found
  }
  const free: Entry = { caller: nobody, access: noAccess, subjects: [], accounts: [], means: null }
  return {
    keys,
    door: createDoor(state),
    use: (changed) => {
      rules = changed
      remembered = new WeakMap()
    },
    identify: (secret) => {
      // Clients that need no key send whatever their library asks for.
      if (secret?.startsWith(secretPrefix)) return keys.identify(secret)
      if (!rules.keysRequired) return null
      return secret === null ? keyRequired() : keys.identify(secret)
    },
    entry: (identity, options, policy, { anyPolicy } = { anyPolicy: false }) => {
      const caller = callerOf(identity, options)
      if (identity === null && rules.limits.length === 0)
        return caller === nobody ? free : { ...free, caller }
      const access = accessOf(identity)
      if (!anyPolicy && !access.every(({ policies }) => permits(policies, policy)))
        return notAllowed(policy, access)
      const { subjects, accounts } = shared(identity, options)
        ? known(identity, caller, policy)
        : limitsOf(caller, identity, policy)
      const means = accounts.length === 0 ? null : meansOf(state, accounts)
      return { caller, access, subjects, accounts, means }
    },
    purse: ({ accounts }, outputOf) =>
      accounts.length === 0
        ? null
        : createPurse(state, accounts, outputOf, { now, onSettled: alerts.settled }),
  }
}

type KnownLimits = Pick<Entry, 'subjects' | 'accounts'>

/** The request says nothing of its own that limits may go by. */
const shared = (identity: Identity | null, { user, tags }: RoutingOptions): boolean =>
  tags.length === 0 && (user === null || user === identity?.key.user)

const accessOf = (identity: Identity | null): readonly Access[] =>
  identity === null ? noAccess : [identity.key, identity.project, identity.team].filter((one) => one !== null)

/** A model that is asked for by its own name is a policy of that name: then lists of models have the word. */
function notAllowed(policy: string, access: readonly Access[]): Failure {
  const lists = access.flatMap(({ policies }) => (policies === null ? [] : [policies.join(', ')]))
  return failure(
    'rejected',
    `This key may not use \`${policy.slice(0, 100)}\`. It may use ${lists.join(', and of those ')}.`,
    { code: 'policy_not_allowed', param: 'model' },
  )
}
