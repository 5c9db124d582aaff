/**
 * With what probability a policy chooses each model, from its own code: the strategy is run, as the `explain` driver runs it, on
 * the turn as the log has it. A verdict says with which propensity it was reached, and where that is 1 one run tells all. Else it is run
 * again with other seeds until the propensities of the models that came up add up to 1; where they do not (a
 * verdict may be reached in several ways) the shares of many runs stand in, which is unbiased.
 */

import type { Decision } from '../../domain/decision.ts'
import { failure } from '../../domain/failure.ts'
import { seededDraw } from '../../domain/random.ts'
import { refuse, type Verdict } from '../../domain/strategy.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { explain } from '../../engine/explain.ts'
import type { LoggedAction, LoggedRow, TargetPolicy } from './logged-row.ts'
import { NotOnRecord, rebuildTurn, type ReplayedPolicy, unknownModels } from './rebuild-turn.ts'

/** The action of a policy that refuses: nobody answers, at no cost, and that needs no log to know. */
export const noModel = 'no model'

export type TargetChoices =
  | { readonly kind: 'chosen'; readonly target: TargetPolicy }
  /** What the policy would have done can't be known, and why. */
  | { readonly kind: 'unknown'; readonly because: string }

/** Rows with the action of refusing, which any policy may take. */
export const withRefusal = (rows: readonly LoggedRow[]): readonly LoggedRow[] =>
  rows.map((row) => ({ ...row, actions: [...row.actions, refusal] }))

const refusal: LoggedAction = {
  model: noModel,
  predicted: { quality: 0, usd: 0 },
  seen: { propensity: 1, quality: 0, feedbackProbability: 1, usd: 0 },
  fixed: true,
}

/** Over rows with a refusal; `rows[i]` was made of `decisions[i]`. */
export function targetChoices(
  rows: readonly LoggedRow[],
  decisions: readonly Decision[],
  policy: ReplayedPolicy,
  onProgress: (done: number) => void = () => {},
): TargetChoices {
  const unknown = unknownInPool(decisions, policy)
  if (unknown !== null) return { kind: 'unknown', because: unknown }
  const choices: (readonly number[])[] = []
  for (const [place, decision] of decisions.entries()) {
    const shares = sharesOn(decision, policy)
    if (typeof shares === 'string') return { kind: 'unknown', because: shares }
    choices.push(rows[place]!.actions.map(({ model }) => shares.get(model) ?? 0))
    onProgress(place + 1)
  }
  return { kind: 'chosen', target: { name: policy.name, choices } }
}

function unknownInPool(decisions: readonly Decision[], policy: ReplayedPolicy): string | null {
  const counts = new Map<string, number>()
  for (const decision of decisions)
    for (const id of unknownModels(decision, policy)) counts.set(id, (counts.get(id) ?? 0) + 1)
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  if (!most) return null
  const [model, count] = most
  return `${policy.name} may choose ${model}, which ${count} of the ${decisions.length} decisions have no estimate of: it was not in the pool of the policy that made them. Take it out of ${policy.name}'s pool, or let it into theirs and log for a while`
}

/** Where propensities do not tell. */
const mostRuns = 400

/** A text says why they are not known. */
function sharesOn(decision: Decision, policy: ReplayedPolicy): ReadonlyMap<string, number> | string {
  const told = new Map<string, number>()
  const counted = new Map<string, number>()
  let agree = true
  for (let run = 0; run < mostRuns; run++) {
    const verdict = verdictOn(decision, policy, run)
    if (typeof verdict === 'string') return verdict
    const model = modelOf(verdict)
    if (verdict.propensity === 1 && run === 0) return new Map([[model, 1]])
    const before = told.get(model)
    if (before !== undefined && Math.abs(before - verdict.propensity) > 1e-9) agree = false
    told.set(model, verdict.propensity)
    counted.set(model, (counted.get(model) ?? 0) + 1)
    const sum = [...told.values()].reduce((total, share) => total + share, 0)
    if (agree && Math.abs(sum - 1) < 1e-9) return told
  }
  return new Map([...counted].map(([model, count]) => [model, count / mostRuns]))
}

function verdictOn(decision: Decision, policy: ReplayedPolicy, run: number): Verdict | string {
  const turn = rebuildTurn(decision, policy, seededDraw(`${decision.seed} replay ${run}`))
  if (turn === null) return refusedVerdict
  try {
    const next = explain(policy.choose, turn)
    if (next.kind === 'verdict') return next.verdict
    return next.step.kind === 'ask'
      ? `${policy.name} asks models before it decides, and the log does not keep the answers that it would go by`
      : `${policy.name} consults others before it decides, and the log does not keep what they would have said`
  } catch (error) {
    if (error instanceof NotOnRecord)
      return `${policy.name} goes by something that the log does not keep: ${error.what}`
    throw error
  }
}

const refusedVerdict: Verdict = refuse(failure('rejected', 'None of its models was lawful.'))

function modelOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'forward':
      return verdict.to[0].id
    case 'reply':
      return verdict.candidate.id
    case 'refuse':
      return noModel
    default:
      return unreachable(verdict)
  }
}
