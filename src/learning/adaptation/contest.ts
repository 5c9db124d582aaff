/** The search itself: rounds over growing batches, each of which half of the variants survive, with new proposals in between. */

import { type PromptVariant, unadapted, variantName, writeVariant } from '../../adaptation/variant.ts'
import { type Bench, meanOf, meanScore, pairsOf, type RunEnd } from './bench.ts'
import type { Budget } from './budget.ts'
import type { Example } from './example.ts'
import { type Goal, standing } from './held-out.ts'
import type { AdaptationOutcome, VariantReport } from './report.ts'
import type { Parts } from './split.ts'
import type { AdaptationWorld, Failing, Proposal, Situation } from './world.ts'

export type ContestParts = {
  readonly bench: Bench
  readonly budget: Budget
  readonly world: AdaptationWorld
  readonly parts: Parts
  readonly goal: Goal
  /** How many variants are asked for in all. */
  readonly variants: number
  /** That are tried beside those. */
  readonly known: readonly Proposal[]
  readonly signal: AbortSignal
  readonly onStage: (label: string) => void
}

/** What has been proposed so far, as the search goes on. */
export type Contest = ContestParts & {
  readonly proposals: Proposal[]
  readonly problems: string[]
  readonly names: Set<string>
  refused: number
  asked: number
}

export type Searched =
  | { readonly kind: 'winner'; readonly variant: PromptVariant }
  | Exclude<AdaptationOutcome, { readonly kind: 'kept' | 'rejected' }>

type Survivors = { readonly kind: 'survivors'; readonly live: readonly PromptVariant[] }

const smallestBatch = 6
const largestFirstBatch = 24
const mostFinalists = 3
const mostFailures = 6
const mostTold = 8

export const openContest = (parts: ContestParts): Contest => ({
  ...parts,
  proposals: [],
  problems: [],
  names: new Set([variantName(unadapted)]),
  refused: 0,
  asked: 0,
})

/** The best variant by the search and the selection part, or why there is none. */
export async function findWinner(contest: Contest): Promise<Searched> {
  const begun = await begin(contest)
  const searched = begun.kind === 'survivors' ? await halve(contest, begun.live) : begun
  return searched.kind === 'survivors' ? chooseAmong(contest, searched.live) : searched
}

/** The prompt as it is, on the first batch, and the first proposals by what it got wrong there. */
async function begin(contest: Contest): Promise<Searched | Survivors> {
  const { bench, parts, signal, variants, problems } = contest
  contest.onStage('the prompt as it is')
  const batch = parts.search.slice(0, batchSizes(parts.search.length)[0])
  const end = await bench.run([unadapted], batch, keptBack(contest, []))
  if (end !== 'done') return stopped(end, 'the prompt as it is has been tried')
  const failure = onlyFailures(bench, batch)
  if (failure !== null) return { kind: 'stopped', because: 'all-failed', message: failure }
  contest.onStage('the first proposals')
  const wanted = Math.ceil(variants / 2)
  const known = taken(contest, contest.known)
  let live = await proposeMore(contest, wanted, [], batch)
  // Once more: a model that writes bad JSON does not always.
  if (live.length === 0) live = await proposeMore(contest, wanted, [], batch)
  if (live.length + known.length > 0) return { kind: 'survivors', live: [...known, ...live] }
  if (signal.aborted) return stopped('interrupted', 'there are any variants')
  const because = problems.at(-1) ?? 'The budget leaves nothing for a proposal. Raise it.'
  return { kind: 'no-variants', because }
}

async function halve(contest: Contest, first: readonly PromptVariant[]): Promise<Searched | Survivors> {
  const { bench, parts, variants } = contest
  const sizes = batchSizes(parts.search.length)
  let live = first
  for (const [round, size] of sizes.entries()) {
    const batch = parts.search.slice(0, size)
    contest.onStage(`round ${round + 1} of ${sizes.length}`)
    const end = await bench.run([unadapted, ...live], batch, keptBack(contest, live))
    if (end === 'interrupted') return stopped(end, 'the search is over')
    live = ranked(contest, live, batch).slice(0, Math.max(mostFinalists, Math.ceil(live.length / 2)))
    if (end === 'unaffordable' || round === sizes.length - 1) break
    const wanted = Math.min(variants - contest.asked, Math.ceil(variants / 4))
    if (wanted > 0) live = [...live, ...(await proposeMore(contest, wanted, live, batch))]
  }
  return { kind: 'survivors', live }
}

async function chooseAmong(contest: Contest, live: readonly PromptVariant[]): Promise<Searched> {
  const { bench, parts } = contest
  const { search, selection, heldOut } = parts
  const finalists = ranked(contest, live, search)
    .filter((variant) => standingOf(contest, variant, search) > 0)
    .slice(0, mostFinalists)
  if (finalists.length === 0) return { kind: 'nothing-better' }
  contest.onStage('choosing among the best')
  const keepUsd = bench.expectedUsd(unadapted, heldOut) + bench.expectedUsd(longestOf(finalists), heldOut)
  const end = await bench.run([unadapted, ...finalists], selection, keepUsd)
  if (end !== 'done') return stopped(end, 'one of the best has been chosen')
  const [winner] = ranked(contest, finalists, selection)
  return winner === undefined || standingOf(contest, winner, selection) < 0
    ? { kind: 'nothing-better' }
    : { kind: 'winner', variant: winner }
}

