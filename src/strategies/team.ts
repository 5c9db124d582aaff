import { z } from 'zod'
import { forward, type Turn } from '../domain/strategy.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { mostUsd } from './ensemble/call-price.ts'
import { defineStrategy } from './strategy.ts'
import { type Deciding, decideTeam, type Team } from './team/decide.ts'
import { teamHeadsSchema, type TeamHeads, withDefaults } from './team/heads.ts'
import { callsOf, mostAgents, teamModes } from './team/modes.ts'
import { procedureIn, runTeam, type TeamRules, teamUsd } from './team/run-team.ts'
import { unfitForTeams } from './team/unfit.ts'

const options = z.strictObject({
  modes: z
    .array(z.enum(teamModes))
    .min(1)
    .default([...teamModes])
    .describe('Ways to work together that may be chosen.'),
  most: z.number().int().min(1).max(mostAgents).default(4).describe('Members of a team, at most.'),
  rounds: z.number().int().min(1).max(3).default(1).describe('Rounds of a debate or a full graph.'),
  heads: teamHeadsSchema
    .optional()
    .describe('What decides: by default weights chosen by hand; `fitTeamHeads` fits them to outcomes.'),
  contributionChars: z
    .number()
    .int()
    .min(100)
    .max(20_000)
    .default(3000)
    .describe('Characters of each contribution that others see.'),
  maxUsd: z
    .number()
    .positive()
    .optional()
    .describe('Dollars that all calls for one request may be expected to cost.'),
})

/**
 * One model, a chain, a debate, a reflection or a full graph of roles, decided for each request by a cascade of small heads: how
 * to work together, how many, in which roles, with which models (MasRouter, arXiv 2502.11133).
 */
export const team = defineStrategy({
  name: 'team',
  summary: 'decides between one model and a team of roles, who is in it, and which model each role has',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  prepare: ({ heads }): TeamHeads => withDefaults(heads),
  *choose(turn, { modes, most, rounds, contributionChars, maxUsd }, { prepared: heads }) {
    const fault = unfitForTeams(turn.request)
    if (fault !== null) {
      const order = byWorth(turn)
      return forward(order, `${fault}: ${order[0].id} answers alone, the best by value`)
    }
    const rules: TeamRules = { rounds, contributionChars }
    const { signals, candidates, objective } = turn
    const decided = payableTeam(heads, { signals, candidates, objective, most, modes }, rules, turn, maxUsd)
    return yield* runTeam(turn, decided, rules, described(decided, rules, signals.complexity))
  },
})

/** A smaller team, and at last one model, where the money does not pay for what the heads decide. */
function payableTeam(
  heads: TeamHeads,
  deciding: Deciding,
  rules: TeamRules,
  { objective }: Turn,
  maxUsd: number | undefined,
): Team {
  const limit = mostUsd(objective, maxUsd)
  for (let most = deciding.most; most > 1; most--) {
    const { team: decided } = decideTeam(heads, { ...deciding, most })
    if (limit === Number.POSITIVE_INFINITY || teamUsd(decided, rules) <= limit) return decided
  }
  return decideTeam(heads, { ...deciding, most: 1 }).team
}

function described(decided: Team, rules: TeamRules, complexity: number): string {
  const members = decided.members.map(({ role, candidate }) => `${role.name} ${candidate.id}`).join(', ')
  const calls = callsOf(procedureIn(decided, rules))
  return `complexity ${complexity.toFixed(2)}: ${decided.mode} of ${members}, ${calls} call${calls === 1 ? '' : 's'} at most`
}
