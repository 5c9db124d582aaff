import type { ResolvedConfig } from '../config/resolved.ts'
import type { Failure } from '../domain/failure.ts'
import type { Model } from '../domain/model.ts'
import { type Fallbacks, noFallbacks, nothingBeside, type Policy } from '../domain/policy.ts'
import { fixed } from '../strategies/fixed.ts'
import { noAids } from '../strategies/strategy.ts'
import { unknownName } from './unknown-name.ts'

/** What a client's `model` stands for: a policy's name, or a model that becomes a policy of its own. */
export type NamedPolicy =
  | { readonly kind: 'found'; readonly policy: Policy }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type ModelNames = {
  readonly policy: (name: string) => NamedPolicy
  /** A reachable model by id, vendor's name or alias. */
  readonly model: (name: string) => Model | null
}

export function modelNames(config: ResolvedConfig): ModelNames {
  const policies = new Map(config.policies.map((policy) => [policy.name, policy]))
  const models = new Map(config.models.map((model) => [model.id as string, model]))
  const direct = new Map<string, Policy>()

  const model = (name: string): Model | null => {
    const exact = models.get(name)
    if (exact) return exact
    const alias = config.aliases.get(name)
    if (alias !== undefined) return models.get(alias) ?? null
    const found = config.catalog.find(name)
    // Several vendors may serve a model of this name: the reachable one is meant, if there is just one.
    const entries =
      found.kind === 'found' ? [found.entry] : found.kind === 'ambiguous' ? found.candidates : []
    const reachable = entries.flatMap((entry) => models.get(entry.model.id) ?? [])
    return reachable.length === 1 ? reachable[0]! : null
  }

  /** `team/NAME`: the policy of that name. */
  const teamNamed = (name: string): Policy | undefined => {
    if (!name.startsWith(teamPrefix)) return undefined
    return policies.get(name.slice(teamPrefix.length))
  }

  const policy = (name: string): NamedPolicy => {
    const named = policies.get(name) ?? teamNamed(name) ?? direct.get(name)
    if (named) return { kind: 'found', policy: named }
    const meant = model(name)
    if (!meant) return { kind: 'failed', failure: unknownName(name, config) }
    const made = directPolicy(meant, config.modelFallbacks.get(meant.id) ?? noFallbacks)
    // Bounded by the number of models: names of one model that differ share its id.
    if (name === meant.id) direct.set(name, made)
    return { kind: 'found', policy: made }
  }
  return { policy, model }
}

/** Clients of agent frameworks ask for a team as for a model of a vendor. */
const teamPrefix = 'team/'

/** Asked for by its own name, a model is a policy that always chooses it. */
const directPolicy = (model: Model, fallbacks: Fallbacks): Policy => ({
  name: model.id,
  version: ['direct', model.id, ...Object.values(fallbacks).flat()].join(' '),
  strategy: fixed.name,
  choose: (turn) => fixed.choose(turn, { model: model.id }, noAids),
  needs: fixed.needs,
  ...nothingBeside,
  pool: [model.id],
  fallbacks,
  objective: { kind: 'lambda', lambda: 0 },
  maxCostUsd: null,
  deadlineMs: 600_000,
  limits: {},
  // Whoever asks for a model by its name wants that model.
  conversions: 'note',
  streamRecovery: 'continue',
  minTokensPerSecond: null,
  hedging: null,
})
