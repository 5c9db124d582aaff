import type { AnswerModel, Belief, Observed } from './answer-model.ts'
import type { Plan } from './answer-plan.ts'
import { normalDensity, normalShare } from './normal.ts'

export type SupersetOptions = {
  /** Value that asking each candidate costs; infinite: never asked. */
  readonly prices: readonly number[]
  /** Candidates that may be asked in all, those that have answered or failed among them. */
  readonly depth: number
  /** Deviation of how far the quality of a candidate that has not run will still be found to be off, 0 to 1. */
  readonly unsettled: number
}

/**
 * Cascade routing as published (Dekoninck et al., arXiv 2410.10347): the set of candidates, those that have run among them, of
 * the highest E[max quality] less the prices of those that have not; its cheapest one is asked next, and where the best set is
 * what has run, it stops. Qualities are taken as independent normals about what is believed of them now: of those that have run
 * certain, of others `unsettled`. E[max] by Clark's formula for two (1961), folded over the set, in the place of sampling.
 *
 * A candidate whose gain within a set is less than its price is never worth it in a larger one, as E[max] is submodular: such
 * sets are not gone on with.
 */
export function planSupersets(
  model: AnswerModel,
  observed: readonly Observed[],
  failed: readonly number[],
  options: SupersetOptions,
): Plan {
  const belief = model.after(observed)
  const run = observed.map(({ candidate }) => candidate)
  const room = options.depth - observed.length - failed.length
  const open = Array.from({ length: model.candidates }, (_, place) => place).filter(
    (place) => !run.includes(place) && !failed.includes(place) && Number.isFinite(options.prices[place]!),
  )
  const base = expectedMax(belief, run, options.unsettled, run)
  const best = search({ belief, run, open, room, options }, [], base, 0, { set: [], value: base })
  if (best.set.length > 0) {
    const candidate = cheapest(best.set, options.prices)
    return { kind: 'ask', candidate, value: best.value }
  }
  return {
    kind: 'stop',
    best: likeliest(belief, run),
    value: run.length > 0 ? base : Number.NEGATIVE_INFINITY,
  }
}

type Search = {
  readonly belief: Belief
  readonly run: readonly number[]
  readonly open: readonly number[]
  readonly room: number
  readonly options: SupersetOptions
}
type Found = { readonly set: readonly number[]; readonly value: number }

/** Depth first over the sets, each made in the order of `open`. */
function search(within: Search, added: readonly number[], quality: number, from: number, best: Found): Found {
  const { belief, run, open, room, options } = within
  if (added.length >= room) return best
  let found = best
  for (let index = from; index < open.length; index++) {
    const place = open[index]!
    const set = [...added, place]
    const better = expectedMax(belief, [...run, ...set], options.unsettled, run)
    // With nothing in hand any first answer is a gain.
    if (run.length + added.length > 0 && better - quality < options.prices[place]!) continue
    const value = set.reduce((sum, one) => sum - options.prices[one]!, better)
    if (value > found.value) found = { set, value }
    found = search(within, set, better, index + 1, found)
  }
  return found
}

/** Minus infinity over no candidates: anything is better than no answer. */
function expectedMax(
  { right }: Belief,
  set: readonly number[],
  unsettled: number,
  run: readonly number[],
): number {
  let [mean, variance] = [Number.NEGATIVE_INFINITY, 0]
  for (const place of set) {
    const own = right[place]!
    const ownVariance = run.includes(place) ? 0 : unsettled ** 2 * 4 * own * (1 - own)
    if (mean === Number.NEGATIVE_INFINITY) [mean, variance] = [own, ownVariance]
    else [mean, variance] = clark(mean, variance, own, ownVariance)
  }
  return mean
}

/** Mean and variance of the greater of two independent normals (Clark 1961). */
export function clark(
  mean: number,
  variance: number,
  otherMean: number,
  otherVariance: number,
): readonly [number, number] {
  const spread = Math.sqrt(variance + otherVariance)
  if (spread < 1e-9) return [Math.max(mean, otherMean), Math.min(variance, otherVariance)]
  const ahead = (mean - otherMean) / spread
  const [share, density] = [normalShare(ahead), normalDensity(ahead)]
  const first = mean * share + otherMean * (1 - share) + spread * density
  const second =
    (mean ** 2 + variance) * share +
    (otherMean ** 2 + otherVariance) * (1 - share) +
    (mean + otherMean) * spread * density
  return [first, Math.max(0, second - first ** 2)]
}

const cheapest = (set: readonly number[], prices: readonly number[]): number =>
  set.reduce((best, place) => (prices[place]! < prices[best]! ? place : best))

function likeliest({ right }: Belief, run: readonly number[]): number {
  let best = -1
  for (const place of run) if (best < 0 || right[place]! > right[best]!) best = place
  return best
}
