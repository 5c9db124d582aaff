/** Policies of a configuration, as the log's decisions are replayed through them. */

import type { ResolvedConfig } from '../config/resolved.ts'
import type { Model } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import type { Policy } from '../domain/policy.ts'
import { objectivesFor } from '../estimate/objective.ts'
import type { Router } from '../estimate/router.ts'
import { loadRouter } from '../gateway/load-routers.ts'
import { modelNames } from '../gateway/model-names.ts'
import type { PolicyReach, ReplayedPolicy } from '../learning/off-policy/rebuild-turn.ts'
import { UserError } from './command.ts'

export type ReplayedPolicies = {
  readonly wanted: ReplayedPolicy
  readonly against: ReplayedPolicy | null
}

/** @throws UserError for a name that is none, or a policy that goes by what it has learnt */
export async function replayedPolicies(
  config: ResolvedConfig,
  wanted: string,
  against: string | null,
): Promise<ReplayedPolicies> {
  const policies = [
    policyOf(config, wanted, '--policy'),
    ...(against === null ? [] : [policyOf(config, against, '--against')]),
  ]
  const weighs = policies.flatMap(allWithin).some(goesByObjective)
  const router = weighs ? await loadRouter(config.artefact) : null
  const [one, other] = policies.map((policy) => replayed(config, router, policy))
  return { wanted: one!, against: other ?? null }
}

function policyOf(config: ResolvedConfig, name: string, option: string): Policy {
  const named = modelNames(config).policy(name)
  if (named.kind === 'failed') throw new UserError(`${option} ${name}: ${named.failure.message}`)
  const learning = allWithin(named.policy).find(({ learner }) => learner !== undefined)
  if (learning)
    throw new UserError(
      `${option} ${name}: ${learning.name} goes by what it has learnt, which is not on record as it was at each decision. Evaluate it by an experiment or in simulation.`,
    )
  return named.policy
}

/** What the others choose has nothing to do with what quality is worth, and working that out takes a while. */
const goesByObjective = ({ needs }: Policy): boolean => needs.quality || needs.cost

const allWithin = (policy: Policy): readonly Policy[] => [policy, ...policy.nested.flatMap(allWithin)]

function replayed(config: ResolvedConfig, router: Router | null, policy: Policy): ReplayedPolicy {
  const names = modelNames(config)
  const poolOf = ({ pool }: Policy): readonly Model[] =>
    pool === 'all' ? config.models : pool.flatMap((id) => names.model(id) ?? [])
  const reachOf = (one: Policy): PolicyReach => {
    const pool = poolOf(one)
    const ids = new Set(pool.map(({ id }) => id))
    return { mayChoose: (id) => ids.has(id), objective: objectiveOf(one, pool, router) }
  }
  const within = allWithin(policy).slice(1)
  return {
    name: policy.name,
    choose: policy.choose,
    pool: poolOf(policy),
    model: (id) => names.model(id),
    nested: Object.fromEntries(within.map((one) => [one.name, reachOf(one)])),
    hasBudget: allWithin(policy).some(({ budget }) => budget !== null),
    ...reachOf(policy),
  }
}

function objectiveOf(policy: Policy, pool: readonly Model[], router: Router | null): Objective {
  const { maxCostUsd } = policy
  if (router === null || !goesByObjective(policy)) return { lambda: 0, mu: 0, maxCostUsd, statedAs: 'none' }
  return { ...objectivesFor(pool, router)(policy.objective), maxCostUsd }
}
