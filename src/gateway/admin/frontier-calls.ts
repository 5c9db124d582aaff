import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { objectiveFields, objectiveSchemas, statementOf } from '../../config/objective-fields.ts'
import type { DecisionId } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { scoreOf } from '../../domain/feedback-score.ts'
import { usdOf } from '../../domain/money.ts'
import type { ObjectiveStatement, Policy } from '../../domain/policy.ts'
import { strategies } from '../../strategies/index.ts'
import type { Store, StoredDecision } from '../../storage/store.ts'
import type { Succession } from '../generation.ts'
import type { ObjectiveOverrides } from '../objective-overrides.ts'
import { type Measure, measureOnThread } from '../outcome-sets/measuring-thread.ts'
import { createOutcomeSets } from '../outcome-sets/outcome-sets.ts'
import { type Answered, calibrationOf } from './calibration.ts'
import {
  type AdminCall,
  AdminError,
  type AdminRequest,
  bodyAs,
  notFound,
  param,
  value,
  wholeNumber,
} from './call.ts'
import { type Frontier, frontierSteps, type PolicyPoint, policyPoints } from './frontier.ts'
import { type SetCallParts, setCalls } from './frontier-sets.ts'

export type FrontierCallParts = {
  readonly store: Pick<Store, 'decisions' | 'feedbackOn'>
  readonly succession: Pick<Succession, 'current'>
  readonly objectives: Pick<ObjectiveOverrides, 'of' | 'set'>
  readonly config: SetCallParts['config']
}

/** `set`: what an administrator has put in place of the configuration's. */
export type PolicyObjective = {
  readonly configured: ObjectiveStatement
  readonly set: ObjectiveStatement | null
}

/** What `GET /admin/frontier` answers. */
export type FrontierReport = Frontier & {
  readonly policy: string
  readonly strategy: string
  readonly objective: PolicyObjective
  readonly policies: readonly PolicyPoint[]
}

const usualDecisions = 2_000
/** More would hold up those who are served. */
const mostDecisions = 5_000
const pageSize = 250

/** Exactly one way to say what is wanted, as a configuration says it. */
const objectiveBody = z.strictObject(objectiveSchemas)

export const frontierCalls = (
  { store, succession, objectives, config }: FrontierCallParts,
  measure: Measure = measureOnThread,
): readonly AdminCall[] => {
  const policyOf = (name: string): Policy => {
    const found = succession.current().policies.find((policy) => policy.name === name)
    if (found === undefined) throw notFound('policy', name)
    return found
  }
  const objectiveOf = (policy: Policy): PolicyObjective => ({
    configured: policy.objective,
    set: objectives.of(policy.name),
  })
  return [
    ...setCalls({ sets: createOutcomeSets(measure), config, policyOf, objectiveOf }),
    {
      method: 'GET',
      path: '/frontier',
      run: async ({ query }) => {
        const policy = policyOf(query.policy || 'auto')
        const most = decisionsAsked({ query })
        const own = await answeredDecisions(store, policy.name, most)
        const all = await answeredDecisions(store, null, most)
        const report: FrontierReport = {
          policy: policy.name,
          strategy: policy.strategy,
          objective: objectiveOf(policy),
          ...(await unhurried(frontierSteps(own.map(({ decision }) => decision)))),
          policies: policyPoints(all),
        }
        return value(report)
      },
    },
    {
      method: 'GET',
      path: '/calibration',
      run: async ({ query }) => {
        const policy = query.policy || null
        const found = await answeredDecisions(store, policy, decisionsAsked({ query }))
        return value({ policy, decisions: found.length, ...calibrationOf(found) })
      },
    },
    {
      method: 'PATCH',
      path: '/policies/:name/objective',
      run: async (request) => {
        const policy = policyOf(param(request, 'name'))
        const body = bodyAs(objectiveBody, request.body)
        const written = objectiveFields.filter((field) => body[field] !== undefined)
        const [field, second] = written
        if (field === undefined || second !== undefined)
          throw new AdminError(400, 'invalid_request', `Say one of ${objectiveFields.join(', ')}.`)
        checkHeard(policy, field)
        await objectives.set(policy.name, statementOf(field, body))
        return value({ policy: policy.name, objective: objectiveOf(policy) }, policy.name)
      },
    },
    {
      method: 'DELETE',
      path: '/policies/:name/objective',
      run: async (request) => {
        const policy = policyOf(param(request, 'name'))
        await objectives.set(policy.name, null)
        return value({ policy: policy.name, objective: objectiveOf(policy) }, policy.name)
      },
    },
  ]
}

/** What a strategy does not go by would change nothing. @throws AdminError */
function checkHeard({ name, strategy }: Policy, field: string): void {
  const heard = strategies.find((one) => one.name === strategy)?.objectives
  if (heard === undefined || heard.includes(field)) return
  const instead = heard.length === 0 ? 'It has no objective.' : `It goes by ${heard.join(' or ')}.`
  throw new AdminError(
    409,
    'not_heard',
    `${name} is a ${strategy}, which does not go by ${field}. ${instead}`,
  )
}

const decisionsAsked = ({ query }: Pick<AdminRequest, 'query'>): number =>
  Math.max(1, wholeNumber(query.n, 'n', usualDecisions, mostDecisions))

/** Requests go first. */
async function unhurried<Result>(work: Generator<undefined, Result>): Promise<Result> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await nextTurn()
  }
}

/** The newest, with what was said of each and what it came to. */
async function answeredDecisions(
  store: FrontierCallParts['store'],
  policy: string | null,
  most: number,
): Promise<readonly Answered[]> {
  const found: Answered[] = []
  let after: StoredDecision['decision'] | null = null
  while (found.length < most) {
    const limit = Math.min(pageSize, most - found.length)
    const page: readonly StoredDecision[] = await store.decisions({ since: null, policy, limit, after })
    const said = await saidOf(
      store,
      page.map(({ decision }) => decision.id),
    )
    for (const { decision, outcome } of page)
      found.push({
        decision,
        score: scoreOf(said.get(decision.id) ?? []),
        usd: outcome?.cost == null ? null : usdOf(outcome.cost),
        model: outcome?.model ?? null,
      })
    after = page.at(-1)?.decision ?? null
    if (page.length < limit) break
    // Requests go first.
    await nextTurn()
  }
  return found
}

async function saidOf(
  store: FrontierCallParts['store'],
  ids: readonly DecisionId[],
): Promise<ReadonlyMap<string, Feedback[]>> {
  const said = new Map<string, Feedback[]>()
  for (const one of await store.feedbackOn(ids)) {
    if (one.about.kind !== 'decision') continue
    said.set(one.about.decision, [...(said.get(one.about.decision) ?? []), one])
  }
  return said
}
