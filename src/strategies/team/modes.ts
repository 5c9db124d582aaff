import type { Part } from './roles.ts'
import { unreachable } from '../../domain/unreachable.ts'

/** How a team works together: the collaboration modes of MasRouter (arXiv 2502.11133). */
export const teamModes = ['single', 'chain-of-thought', 'chain', 'debate', 'reflection', 'full'] as const
export type TeamMode = (typeof teamModes)[number]

export const mostAgents = 6

/** Members that a mode can do with, and those that it has use for. */
export function sizesOf(mode: TeamMode): { readonly least: number; readonly most: number } {
  switch (mode) {
    case 'single':
    case 'chain-of-thought':
      return { least: 1, most: 1 }
    case 'chain':
    case 'debate':
    case 'reflection':
    case 'full':
      return { least: 2, most: mostAgents }
    default:
      return unreachable(mode)
  }
}

/** What the member at a place is for. */
export function partAt(mode: TeamMode, place: number): Part | 'any' {
  switch (mode) {
    case 'single':
    case 'chain-of-thought':
    case 'debate':
      return 'solve'
    case 'reflection':
      return place === 0 ? 'solve' : 'review'
    case 'chain':
    case 'full':
      return place === 0 ? 'solve' : 'any'
    default:
      return unreachable(mode)
  }
}

/**
 * Who contributes before the answer is written: steps of members that work side by side, each seeing what the steps before it
 * brought. `concludes` writes the answer.
 */
export type Procedure = { readonly steps: readonly (readonly number[])[]; readonly concludes: number }

/** `strongest`: the place of the member with the best model. */
export function procedureOf(mode: TeamMode, agents: number, rounds: number, strongest: number): Procedure {
  const all = Array.from({ length: agents }, (_, place) => place)
  switch (mode) {
    case 'single':
    case 'chain-of-thought':
      return { steps: [], concludes: 0 }
    case 'chain':
      return { steps: all.slice(0, -1).map((place) => [place]), concludes: agents - 1 }
    case 'debate':
      return { steps: Array.from({ length: rounds }, () => all), concludes: strongest }
    case 'reflection':
      return { steps: [[0], all.slice(1)], concludes: 0 }
    case 'full':
      return {
        steps: Array.from({ length: rounds }, () => all.map((place) => [place])).flat(),
        concludes: strongest,
      }
    default:
      return unreachable(mode)
  }
}

export const callsOf = ({ steps }: Procedure): number => 1 + steps.reduce((sum, step) => sum + step.length, 0)
