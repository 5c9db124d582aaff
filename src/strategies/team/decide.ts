/** From features to a team: mode, number of members, their roles, and a model for each, one decision after another. */

import { expectedUsd, type Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import type { Objective } from '../../domain/objective.ts'
import type { Signals } from '../../domain/signals.ts'
import { priceOf } from '../../domain/value.ts'
import { agentCounts, type Features, requestFeatures, scoreOf, softmax, type TeamHeads } from './heads.ts'
import { partAt, sizesOf, type TeamMode, teamModes } from './modes.ts'
import { type Role, rolesFor } from './roles.ts'

export type Member = { readonly role: Role; readonly candidate: Candidate }

export type Team = { readonly mode: TeamMode; readonly members: NonEmpty<Member> }

/** One softmax: what could have been chosen, by the keys of the heads that speak for it, and what was. */
export type Decision = {
  readonly head: keyof TeamHeads
  readonly alternatives: NonEmpty<Alternative>
  readonly chosen: number
  /** Of what was chosen, by the heads that chose. */
  readonly probability: number
}

export type Alternative = { readonly keys: readonly string[]; readonly features: Features }

export type Decided = { readonly team: Team; readonly decisions: readonly Decision[] }

/** The place of one alternative, by their probabilities. */
export type Selection = (probabilities: readonly number[]) => number

/** The likeliest; of equal ones the first. */
export const likeliest: Selection = (probabilities) =>
  probabilities.reduce((best, one, place) => (one > probabilities[best]! ? place : best), 0)

export type Deciding = {
  readonly signals: Signals
  readonly candidates: NonEmpty<Candidate>
  readonly objective: Objective
  /** Members at most. */
  readonly most: number
  readonly modes: readonly TeamMode[]
}

export function decideTeam(heads: TeamHeads, deciding: Deciding, select: Selection = likeliest): Decided {
  const decisions: Decision[] = []
  const take = <Thing>(
    head: keyof TeamHeads,
    things: NonEmpty<Thing>,
    alternativeOf: (thing: Thing) => Alternative,
  ): Thing => {
    const alternatives = things.map(alternativeOf) as unknown as NonEmpty<Alternative>
    const probabilities = softmax(alternatives.map((one) => scoreWith(heads, head, one)))
    const chosen = select(probabilities)
    // Where there is nothing to choose, nothing is to be learnt.
    if (things.length > 1) decisions.push({ head, alternatives, chosen, probability: probabilities[chosen]! })
    return things[chosen]!
  }
  const asked = requestFeatures(deciding.signals)
  const mode = take('modes', modesOf(deciding), (one) => ({ keys: [one], features: asked }))
  const inMode = { ...asked, [`mode:${mode}`]: 1 }
  const count = take('agents', countsOf(mode, deciding.most), (one) => ({
    keys: [`${one}`],
    features: inMode,
  }))
  const members: Member[] = []
  for (let place = 0; place < count; place++) {
    const after = Object.fromEntries(members.map(({ role }) => [`after:${role.name}`, 1]))
    const role = take('roles', rolesAt(mode, place, deciding, members), (one) => ({
      keys: [one.name],
      features: { ...inMode, ...after },
    }))
    const concludes = place === count - 1 ? 1 : 0
    const candidate = take('models', pricedFirst(deciding), (one) => ({
      keys: ['*', one.id],
      features: {
        ...inMode,
        [`role:${role.name}`]: 1,
        concludes,
        quality: one.quality.mean,
        price: Math.min(10, priceOf(one, deciding.objective)),
      },
    }))
    members.push({ role, candidate })
  }
  return { team: { mode, members: members as unknown as NonEmpty<Member> }, decisions }
}

export const scoreWith = (heads: TeamHeads, head: keyof TeamHeads, { keys, features }: Alternative): number =>
  keys.reduce((sum, key) => sum + scoreOf(heads[head][key], features), 0)

function modesOf({ modes, most }: Deciding): NonEmpty<TeamMode> {
  const possible = teamModes.filter((mode) => modes.includes(mode) && sizesOf(mode).least <= most)
  return (possible.length > 0 ? possible : ['single']) as unknown as NonEmpty<TeamMode>
}

function countsOf(mode: TeamMode, most: number): NonEmpty<number> {
  const { least, most: useful } = sizesOf(mode)
  const counts = agentCounts.map(Number).filter((count) => count >= least && count <= Math.min(most, useful))
  return counts as unknown as NonEmpty<number>
}

/** A role stands in a team once, as long as there is another. */
function rolesAt(
  mode: TeamMode,
  place: number,
  { signals }: Deciding,
  members: readonly Member[],
): NonEmpty<Role> {
  const fitting = rolesFor(signals.taskType, partAt(mode, place))
  const free = fitting.filter((role) => !members.some((member) => member.role === role))
  return (free.length > 0 ? free : fitting) as unknown as NonEmpty<Role>
}

/** A model whose price nobody knows is no member where money counts, unless there is none else. */
function pricedFirst({ candidates, objective }: Deciding): NonEmpty<Candidate> {
  if (objective.lambda === 0) return candidates
  const priced = candidates.filter((candidate) => Number.isFinite(expectedUsd(candidate)))
  return (priced.length > 0 ? priced : candidates) as unknown as NonEmpty<Candidate>
}