/** What choosing among finalists and the held-out part will take: the search before them may not spend it. */
function keptBack({ bench, parts: { selection, heldOut } }: Contest, live: readonly PromptVariant[]): number {
  const longest = longestOf(live)
  return (
    bench.expectedUsd(unadapted, [...heldOut, ...selection]) +
    bench.expectedUsd(longest, heldOut) +
    mostFinalists * bench.expectedUsd(longest, selection)
  )
}

/** New ones alone; none where the budget has no room for them. */
async function proposeMore(
  contest: Contest,
  wanted: number,
  live: readonly PromptVariant[],
  batch: readonly Example[],
): Promise<readonly PromptVariant[]> {
  const { world, budget, signal, problems } = contest
  const situation = situationOf(contest, wanted, live, batch)
  const mostUsd = world.mostProposalUsd(situation)
  if (signal.aborted || mostUsd + keptBack(contest, live) > budget.leftUsd() || !budget.reserve(mostUsd))
    return []
  const answer = await world.propose(situation, signal)
  budget.settle(mostUsd, answer.usd)
  contest.asked += wanted
  contest.refused += answer.refused
  if (answer.problem !== null) problems.push(answer.problem)
  return taken(contest, answer.proposals.slice(0, wanted))
}

/** Those of them that are new. */
function taken({ names, proposals }: Contest, offered: readonly Proposal[]): readonly PromptVariant[] {
  const fresh = offered.filter(({ variant }) => isNew(names, variant))
  proposals.push(...fresh)
  return fresh.map(({ variant }) => variant)
}

function situationOf(
  contest: Contest,
  wanted: number,
  live: readonly PromptVariant[],
  batch: readonly Example[],
): Situation {
  const { bench } = contest
  const ordered = ranked(contest, live, batch)
  const [leader] = ordered
  const best = leader !== undefined && standingOf(contest, leader, batch) > 0 ? leader : unadapted
  return {
    wanted,
    best,
    bestScore: meanScore(bench, best, batch) ?? 0,
    failures: failuresOf(bench, best, batch),
    tried: ordered
      .slice(0, mostTold)
      .map((variant) => ({ variant, gain: meanDifference(bench, variant, batch) })),
  }
}

const standingOf = ({ bench, goal }: Contest, variant: PromptVariant, examples: readonly Example[]): number =>
  standing(pairsOf(bench, variant, examples), goal)

const ranked = (
  contest: Contest,
  variants: readonly PromptVariant[],
  examples: readonly Example[],
): readonly PromptVariant[] =>
  variants
    .map((variant) => ({ variant, at: standingOf(contest, variant, examples), name: variantName(variant) }))
    .sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1))
    .map(({ variant }) => variant)

const longestOf = (variants: readonly PromptVariant[]): PromptVariant =>
  variants.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a), unadapted)

const lengthOf = (variant: PromptVariant): number => JSON.stringify(writeVariant(variant)).length

/** Doubling, up to all there are. */
export function batchSizes(examples: number): readonly number[] {
  const sizes: number[] = []
  const first = Math.min(largestFirstBatch, Math.max(smallestBatch, Math.ceil(examples / 8)))
  for (let size = first; size < examples; size *= 2) sizes.push(size)
  return [...sizes, examples]
}

function isNew(names: Set<string>, variant: PromptVariant): boolean {
  const name = variantName(variant)
  if (names.has(name)) return false
  names.add(name)
  return true
}

function failuresOf(bench: Bench, variant: PromptVariant, batch: readonly Example[]): readonly Failing[] {
  return batch
    .flatMap((example) => {
      const tried = bench.tried(variant, example)
      return tried?.kind === 'answered' && tried.score < 1 ? [{ example, said: tried.said }] : []
    })
    .slice(0, mostFailures)
}

/** What the first call said; `null`: one of them was answered. */
function onlyFailures(bench: Bench, batch: readonly Example[]): string | null {
  const all = batch.map((example) => bench.tried(unadapted, example))
  const [first] = all
  return first?.kind === 'failed' && all.every((one) => one?.kind === 'failed') ? first.message : null
}

const stopped = (end: Exclude<RunEnd, 'done'>, until: string): Searched =>
  end === 'interrupted'
    ? { kind: 'stopped', because: 'interrupted', message: `Interrupted before ${until}.` }
    : { kind: 'stopped', because: 'budget', message: `The budget does not last until ${until}.` }

const meanDifference = (bench: Bench, variant: PromptVariant, examples: readonly Example[]): number =>
  meanOf(pairsOf(bench, variant, examples).map(({ difference }) => difference))

/** The best first: those that came furthest, by how they did there. */
export function variantReports({ bench, parts, proposals }: Contest): readonly VariantReport[] {
  return proposals
    .map(({ variant, why }) => ({
      name: variantName(variant),
      written: writeVariant(variant),
      why,
      examples: pairsOf(bench, variant, parts.search).length,
      searchDifference: meanDifference(bench, variant, parts.search),
      selectionDifference:
        pairsOf(bench, variant, parts.selection).length === 0
          ? null
          : meanDifference(bench, variant, parts.selection),
    }))
    .sort((a, b) => depthOf(b) - depthOf(a) || b.examples - a.examples)
}

/** Differences are from -1 to 1. */
const depthOf = ({ selectionDifference, searchDifference }: VariantReport): number =>
  selectionDifference ?? searchDifference - 2
