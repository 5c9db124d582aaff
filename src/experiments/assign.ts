/** Which arm a request belongs to: by a hash of its unit, so that nothing has to be remembered and every process says the same. */

import type { ExperimentMark } from '../domain/decision.ts'
import type { Cohort, ExperimentDefinition } from '../domain/experiment.ts'
import { hash32 } from '../domain/random.ts'
import type { Caller } from '../domain/virtual-key.ts'
import type { ExperimentState } from './state.ts'

/** `arm`: the policy that serves it. */
export type Assignment = ExperimentMark

/**
 * What stays with one arm. A request that names no session is one by itself; where users or keys are what stays, one that has none
 * takes no part (`null`).
 */
export function unitOf(
  { by }: Pick<ExperimentDefinition, 'by'>,
  caller: Caller,
  conversation: string | null,
  request: string,
): string | null {
  switch (by) {
    case 'request':
      return request
    case 'session':
      return caller.session ?? conversation ?? request
    case 'user':
      return caller.user
    case 'key':
      return caller.key
  }
}

export function belongs({ tags, users, keys, teams }: Cohort, caller: Caller): boolean {
  if (tags !== null && !tags.some((tag) => caller.tags.includes(tag))) return false
  if (users !== null && (caller.user === null || !users.includes(caller.user))) return false
  if (keys !== null && (caller.key === null || !keys.includes(caller.key))) return false
  return teams === null || (caller.team !== null && teams.includes(caller.team))
}

/** `null`: it takes no part. Once an experiment is over, all go to its winner, and take part in nothing. */
export function assign(state: ExperimentState, caller: Caller, unit: string | null): Assignment | null {
  const { definition, stages } = state
  if (state.status !== 'running' || unit === null || !belongs(definition.cohort, caller)) return null
  const stage = stages.at(-1)
  if (stage === undefined) return null
  return { id: definition.id, arm: armAt(definition, stage.shares, placeOf(definition.id, unit)), unit }
}

/** Uniform in [0, 1): two hashes of 32 bits, so that shares of a millionth can be told apart. */
export function placeOf(id: string, unit: string): number {
  const text = `${id} ${unit}`
  return (hash32(text, 1) + hash32(text, 2) / 2 ** 32) / 2 ** 32
}

/**
 * Each arm grows within a stretch of its own, so that whoever has it keeps it as a ramp goes up; where one needs more than its
 * stretch, they are laid end to end.
 */
function armAt(
  { arms, control }: ExperimentDefinition,
  shares: Readonly<Record<string, number>>,
  place: number,
): string {
  const stretch = 1 / arms.length
  const apart = arms.every(({ policy }) => (shares[policy] ?? 0) <= stretch)
  let begin = 0
  for (const [index, { policy }] of arms.entries()) {
    const share = shares[policy] ?? 0
    const from = apart ? index * stretch : begin
    if (place >= from && place < from + share) return policy
    begin += share
  }
  return control
}
