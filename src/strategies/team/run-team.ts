import { byQuality, type Candidate, expectedUsd } from '../../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../../domain/non-empty.ts'
import {
  askAll,
  type Call,
  type Choosing,
  forward,
  reply,
  type Turn,
  type Verdict,
} from '../../domain/strategy.ts'
import { roomChars, tokensOfChars, usdOf } from '../ensemble/call-price.ts'
import { areUnanimous, ballotsOf } from '../ensemble/ballots.ts'
import { countVotes, type Ballot } from '../ensemble/vote.ts'
import { answerAsText } from '../prompts/conversation.ts'
import { forwardRewritten } from '../prompts/forward-rewritten.ts'
import { type Contribution, stepByStepRequest, teamRequest, verdictOf } from '../prompts/team-prompt.ts'
import type { Member, Team } from './decide.ts'
import { type Procedure, procedureOf } from './modes.ts'
import type { Part } from './roles.ts'

export type TeamRules = {
  /** How often a debate and a full graph go round before the answer is written. */
  readonly rounds: number
  readonly contributionChars: number
}

/** Lets a team work. The last call streams to the client, but where the members agree beforehand. */
export function* runTeam(turn: Turn, team: Team, rules: TeamRules, why: string): Choosing {
  const procedure = procedureIn(team, rules)
  const concluding = team.members[procedure.concludes]!
  if (procedure.steps.length === 0) return alone(turn, team, concluding, why)
  let contributions: readonly Told[] = []
  for (const step of procedure.steps) {
    const said = yield* contributionsOf(
      turn,
      step.map((place) => team.members[place]!),
      partIn(team, procedure),
      contributions,
      rules,
    )
    // Where the first can't be reached, nor can the later ones, more likely than not.
    if (said.length === 0 && contributions.length === 0) break
    contributions =
      team.mode === 'debate' ? (said.length > 0 ? said : contributions) : [...contributions, ...said]
    const agreed = agreement(contributions, team.mode)
    if (agreed) return reply(agreed.candidate, agreed.answer, `${why}; ${agreed.because}`)
  }
  return concluded(turn, concluding, contributions, rules, why)
}

/** Parts go by role; a review comes to nothing before there is a solution. */
const partIn =
  ({ mode }: Team, { steps }: Procedure) =>
  (member: Member, before: readonly Told[]): Part =>
    steps.length > 0 && mode !== 'debate' && before.some(({ part }) => part === 'solve')
      ? member.role.part
      : 'solve'

type Told = Contribution & { readonly ballot: Ballot }

export function procedureIn({ mode, members }: Team, { rounds }: TeamRules): Procedure {
  const best = byQuality(members.map(({ candidate }) => candidate))[0]!
  return procedureOf(
    mode,
    members.length,
    rounds,
    members.findIndex(({ candidate }) => candidate === best),
  )
}

function alone(turn: Turn, { mode }: Team, { candidate }: Member, why: string): Verdict {
  const order = inFront(turn, candidate)
  return mode === 'chain-of-thought'
    ? forwardRewritten(order, stepByStepRequest(turn.request), why)
    : forward(order, why)
}

const inFront = ({ candidates }: Turn, first: Candidate): NonEmpty<Candidate> => [
  first,
  ...byQuality(candidates).filter((candidate) => candidate !== first),
]

function* contributionsOf(
  turn: Turn,
  members: readonly Member[],
  partOf: (member: Member, before: readonly Told[]) => Part,
  before: readonly Told[],
  { contributionChars }: TeamRules,
): Choosing<readonly Told[]> {
  const calls = members.map(({ role, candidate }): Call => {
    const part = partOf({ role, candidate }, before)
    const chars = charsFor(candidate, turn, before.length, contributionChars)
    return { candidate, request: teamRequest(turn.request, { part, role, before, contributionChars: chars }) }
  })
  if (!isNonEmpty(calls)) return []
  const results = yield* askAll(calls)
  return results.flatMap((result, place) => {
    const [ballot] = ballotsOf([result])
    if (!ballot) return []
    const member = members[place]!
    return [{ part: partOf(member, before), by: member.role.name, text: answerAsText(ballot.answer), ballot }]
  })
}

const leastChars = 100

function charsFor(candidate: Candidate, turn: Turn, contributions: number, most: number): number {
  const count = Math.max(1, contributions)
  return Math.max(
    leastChars,
    Math.floor(roomChars(candidate, turn.signals.inputTokens, most * count) / count),
  )
}

type Agreed = Pick<Ballot, 'candidate' | 'answer'> & { readonly because: string }

/** All who debate came to one answer, or all who reviewed it hold it to be sound: what would be written is there already. */
function agreement(contributions: readonly Told[], mode: Team['mode']): Agreed | null {
  const solutions = contributions.filter(({ part }) => part === 'solve').map(({ ballot }) => ballot)
  const reviews = contributions.filter(({ part }) => part === 'review')
  if (mode === 'debate' && isNonEmpty(solutions) && areUnanimous(solutions)) {
    const { candidate, answer } = countVotes(solutions, 0.5).winner
    return { candidate, answer, because: `all ${solutions.length} came to one answer` }
  }
  const [solution] = solutions
  if (mode !== 'reflection' || !solution || !isNonEmpty(reviews)) return null
  if (!reviews.every(({ text }) => verdictOf(text) === 'sound')) return null
  const { candidate, answer } = solution
  return {
    candidate,
    answer,
    because: `${reviews.length === 1 ? 'the review found' : `${reviews.length} reviews found`} it sound`,
  }
}

function concluded(
  turn: Turn,
  { role, candidate }: Member,
  contributions: readonly Told[],
  rules: TeamRules,
  why: string,
): Verdict {
  const order = inFront(turn, candidate)
  if (contributions.length === 0)
    return forward(order, `${why}; nobody contributed, and ${candidate.id} answers alone`)
  const chars = charsFor(candidate, turn, contributions.length, rules.contributionChars)
  return forwardRewritten(
    order,
    teamRequest(turn.request, { part: 'conclude', role, before: contributions, contributionChars: chars }),
    `${why}; ${candidate.id} concludes from ${contributions.length} contribution${contributions.length === 1 ? '' : 's'}`,
  )
}

/** What the whole work will cost at most; infinite where a price is unknown. */
export function teamUsd(team: Team, rules: TeamRules): number {
  const { steps, concludes } = procedureIn(team, rules)
  let usd = 0
  let seen = 0
  const call = ({ candidate }: Member) => {
    const each = Math.min(tokensOfChars(rules.contributionChars), candidate.outputTokens.mean)
    return expectedUsd(candidate) + usdOf(candidate, seen * each, 0)
  }
  for (const step of steps) {
    for (const place of step) usd += call(team.members[place]!)
    seen = team.mode === 'debate' ? step.length : seen + step.length
  }
  return usd + call(team.members[concludes]!)
}
