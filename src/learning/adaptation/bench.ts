/** Puts examples to the model, each wording of each once, within the budget: what was answered before is not asked again. */

import { type PromptVariant, unadapted, variantName } from '../../adaptation/variant.ts'
import type { Budget } from './budget.ts'
import type { Example } from './example.ts'
import type { AdaptationWorld, Tried } from './world.ts'

export type BenchOptions = {
  readonly world: AdaptationWorld
  readonly budget: Budget
  readonly concurrency: number
  readonly signal: AbortSignal
  readonly onCall: (calls: number) => void
}

export type RunEnd = 'done' | 'unaffordable' | 'interrupted'

export type Bench = {
  /** `keepUsd` must be left over when it is done. */
  readonly run: (
    variants: readonly PromptVariant[],
    examples: readonly Example[],
    keepUsd: number,
  ) => Promise<RunEnd>
  /** `null`: it has not been asked. */
  readonly tried: (variant: PromptVariant, example: Example) => Tried | null
  /** What so many more answers will come to, by those that were seen; at their dearest, while those are few. */
  readonly expectedUsd: (variant: PromptVariant, examples: readonly Example[]) => number
  readonly calls: () => number
  readonly failures: () => number
}

type Asking = { readonly variant: PromptVariant; readonly example: Example }

/** A call that failed is tried once more: what fails twice is no accident of the moment. */
const mostTries = 2
const enoughSeen = 10
/** Answers differ in length, and what was seen is a sample. */
const expectationMargin = 1.25

export function createBench({ world, budget, concurrency, signal, onCall }: BenchOptions): Bench {
  const results = new Map<string, { readonly tried: Tried; readonly tries: number }>()
  let calls = 0
  let failures = 0
  let seenUsd = 0
  let seenMostUsd = 0
  const keyOf = (variant: PromptVariant, { id }: Example): string => `${variantName(variant)} ${id}`

  const isOpen = ({ variant, example }: Asking): boolean => {
    const result = results.get(keyOf(variant, example))
    return result === undefined || (result.tried.kind === 'failed' && result.tries < mostTries)
  }

  async function ask({ variant, example }: Asking): Promise<void> {
    const mostUsd = world.mostUsd(variant, example)
    const tried = await world.answer(variant, example, signal)
    budget.settle(mostUsd, tried.usd)
    const key = keyOf(variant, example)
    results.set(key, { tried, tries: (results.get(key)?.tries ?? 0) + 1 })
    calls++
    onCall(calls)
    if (tried.kind === 'failed') {
      failures++
      return
    }
    seenUsd += tried.usd
    seenMostUsd += mostUsd
  }

  /** A batch is as many as are under way at one time: all of it is set aside before any is asked. */
  async function runOnce(asked: readonly Asking[], keepUsd: number): Promise<RunEnd> {
    for (let at = 0; at < asked.length; at += concurrency) {
      if (signal.aborted) return 'interrupted'
      const batch = asked.slice(at, at + concurrency)
      const mostUsd = batch.reduce((sum, { variant, example }) => sum + world.mostUsd(variant, example), 0)
      if (mostUsd + keepUsd > budget.leftUsd() || !budget.reserve(mostUsd)) return 'unaffordable'
      await Promise.all(batch.map(ask))
    }
    return signal.aborted ? 'interrupted' : 'done'
  }

  return {
    run: async (variants, examples, keepUsd) => {
      const all = examples.flatMap((example) => variants.map((variant) => ({ variant, example })))
      for (let attempt = 0; attempt < mostTries; attempt++) {
        const end = await runOnce(all.filter(isOpen), keepUsd)
        if (end !== 'done') return end
      }
      return 'done'
    },
    tried: (variant, example) => results.get(keyOf(variant, example))?.tried ?? null,
    expectedUsd: (variant, examples) => {
      const mostUsd = examples.reduce((sum, example) => sum + world.mostUsd(variant, example), 0)
      const known = calls - failures >= enoughSeen && seenMostUsd > 0
      return known ? Math.min(mostUsd, mostUsd * (seenUsd / seenMostUsd) * expectationMargin) : mostUsd
    },
    calls: () => calls,
    failures: () => failures,
  }
}

export type Pair = { readonly difference: number; readonly saving: number }

/**
 * A variant beside the prompt as it was, example by example. Where the old prompt got no answer there is nothing to compare with;
 * where the variant got none, it was wrong: what makes calls fail must not win by it.
 */
export function pairsOf(bench: Bench, variant: PromptVariant, examples: readonly Example[]): readonly Pair[] {
  return examples.flatMap((example) => {
    const [one, base] = [bench.tried(variant, example), bench.tried(unadapted, example)]
    if (one === null || base === null || base.kind === 'failed') return []
    if (one.kind === 'failed') return [{ difference: -base.score, saving: 0 }]
    const longer = Math.max(one.outputTokens, base.outputTokens)
    return [
      {
        difference: one.score - base.score,
        saving: longer === 0 ? 0 : (base.outputTokens - one.outputTokens) / longer,
      },
    ]
  })
}

/** `null`: nothing was answered. */
export function meanScore(bench: Bench, variant: PromptVariant, examples: readonly Example[]): number | null {
  const scores = examples.flatMap((example) => {
    const tried = bench.tried(variant, example)
    return tried?.kind === 'answered' ? [tried.score] : []
  })
  return scores.length === 0 ? null : meanOf(scores)
}

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
