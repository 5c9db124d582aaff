import { type PromptVariant, unadapted } from '../../adaptation/variant.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { type Bench, meanOf, type Pair, pairsOf } from './bench.ts'
import type { Example } from './example.ts'
import { betBound, lowerBound } from './paired-bound.ts'
import type { HeldOutReading } from './report.ts'

export type Goal =
  /** More right answers. */
  | { readonly kind: 'better' }
  /** Fewer output tokens, with no more than `margin` of the score lost. */
  | { readonly kind: 'cheaper'; readonly margin: number }

/** The chance that a variant is kept which is no better. */
export const keepError = 0.05

/**
 * To be cheaper a variant must pass two tests, of no loss and of fewer tokens. Each has the whole error: one that fails either
 * condition in truth passes that test, and so both, with no more than that.
 */
export function isKept(reading: HeldOutReading, goal: Goal): boolean {
  switch (goal.kind) {
    case 'better':
      return reading.lowerBound > 0
    case 'cheaper':
      return reading.lossBound > -goal.margin && reading.savingLowerBound > 0
    default:
      return unreachable(goal)
  }
}

export function readHeldOut(
  bench: Bench,
  variant: PromptVariant,
  examples: readonly Example[],
): HeldOutReading {
  const answered = examples.filter((example) => bench.tried(unadapted, example)?.kind === 'answered')
  const pairs = pairsOf(bench, variant, answered)
  const differences = pairs.map(({ difference }) => difference)
  const savings = pairs.map(({ saving }) => saving)
  const baseScore = meanOf(answered.map((example) => scoreOf(bench, unadapted, example)))
  return {
    pairs: pairs.length,
    wins: differences.filter((one) => one > 0).length,
    losses: differences.filter((one) => one < 0).length,
    baseScore,
    variantScore: baseScore + meanOf(differences),
    difference: meanOf(differences),
    lowerBound: lowerBound(differences, keepError),
    lossBound: betBound(differences, keepError),
    saving: meanOf(savings),
    savingLowerBound: betBound(savings, keepError),
  }
}

function scoreOf(bench: Bench, variant: PromptVariant, example: Example): number {
  const tried = bench.tried(variant, example)
  return tried?.kind === 'answered' ? tried.score : 0
}

/** What the search ranks by: the higher the better. One that loses too much stands behind all that do not. */
export function standing(pairs: readonly Pair[], goal: Goal): number {
  const difference = meanOf(pairs.map((pair) => pair.difference))
  switch (goal.kind) {
    case 'better':
      return difference
    case 'cheaper':
      return difference >= -goal.margin ? meanOf(pairs.map((pair) => pair.saving)) : difference - 1
    default:
      return unreachable(goal)
  }
}
