import type { Decision } from '../../../strategies/team/decide.ts'
import { type TeamHeads, untrainedHeads } from '../../../strategies/team/heads.ts'
import { type Choice, defaultFit, type FitOptions, fitSoftmax } from './fit-softmax.ts'

/** What came of one team: the decisions that made it, each with the probability that it had, and how it did. */
export type TeamOutcome = {
  readonly decisions: readonly Decision[]
  /** How good the answer was, 0 to 1. */
  readonly score: number
  readonly usd: number
  /** Outcomes of one group are compared with each other: best is one request with several teams, else the kind of task. */
  readonly group: string
}

export type TeamFitOptions = FitOptions & {
  /** Quality per dollar: the utility of an outcome is score - lambda x usd, as MasRouter's is solved - rate x cost. */
  readonly lambda: number
  readonly start: TeamHeads
}

export const teamFit = (lambda: number): TeamFitOptions => ({ ...defaultFit, lambda, start: untrainedHeads })

/**
 * Heads for the strategy `team`, fitted to outcomes of teams that were put together at random. Each head is fitted on its own, by
 * the probability of its own decision: what the others did beside it counts as chance, which is far less noisy than the product of
 * all their probabilities, and right while the outcomes come from decisions that did not favour each other.
 * @throws Error where an outcome has a probability, a score or dollars that are none
 */
export function fitTeamHeads(outcomes: readonly TeamOutcome[], options: TeamFitOptions): TeamHeads {
  outcomes.forEach(checkOutcome)
  const advantages = advantagesOf(outcomes, options.lambda)
  const choicesOf = (head: keyof TeamHeads): readonly Choice[] =>
    outcomes.flatMap(({ decisions }, index) =>
      decisions
        .filter((decision) => decision.head === head)
        .map(({ alternatives, chosen, probability }) => ({
          alternatives,
          chosen,
          propensity: probability,
          advantage: advantages[index]!,
        })),
    )
  const fitted = (head: keyof TeamHeads) => fitSoftmax(options.start[head], choicesOf(head), options)
  return {
    modes: fitted('modes'),
    agents: fitted('agents'),
    roles: fitted('roles'),
    models: fitted('models'),
  }
}

function checkOutcome({ decisions, score, usd }: TeamOutcome, index: number): void {
  const fault = !(score >= 0 && score <= 1)
    ? `the score ${score}, which is not from 0 to 1`
    : !(usd >= 0 && Number.isFinite(usd))
      ? `${usd} dollars`
      : decisions.some(({ probability }) => !(probability > 0 && probability <= 1))
        ? 'a decision whose probability is not in (0, 1]'
        : null
  if (fault !== null)
    throw new Error(`Team outcome ${index + 1} has ${fault}. Correct it, or leave the outcome out.`)
}

/** Utility less the mean of the others in its group (a group of one says nothing), in standard deviations of all of them, so that one rate of learning suits every lambda. */
function advantagesOf(outcomes: readonly TeamOutcome[], lambda: number): readonly number[] {
  const utilities = outcomes.map(({ score, usd }) => score - lambda * usd)
  const groups = new Map<string, { sum: number; count: number }>()
  outcomes.forEach(({ group }, index) => {
    const known = groups.get(group) ?? { sum: 0, count: 0 }
    groups.set(group, { sum: known.sum + utilities[index]!, count: known.count + 1 })
  })
  const raw = outcomes.map(({ group }, index) => {
    const { sum, count } = groups.get(group)!
    return count < 2 ? 0 : (utilities[index]! * count - sum) / (count - 1)
  })
  const deviation = Math.sqrt(raw.reduce((sum, one) => sum + one * one, 0) / Math.max(1, raw.length))
  return raw.map((one) => (deviation > 0 ? one / deviation : 0))
}
