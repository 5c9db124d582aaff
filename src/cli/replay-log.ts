/** The evaluation of `fairlead replay`, from graded decisions to figures. */

import {
  comparePolicies,
  evaluatePolicy,
  type PolicyEvaluation,
  type PreparedLog,
  prepareLog,
} from '../learning/off-policy/evaluate.ts'
import type { GradedDecision } from '../learning/off-policy/graded-decision.ts'
import type { LoggedMetric, TargetPolicy } from '../learning/off-policy/logged-row.ts'
import { type LogRows, rowsOfLog } from '../learning/off-policy/rows-of-log.ts'
import { targetChoices, withRefusal } from '../learning/off-policy/target-choices.ts'
import type { ReplayedPolicy } from '../learning/off-policy/rebuild-turn.ts'
import type { Reading } from '../statistics/interval.ts'
import { UserError } from './command.ts'
import type { Progress } from './progress.ts'
import type { ReplayedPolicies } from './replay-policy.ts'

export type Replay = {
  readonly policy: string
  readonly decisions: number
  readonly graded: number
  /** Decisions that say nothing, by why. */
  readonly leftOut: Readonly<Record<string, number>>
  /** Share of the decisions of which the log left the choice to chance. */
  readonly randomShare: number
  readonly evaluation: PolicyEvaluation
  /** Mean shares of the policy's choices, by model. */
  readonly choices: Readonly<Record<string, number>>
  readonly against: {
    readonly evaluation: PolicyEvaluation
    /** The policy less this one, paired. */
    readonly difference: Readonly<Record<LoggedMetric, Reading>>
  } | null
}

/** @throws UserError where nothing can be said */
export function replayLog(
  graded: readonly GradedDecision[],
  { wanted, against }: ReplayedPolicies,
  progress: Progress,
): Replay {
  const found = rowsOfLog(graded)
  if (found.rows.length === 0)
    throw new UserError(
      `None of the ${graded.length} decisions can be evaluated: ${leftOutText(found.leftOut)}.`,
    )
  const log = prepareLog(withRefusal(found.rows))
  const target = targetOf(wanted, log, found, progress)
  const other = against && targetOf(against, log, found, progress)
  const random = found.decisions.filter(({ propensity }) => propensity < 1).length
  return {
    policy: wanted.name,
    decisions: found.rows.length,
    graded: found.graded,
    leftOut: found.leftOut,
    randomShare: random / found.rows.length,
    evaluation: evaluatePolicy(log, target),
    choices: meanShares(log, target),
    against: other && {
      evaluation: evaluatePolicy(log, other),
      difference: comparePolicies(log, target, other),
    },
  }
}

export const leftOutText = (leftOut: LogRows['leftOut']): string =>
  Object.entries(leftOut)
    .map(([why, count]) => `${count} ${why}`)
    .join(', ')

function targetOf(
  policy: ReplayedPolicy,
  log: PreparedLog,
  found: LogRows,
  progress: Progress,
): TargetPolicy {
  const total = found.rows.length
  const choices = targetChoices(log.logged, found.decisions, policy, (done) => {
    if (done % 100 === 0 || done === total) progress.step(`replaying ${policy.name}`, done, total)
  })
  if (choices.kind === 'unknown') throw new UserError(`${choices.because}.`)
  return choices.target
}

function meanShares({ logged }: PreparedLog, { choices }: TargetPolicy): Readonly<Record<string, number>> {
  const sums = new Map<string, number>()
  logged.forEach(({ actions }, place) => {
    actions.forEach(({ model }, action) => {
      const share = choices[place]![action]!
      if (share > 0) sums.set(model, (sums.get(model) ?? 0) + share)
    })
  })
  const ordered = [...sums].sort(([, a], [, b]) => b - a)
  return Object.fromEntries(ordered.map(([model, sum]) => [model, sum / logged.length]))
}
