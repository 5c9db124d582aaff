import { createHash, randomUUID } from 'node:crypto'
import type { Candidate, Refusal } from '../domain/candidate.ts'
import type { DecisionId } from '../domain/decision.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Model } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement, Policy } from '../domain/policy.ts'
import { seededDraw } from '../domain/random.ts'
import type { Request } from '../domain/request.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { Turn } from '../domain/strategy.ts'
import { type Circumstances, eligible } from '../eligibility/index.ts'
import { estimateCandidate } from '../estimate/candidate.ts'
import type { Router } from '../estimate/router.ts'
import { readSignals } from '../signals/index.ts'
import { routedText } from '../signals/routed-text.ts'

/** Everything that is known of a request before its strategy is asked. */
export type Considered = {
  readonly id: DecisionId
  readonly policy: Policy
  readonly askedModel: string
  readonly queryHash: string
  readonly turn: Turn
  /** Lawful models to try after those that the strategy names, in order. */
  readonly fallbacks: readonly Candidate[]
  readonly refused: readonly Refusal[]
}

export type Consideration =
  | { readonly kind: 'considered'; readonly considered: Considered }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** What `consider` needs to know of the gateway. */
export type Knowledge = {
  readonly router: Router
  readonly poolOf: (policy: Policy) => readonly Model[]
  readonly model: (name: string) => Model | null
  readonly objective: (policy: Policy, statement: ObjectiveStatement) => Objective
}

/** Request to turn: signals, candidates with their estimates, those that the law refuses, the objective. */
export function consider(
  knowledge: Knowledge,
  policy: Policy,
  asked: { readonly model: string; readonly request: Request; readonly options: RoutingOptions },
): Consideration {
  const { request, options } = asked
  const reading = readSignals(request, knowledge.router.signals)
  const pool = knowledge.poolOf(policy)
  const objective = objectiveOf(knowledge, policy, options)
  const circumstances: Circumstances = {
    request,
    signals: reading.signals,
    needsCost: policy.needs.cost,
    maxCostUsd: objective.maxCostUsd,
  }
  const candidates = (models: readonly Model[]) =>
    eligible(
      models.map((model) => estimateCandidate(knowledge.router, model, request, reading)),
      circumstances,
    )
  const chosen = candidates(pool)
  const spare = candidates(fallbackModels(knowledge, policy, options, pool))
  const refused = [...chosen.refused, ...spare.refused]
  // With no lawful model in the pool, the fallbacks are what there is to choose from.
  const lawful = isNonEmpty(chosen.lawful) ? chosen.lawful : spare.lawful
  if (!isNonEmpty(lawful)) return { kind: 'failed', failure: nobodyMay(policy, refused, request) }
  const id = `dec_${randomUUID().replaceAll('-', '')}` as DecisionId
  return {
    kind: 'considered',
    considered: {
      id,
      policy,
      askedModel: asked.model,
      queryHash: createHash('sha256').update(routedText(request)).digest('hex').slice(0, 16),
      turn: turnOf(id, request, reading, lawful, objective),
      fallbacks: lawful === spare.lawful ? [] : spare.lawful,
      refused,
    },
  }
}

function turnOf(
  id: DecisionId,
  request: Request,
  { signals, vector }: Pick<Turn, 'signals' | 'vector'>,
  candidates: NonEmpty<Candidate>,
  objective: Objective,
): Turn {
  // Few strategies draw: the generator is seeded when the first number is wanted.
  let draw: (() => number) | null = null
  return {
    request,
    signals,
    vector,
    candidates,
    objective,
    draw: () => {
      draw ??= seededDraw(id)
      return draw()
    },
  }
}

function objectiveOf({ objective }: Knowledge, policy: Policy, options: RoutingOptions): Objective {
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
function fallbackModels(
  { model }: Knowledge,
  policy: Policy,
  options: RoutingOptions,
  pool: readonly Model[],
): readonly Model[] {
  const names = [...options.fallbacks, ...policy.fallbacks]
  const models = names.flatMap((name) => model(name) ?? [])
  return [...new Set(models)].filter((fallback) => !pool.includes(fallback))
}

const reasonsShown = 5

function nobodyMay(policy: Policy, refused: readonly Refusal[], request: Request): Failure {
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
  const needs = request.tools.length > 0 ? ' Tools are among what the request needs.' : ''
  return failure(
    'rejected',
    refused.length === 0
      ? `\`${policy.name}\` has no model that can be reached. Set a vendor's key, or add models to its pool.`
      : `No model of \`${policy.name}\` may serve this request (${text}).${needs} Change the request, or the policy's pool.`,
    { code: 'no_eligible_model' },
  )
}
