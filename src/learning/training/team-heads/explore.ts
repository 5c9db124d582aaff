import type { Answer } from '../../../domain/answer.ts'
import type { Draw } from '../../../domain/random.ts'
import type { Turn } from '../../../domain/strategy.ts'
import type { Respond } from '../../../engine/drive.ts'
import { simulate } from '../../../engine/simulate.ts'
import { decideTeam, type Selection } from '../../../strategies/team/decide.ts'
import type { Head, TeamHeads } from '../../../strategies/team/heads.ts'
import { teamModes } from '../../../strategies/team/modes.ts'
import { runTeam, type TeamRules } from '../../../strategies/team/run-team.ts'
import type { TeamOutcome } from './fit-team-heads.ts'

export type Exploration = {
  readonly respond: Respond
  /** How good the answer is, 0 to 1. */
  readonly score: (answer: Answer) => number
  readonly rules: TeamRules
  readonly most: number
  /** Heads that teams are drawn from. */
  readonly heads: TeamHeads
}

/** The same leanings, less decided: at 0 every team is as likely as any other. */
export function softened(heads: TeamHeads, factor: number): TeamHeads {
  const soft = (named: Readonly<Record<string, Head>>) =>
    Object.fromEntries(
      Object.entries(named).map(([key, { bias, weights }]) => [
        key,
        {
          bias: factor * bias,
          weights: Object.fromEntries(Object.entries(weights).map(([name, one]) => [name, factor * one])),
        },
      ]),
    )
  return {
    modes: soft(heads.modes),
    agents: soft(heads.agents),
    roles: soft(heads.roles),
    models: soft(heads.models),
  }
}

/** Puts a team together by lot and lets it work. `null`: it came to no answer, or to one whose price is not known. */
export function exploreTeam(
  turn: Turn,
  group: string,
  draw: Draw,
  { respond, score, rules, most, heads }: Exploration,
): TeamOutcome | null {
  const { signals, candidates, objective } = turn
  const { team, decisions } = decideTeam(
    heads,
    { signals, candidates, objective, most, modes: teamModes },
    drawn(draw),
  )
  const { final, usd } = simulate((one) => runTeam(one, team, rules, 'exploring'), turn, respond)
  if (final?.kind !== 'answered' || usd === null) return null
  return { decisions, score: score(final.answer), usd, group }
}

const drawn =
  (draw: Draw): Selection =>
  (probabilities) => {
    let left = draw()
    for (const [place, probability] of probabilities.entries()) {
      left -= probability
      if (left < 0) return place
    }
    return probabilities.length - 1
  }
