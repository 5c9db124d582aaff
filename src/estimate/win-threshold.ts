import type { Model } from '../domain/model.ts'
import type { Objective, WinThreshold } from '../domain/objective.ts'
import { type Router, referencePrompts } from './router.ts'

/**
 * For each of two models as the strong one, the probability of winning from which it gets its stated share of the reference
 * prompts (RouteLLM, arXiv 2406.18665: the quantile at 1 - share). Undefined for pools that are not of two, and without
 * reference prompts. Prices don't matter: what was learnt from
 * comparisons is the measure where both models were part of them, else the difference of qualities.
 */
export function winThresholds(
  pool: readonly Model[],
  router: Router,
  share: number,
): Objective['strongFrom'] | undefined {
  const [first, second, third] = pool
  if (!first || !second || third || router.artefact.reference.size === 0) return undefined
  const wins = referencePrompts(router.artefact).map((prompt) => {
    const preferred = router.wins?.(prompt)(first.id, second.id)
    if (preferred !== null && preferred !== undefined) return preferred
    const estimate = router.quality(prompt)
    return 0.5 + (estimate(first).mean - estimate(second).mean) / 2
  })
  return {
    [first.id]: thresholdFor(wins, share),
    [second.id]: thresholdFor(
      wins.map((win) => 1 - win),
      share,
    ),
  }
}

/** No probability is as high as this. */
const never = 2

/**
 * Of n values the k-th highest as threshold lets k of n through, more where values are equal; a share in between two such
 * thresholds is met in expectation by mixing them.
 */
export function thresholdFor(wins: readonly number[], share: number): WinThreshold {
  if (share <= 0) return { probability: never }
  if (share >= 1) return { probability: 0 }
  const falling = [...wins].sort((a, b) => b - a)
  let [above, shareAbove] = [never, 0]
  for (const win of new Set(falling)) {
    const through = (falling.lastIndexOf(win) + 1) / falling.length
    if (through === share) return { probability: win }
    if (through > share) {
      const mixture = { probability: above, share: (through - share) / (through - shareAbove) }
      return { probability: win, mixture }
    }
    above = win
    shareAbove = through
  }
  return { probability: 0 }
}
