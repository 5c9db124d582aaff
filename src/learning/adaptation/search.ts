/**
 * Searches wordings of a prompt for one model on labelled examples: successive halving (Jamieson and Talwalkar 2016, arXiv
 * 1502.07943) over proposals of a model, each compared with the prompt as it was on the same examples. The winner is looked at
 * on held-out examples once, and is kept only if it is better there beyond doubt.
 */

import { type PromptVariant, unadapted, variantName } from '../../adaptation/variant.ts'
import { createBench, meanScore } from './bench.ts'
import { createBudget } from './budget.ts'
import { type Contest, findWinner, openContest, variantReports } from './contest.ts'
import type { Example } from './example.ts'
import { type Goal, isKept, readHeldOut } from './held-out.ts'
import type { AdaptationOutcome, AdaptationReport } from './report.ts'
import { splitExamples } from './split.ts'
import type { AdaptationWorld, Proposal } from './world.ts'

export type SearchOptions = {
  readonly examples: readonly Example[]
  readonly seed: string
  /** How many variants are asked for in all. */
  readonly variants: number
  /** That are tried beside those: what is in use already must not be replaced by something worse. */
  readonly known?: readonly Proposal[]
  readonly budgetUsd: number
  readonly goal: Goal
  readonly concurrency: number
  readonly signal: AbortSignal
  readonly onProgress: (label: string, done: number, total: number) => void
}

/** @throws RangeError for too few examples */
export async function searchVariants(
  options: SearchOptions,
  world: AdaptationWorld,
): Promise<AdaptationReport> {
  const parts = splitExamples(options.examples, options.seed)
  const budget = createBudget(options.budgetUsd)
  const { seed, goal, variants, known = [], concurrency, signal, onProgress } = options
  let stage = ''
  const onCall = () => onProgress(stage, budget.spentUsd(), budget.limitUsd)
  const bench = createBench({ world, budget, concurrency, signal, onCall })
  const onStage = (label: string) => {
    stage = label
    onCall()
  }
  const contest = openContest({ bench, budget, world, parts, goal, variants, known, signal, onStage })
  const outcome = await decide(contest)
  return {
    outcome,
    goal: goal.kind,
    seed,
    parts: {
      search: parts.search.length,
      selection: parts.selection.length,
      heldOut: parts.heldOut.length,
    },
    baseScore: meanScore(bench, unadapted, parts.search),
    variants: variantReports(contest),
    refusedProposals: contest.refused,
    problems: contest.problems,
    calls: bench.calls(),
    failedCalls: bench.failures(),
    spentUsd: budget.spentUsd(),
    limitUsd: budget.limitUsd,
  }
}

async function decide(contest: Contest): Promise<AdaptationOutcome> {
  const found = await findWinner(contest)
  if (found.kind !== 'winner') return found
  contest.onStage('held-out examples')
  return heldOutOutcome(contest, found.variant)
}

/** The one look at the held-out part. One that could not be finished decides nothing. */
async function heldOutOutcome(
  { bench, parts: { heldOut }, goal }: Contest,
  variant: PromptVariant,
): Promise<AdaptationOutcome> {
  const end = await bench.run([unadapted, variant], heldOut, 0)
  if (end === 'unaffordable')
    return stoppedBy('budget', 'The budget ran out before the held-out examples had been answered.')
  if (end === 'interrupted')
    return stoppedBy('interrupted', 'Interrupted before the held-out examples had been answered.')
  const reading = readHeldOut(bench, variant, heldOut)
  return {
    kind: isKept(reading, goal) ? 'kept' : 'rejected',
    variant: variantName(variant),
    heldOut: reading,
  }
}

const stoppedBy = (because: 'budget' | 'interrupted', message: string): AdaptationOutcome => ({
  kind: 'stopped',
  because,
  message,
})
