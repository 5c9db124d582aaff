/**
 * Decisions as curves of regret see them: what each candidate was predicted to be worth, who was chosen with which chance, what that gave
 * up, and what came of it. All worth is in good answers: quality (0 to 1) less lambda x dollars less mu x seconds, by the decision's own
 * objective. Pure.
 */

import type { CandidateRecord, Decision, Outcome } from '../../domain/decision.ts'
import { isAside } from '../../domain/experiment.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { usdOf } from '../../domain/money.ts'
import type { Policy } from '../../domain/policy.ts'
import type { StoredDecision } from '../../storage/store.ts'
import { believedOf } from '../learning/believed.ts'

export type RegretRow = {
  /** ISO 8601, UTC. */
  readonly at: string
  /** Decisions that hang together (a session); one of its own where nothing is known. */
  readonly unit: string
  readonly policyVersion: string
  /** Those whose worth can be said. */
  readonly options: readonly RegretOption[]
  /** Its place among the options. */
  readonly chosen: number
  /** The place of the best by the predictions on record. */
  readonly foremost: number
  readonly givenUp: RowGivenUp
  /** In (0, 1]; below 1: the choice was left to chance. */
  readonly propensity: number
  readonly came: WhatCame
}

/** Good answers, 0 or more, that were given up by choosing as it was chosen. */
export type RowGivenUp = {
  readonly worth: number
  /**
   * `beliefs`: by what the policy believed of the models at that moment. `predictions`: the record does not say what it believed, and
   * this is what was predicted of the best less what was predicted of the chosen one, before anything that feedback taught.
   */
  readonly by: 'beliefs' | 'predictions'
}

export type RegretOption = { readonly model: string; readonly worth: number }

export type WhatCame =
  /** Somebody has said how good the answer was. */
  | { readonly kind: 'graded'; readonly worth: number }
  /** It is known without anybody saying it: the answer never came. */
  | { readonly kind: 'failed'; readonly worth: number }
  | { readonly kind: 'ungraded' }
  /** It has not ended, or the client cut it short. */
  | { readonly kind: 'open' }

/** A decision that tells nothing, and why. */
export type LeftOut = { readonly leftOut: string }

/** @param said all that was said of the decision, of its session and of its episode. @param pool `all`: any model may be chosen */
export function regretRow(
  { decision, outcome }: StoredDecision,
  said: readonly Feedback[],
  pool: Policy['pool'],
): RegretRow | LeftOut {
  const reason = unusable(decision)
  if (reason !== null) return { leftOut: reason }
  const { candidates, chosen, objective } = decision
  // Those to fall back on stand on record beside those that may be chosen.
  const choosable = candidates.filter(({ id }) => pool === 'all' || pool.includes(id) || id === chosen)
  const options = choosable.flatMap((candidate): RegretOption[] => {
    const worth = predictedWorth(candidate, objective.lambda, objective.mu)
    return worth === null ? [] : [{ model: candidate.id, worth }]
  })
  const place = options.findIndex(({ model }) => model === chosen)
  if (place === -1) return { leftOut: 'the price of the chosen model is not known' }
  return {
    at: decision.time,
    unit: decision.caller?.session ?? decision.id,
    policyVersion: decision.policyVersion,
    options,
    chosen: place,
    foremost: foremostOf(options),
    givenUp: givenUpOn(decision, choosable),
    propensity: decision.propensity,
    came: whatCame(decision, outcome, said),
  }
}

function unusable(decision: Decision): string | null {
  const { policyVersion, cache, chosen, candidates, propensity } = decision
  if (isAside(decision)) return 'made beside the served path'
  if (policyVersion.startsWith('direct ')) return 'a model was asked for by its own name'
  if (cache !== undefined) return 'answered from a cache'
  if (chosen === null) return 'refused'
  if (!candidates.some(({ id }) => id === chosen)) return 'answered by a model that was no candidate'
  if (!(propensity > 0 && propensity <= 1)) return 'no propensity is on record'
  return null
}

/** `null`: money counts, and the price is not known. */
function predictedWorth(
  { quality, cost, latencyMs }: CandidateRecord,
  lambda: number,
  mu: number,
): number | null {
  const waited = quality.mean - (mu * latencyMs.mean) / 1000
  if (lambda === 0) return waited
  return cost.kind === 'known' ? waited - lambda * cost.usd.mean : null
}

function givenUpOn(decision: Decision, choosable: readonly CandidateRecord[]): RowGivenUp {
  const { end } = decision.trace
  const said = end.kind === 'forward' ? end.explores : undefined
  return said === undefined
    ? { worth: predictedGivenUp(decision, choosable), by: 'predictions' }
    : { worth: said?.worth ?? 0, by: 'beliefs' }
}

/**
 * Where one of two lambdas is drawn for each request the record does not say which: a choice that is the best by either gave up nothing.
 */
function predictedGivenUp({ objective, chosen }: Decision, choosable: readonly CandidateRecord[]): number {
  const { lambda, mixture, mu } = objective
  const at = (rate: number): number => {
    let [best, own] = [-Infinity, -Infinity]
    for (const candidate of choosable) {
      const worth = predictedWorth(candidate, rate, mu) ?? -Infinity
      best = Math.max(best, worth)
      if (candidate.id === chosen) own = worth
    }
    return best === own ? 0 : best - own
  }
  return mixture === undefined ? at(lambda) : Math.min(at(lambda), at(mixture.lambda))
}

function foremostOf(options: readonly RegretOption[]): number {
  let best = 0
  options.forEach(({ worth }, place) => {
    if (worth > options[best]!.worth) best = place
  })
  return best
}

/** What fallbacks cost and answered belongs to the choice, as it would when it is made again. */
function whatCame(decision: Decision, outcome: Outcome | null, said: readonly Feedback[]): WhatCame {
  if (outcome === null || outcome.status === 'cancelled') return { kind: 'open' }
  const { lambda, mu } = decision.objective
  if (outcome.cost === null && lambda !== 0) return { kind: 'ungraded' }
  const usd = outcome.cost === null ? 0 : usdOf(outcome.cost)
  const taken = lambda * usd + (mu * outcome.latencyMs) / 1000
  if (outcome.status === 'failed') return { kind: 'failed', worth: -taken }
  const believed = believedOf(decision, said)
  return believed === null ? { kind: 'ungraded' } : { kind: 'graded', worth: believed.score - taken }
}
