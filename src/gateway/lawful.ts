/** Who may serve a request for a policy, for those within it, and what to say where nobody may. */

import { type Candidate, expectedUsd, type Refusal } from '../domain/candidate.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Model } from '../domain/model.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement, Policy } from '../domain/policy.ts'
import type { Request } from '../domain/request.ts'
import type { RoutingOptions, VendorConditions } from '../domain/routing-options.ts'
import type { NestedTurn, Turn } from '../domain/strategy.ts'
import type { NestedAccount } from '../strategies/strategy.ts'
import type { eligible } from '../eligibility/index.ts'
import type { Entry } from '../governance/governor.ts'
import type { Estimates, Knowledge } from './consider.ts'
import { budgetFacts } from './policy-accounts.ts'
import { refusedByLimits, squeezed } from './under-limits.ts'

export function objectiveOf(
  objective: Estimates['objective'],
  policy: Policy,
  options: RoutingOptions,
): Objective {
  const statement: ObjectiveStatement =
    options.quality === null ? policy.objective : { kind: 'quality', share: options.quality }
  const limits = [policy.maxCostUsd, options.maxCostUsd].filter((limit) => limit !== null)
  const maxCostUsd = limits.length === 0 ? null : Math.min(...limits)
  const stated = { ...objective(policy, statement), maxCostUsd }
  if (statement === policy.objective) return stated
  // A strategy that goes by a stated share of calls still does where a request states a quality.
  const { strongFrom } = objective(policy, policy.objective)
  return strongFrom ? { ...stated, strongFrom } : stated
}

/** The request's own list first, then the policy's; a name that nobody knows is passed over: the first choice may serve. */
export function fallbackModels(
  { model }: Knowledge,
  policy: Policy,
  options: RoutingOptions,
  pool: readonly Model[],
): readonly Model[] {
  const names = [...options.fallbacks, ...policy.fallbacks.providerFailure]
  const models = names.flatMap((name) => model(name) ?? [])
  return [...new Set(models)].filter((fallback) => !pool.includes(fallback))
}

/** Who may serve; for a policy within the one that was asked for, by that one's conditions as well. */
export type CandidatesOf = (models: readonly Model[], within?: Policy) => ReturnType<typeof eligible>

const noNested: Turn['nested'] = {}

/** What each policy that this one may come to would see, those named by the named ones included. */
export function nestedTurns(
  knowledge: Knowledge,
  policy: Policy,
  options: RoutingOptions,
  resolve: Estimates['objective'],
  candidates: CandidatesOf,
  entry: Entry | null,
): Turn['nested'] {
  if (policy.nested.length === 0) return noNested
  const turns: Record<string, NestedTurn> = {}
  const visit = (inner: Policy): void => {
    if (turns[inner.name]) return
    const pool = knowledge.poolOf(inner)
    const objective = squeezed(objectiveOf(resolve, inner, options), entry)
    const own = candidates(pool, inner)
    const spare = candidates(fallbackModels(knowledge, inner, options, pool), inner)
    const lawful = withinCost(own.lawful, objective)
    turns[inner.name] = withAccount(knowledge, inner, {
      candidates: lawful,
      fallbacks: withinCost(spare.lawful, objective),
      objective,
      nobody: isNonEmpty(lawful) ? null : nobodyMay(inner, [...own.refused, ...spare.refused], null, entry),
    })
    for (const one of inner.nested) visit(one)
  }
  for (const inner of policy.nested) visit(inner)
  return turns
}

/** What the policy's budget has left; `null`: it has none. */
export const budgetOf = ({ experience, wall }: Knowledge, { name, budget }: Policy): Turn['budget'] =>
  budget && budgetFacts(experience.state, { name, budget }, wall())

function withAccount(knowledge: Knowledge, policy: Policy, turn: NestedTurn): NestedTurn {
  const budget = budgetOf(knowledge, policy)
  if (budget === null) return turn
  const account: NestedAccount = {
    ...turn,
    budget,
    through: { usd: 0, to: [] },
  }
  return account
}

/** The limit of a policy within another may be the lower one. */
const withinCost = (candidates: readonly Candidate[], { maxCostUsd }: Objective): readonly Candidate[] =>
  maxCostUsd === null ? candidates : candidates.filter((one) => expectedUsd(one) <= maxCostUsd)

/** A model that may be chosen as well is the same candidate. */
export function advisersOf(
  { model }: Knowledge,
  { advisers }: Policy,
  own: readonly Candidate[],
  candidates: CandidatesOf,
): readonly Candidate[] {
  if (advisers.length === 0) return []
  return advisers.flatMap((id) => {
    const known = own.find((candidate) => candidate.id === id)
    if (known) return [known]
    const found = model(id)
    return found ? candidates([found]).lawful : []
  })
}

const noConditions: readonly VendorConditions[] = []

/** What is said of vendors by the request, by the policy that chooses and by those on any way to it: all of it must hold. */
export function conditionsOn(
  asked: Policy,
  options: RoutingOptions,
  within: Policy = asked,
): readonly VendorConditions[] {
  const policies = within === asked ? [asked] : onTheWay(asked, within)
  const found = [...policies, options].flatMap(({ vendors }) => vendors ?? [])
  return found.length === 0 ? noConditions : found
}

/** Policies name no circles: the way down ends. */
function onTheWay(from: Policy, to: Policy): readonly Policy[] {
  const further = from.nested.flatMap((inner) => (inner.name === to.name ? [inner] : onTheWay(inner, to)))
  return further.length === 0 ? [] : [from, ...new Set(further)]
}

const reasonsShown = 5

export function nobodyMay(
  policy: Policy,
  refused: readonly Refusal[],
  request: Request | null,
  entry: Entry | null = null,
): Failure {
  const limited = entry && refusedByLimits(policy, refused, entry)
  if (limited) return limited
  const reasons = refused.slice(0, reasonsShown).map(({ id, reason }) => `${id}: ${reason}`)
  if (refused.length > reasonsShown) reasons.push(`and ${refused.length - reasonsShown} more`)
  const text = reasons.join('; ')
  if (refused.length > 0 && refused.every(({ rule }) => rule === 'context-window')) {
    return failure(
      'context-exceeded',
      `The prompt is too long for every model of \`${policy.name}\` (${text}). Shorten it, or add a model with a larger window.`,
      { param: 'messages' },
    )
  }
  const needs = request !== null && request.tools.length > 0 ? ' Tools are among what the request needs.' : ''
  return failure(
    'rejected',
    refused.length === 0
      ? `\`${policy.name}\` has no model that can be reached. Set a vendor's key, or add models to its pool.`
      : `No model of \`${policy.name}\` may serve this request (${text}).${needs} Change the request, or the policy's pool.`,
    { code: 'no_eligible_model' },
  )
}
