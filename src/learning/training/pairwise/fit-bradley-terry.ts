import { seededDraw, shuffle } from '../../../domain/random.ts'
import { ratingDeviations, solveRatings } from '../../../estimate/quality/pairwise-ratings.ts'
import { halfPoints, type StoredBattles } from '../../../estimate/quality/pairwise-weights.ts'
import { quantiseRows } from '../../../estimate/quantise.ts'
import { type Battle, tally } from './battles.ts'
import type { EncodedPrompts } from './pairs.ts'
import { tiersOf } from './tiers.ts'

/** Ratings of models on an arena differ by some units of log-odds. */
const ratingVariance = 2

export type Ratings = { readonly ratings: Float64Array; readonly deviations: Float64Array }

/** Ratings over all prompts. */
export function fitRatings(battles: readonly Battle[], models: number): Ratings {
  const won = tally(battles, models)
  const prior = { centre: new Float64Array(models), variance: ratingVariance }
  const ratings = solveRatings(won, prior)
  return { ratings, deviations: ratingDeviations(won, ratings, prior) }
}

export type BradleyTerryOptions = {
  readonly gamma: number
  readonly priorVariance: number
  /** Models stand alone up to this many, and in as many tiers beyond. */
  readonly mostTiers: number
  /** A request's work is in proportion to the prompts stored: beyond this many a sample of them is. */
  readonly mostPrompts: number
  readonly seed: string
}

/** Battles of one prompt; more are split over copies of the prompt, for the count is stored in a byte. */
const mostPerPrompt = 255

/** Nothing is fitted but tiers and their ratings over all prompts: the battles themselves are the weights. */
export function fitBradleyTerry(
  battles: readonly Battle[],
  ratings: Float64Array,
  { vectors, questions }: EncodedPrompts,
  { gamma, priorVariance, mostTiers, mostPrompts, seed }: BradleyTerryOptions,
): StoredBattles {
  const tiers = tiersOf(ratings, mostTiers)
  const count = Math.max(...tiers) + 1
  const tierRatings = solveRatings(
    tally(battles, count, (model) => tiers[model]!),
    { centre: tierMeans(ratings, tiers, count), variance: ratingVariance },
  )
  const kept = storedPrompts(battles, tiers, mostPrompts, seed)
  const dims = vectors.length / questions.length
  const rows = new Float32Array(kept.length * dims)
  kept.forEach(({ prompt }, row) => {
    rows.set(vectors.subarray(prompt * dims, (prompt + 1) * dims), row * dims)
  })
  return {
    gamma,
    priorVariance,
    tiers,
    offsets: Float32Array.from(ratings, (rating, model) => rating - tierRatings[tiers[model]!]!),
    tierRatings: Float32Array.from(tierRatings),
    prompts: quantiseRows(rows, dims),
    battleCounts: Uint8Array.from(kept, (prompt) => prompt.battles.length),
    battles: Uint8Array.from(
      kept.flatMap((prompt) =>
        prompt.battles.flatMap(({ first, second, share }) => [
          tiers[first]!,
          tiers[second]!,
          Math.round(share * halfPoints.win),
        ]),
      ),
    ),
  }
}

function tierMeans(ratings: Float64Array, tiers: Uint8Array, count: number): Float64Array {
  const sums = new Float64Array(count)
  const sizes = new Float64Array(count)
  ratings.forEach((rating, model) => {
    sums[tiers[model]!]! += rating
    sizes[tiers[model]!]! += 1
  })
  return sums.map((sum, tier) => sum / sizes[tier]!)
}

type StoredPrompt = { readonly prompt: number; readonly battles: Battle[] }

/** Battles within a tier say nothing of tiers. */
function storedPrompts(
  battles: readonly Battle[],
  tiers: Uint8Array,
  most: number,
  seed: string,
): readonly StoredPrompt[] {
  const byPrompt = new Map<number, Battle[]>()
  for (const battle of battles) {
    if (tiers[battle.first] === tiers[battle.second]) continue
    const list = byPrompt.get(battle.prompt)
    if (list) list.push(battle)
    else byPrompt.set(battle.prompt, [battle])
  }
  const all = [...byPrompt].flatMap(([prompt, list]) =>
    Array.from({ length: Math.ceil(list.length / mostPerPrompt) }, (_, part) => ({
      prompt,
      battles: list.slice(part * mostPerPrompt, (part + 1) * mostPerPrompt),
    })),
  )
  return all.length <= most ? all : shuffle(seededDraw(`${seed} stored prompts`), all).slice(0, most)
}
