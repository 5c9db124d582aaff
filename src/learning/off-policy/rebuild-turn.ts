/**
 * A turn as another policy would have seen it, from what the log keeps: signals and candidates with their estimates. Texts, vectors,
 * headers, budgets and what was learnt at the time are not kept: a strategy that reads one of them is stopped, for what it
 * would have chosen is not known. Facts of the session are not kept either, and there the turn is one that begins a conversation.
 */

import type { Candidate } from '../../domain/candidate.ts'
import type { CandidateRecord, Decision } from '../../domain/decision.ts'
import type { Model, ModelId } from '../../domain/model.ts'
import { isNonEmpty } from '../../domain/non-empty.ts'
import type { Objective } from '../../domain/objective.ts'
import type { Draw } from '../../domain/random.ts'
import type { Strategy, Turn } from '../../domain/strategy.ts'
import { failure } from '../../domain/failure.ts'

/** What a policy may choose from, and what it is to weigh. */
export type PolicyReach = {
  readonly mayChoose: (model: ModelId) => boolean
  readonly objective: Objective
}

export type ReplayedPolicy = PolicyReach & {
  readonly name: string
  readonly choose: Strategy
  /** Models it may choose from, whether or not the log knows them. */
  readonly pool: readonly Model[]
  readonly model: (id: ModelId) => Model | null
  /** Policies within it, by name. */
  readonly nested: Readonly<Record<string, PolicyReach>>
  readonly hasBudget: boolean
}

/** A strategy asked for what the log does not keep. */
export class NotOnRecord extends Error {
  override readonly name = 'NotOnRecord'
  readonly what: string
  constructor(what: string) {
    super(`${what} is not on record`)
    this.what = what
  }
}

/** `null`: none of the policy's models was lawful on that decision. */
export function rebuildTurn(decision: Decision, policy: ReplayedPolicy, draw: Draw): Turn | null {
  const all = decision.candidates.flatMap((record) => candidateOf(record, policy.model) ?? [])
  const within = ({ mayChoose, objective }: PolicyReach) =>
    all.filter(({ id, cost }) => mayChoose(id) && affordable(cost, objective))
  const candidates = within(policy)
  if (!isNonEmpty(candidates)) return null
  return {
    request: missing('the request itself, its text included'),
    signals: decision.signals,
    vector: missing("the prompt's vector"),
    candidates,
    objective: policy.objective,
    session: null,
    wins: () => {
      throw new NotOnRecord('who wins a comparison of two models on this prompt')
    },
    asked: missing('what the client said beside the request (tier, step, headers)'),
    advisers: [],
    nested: Object.fromEntries(
      Object.entries(policy.nested).map(([name, reach]) => [
        name,
        {
          candidates: within(reach),
          fallbacks: [],
          objective: reach.objective,
          nobody: failure('rejected', `No model of \`${name}\` was lawful.`),
        },
      ]),
    ),
    budget: policy.hasBudget ? missing('what the budget had left') : null,
    embedder: missing('a text encoder'),
    draw,
  }
}

const affordable = ({ kind, ...cost }: CandidateRecord['cost'], { maxCostUsd }: Objective): boolean =>
  maxCostUsd === null || (kind === 'known' && 'usd' in cost && cost.usd.mean <= maxCostUsd)

function candidateOf(record: CandidateRecord, modelOf: ReplayedPolicy['model']): Candidate | null {
  const model = modelOf(record.id)
  return model && { ...record, model, outputTokens: missing('how long the answer was expected to be') }
}

/** Stands for a value that is not there: to hand it on is nothing, to read it stops the strategy. */
const missing = <T extends object>(what: string): T =>
  new Proxy({} as T, {
    get() {
      throw new NotOnRecord(what)
    },
    has() {
      throw new NotOnRecord(what)
    },
    ownKeys() {
      throw new NotOnRecord(what)
    },
  })

/** Models of the pool that a decision says nothing of: neither lawful nor refused. */
export function unknownModels(
  { candidates, refused }: Decision,
  { pool }: ReplayedPolicy,
): readonly ModelId[] {
  const known = new Set([...candidates, ...refused].map(({ id }) => id))
  return pool.flatMap(({ id }) => (known.has(id) ? [] : [id]))
}
