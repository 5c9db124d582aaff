import type { AnswerModel, Belief, Observed } from './answer-model.ts'

/** To answer with what is in hand, or to ask one more candidate first. */
export type Plan =
  | { readonly kind: 'stop'; readonly best: number; readonly value: number }
  | { readonly kind: 'ask'; readonly candidate: number; readonly value: number }

export type PlanOptions = {
  /** Value (lambda x dollars and mu x seconds) that asking each candidate costs; infinite: never asked. */
  readonly prices: readonly number[]
  /** Candidates that may be asked in all, those that have answered or failed among them. */
  readonly depth: number
  /** Whether answers to this request can be compared, so that agreement will tell. */
  readonly comparable: boolean
  /** What a check of an answer will say, if there is one. */
  readonly check: CheckQuality | null
}

/** How telling a check is: P(it passes | right) and P(it passes | wrong). */
export type CheckQuality = { readonly passesIfRight: number; readonly passesIfWrong: number }

/**
 * The plan of the highest expected value by looking ahead over what the next answers may be: each may agree with a cluster of
 * those before it or with none, and pass its check or not. Exact under the answer model up to `depth`.
 *
 *     V(seen) = max( max over run m of P(m right | seen),  max over other m of E[ V(seen + m's answer) ] - price_m )
 */
export function planAnswers(
  model: AnswerModel,
  observed: readonly Observed[],
  failed: readonly number[],
  options: PlanOptions,
): Plan {
  return bestPlan({ model, failed, options, known: new Map() }, observed, model.after(observed))
}

type Search = {
  /** Values of what may have been seen, in whatever order: the same answers come about on many ways. */
  readonly known: Map<string, { readonly value: number; readonly likelihood: number }>
  readonly model: AnswerModel
  readonly failed: readonly number[]
  readonly options: PlanOptions
}

function bestPlan(search: Search, observed: readonly Observed[], belief: Belief): Plan {
  let best = stopPlan(observed, belief)
  if (observed.length + search.failed.length >= search.options.depth) return best
  for (let candidate = 0; candidate < search.model.candidates; candidate++) {
    if (search.failed.includes(candidate) || observed.some((seen) => seen.candidate === candidate)) continue
    const price = search.options.prices[candidate]!
    // No answer is worth more than 1: what the price leaves of it bounds the plan.
    if (!(1 - price > best.value)) continue
    const value = expectedValue(search, observed, belief, candidate) - price
    if (value > best.value) best = { kind: 'ask', candidate, value }
  }
  return best
}

function stopPlan(observed: readonly Observed[], { right }: Belief): Plan {
  let best = -1
  for (const { candidate } of observed) if (best < 0 || right[candidate]! > right[best]!) best = candidate
  // With no answer in hand anything is better than to stop.
  return { kind: 'stop', best, value: best < 0 ? Number.NEGATIVE_INFINITY : right[best]! }
}

function expectedValue(
  search: Search,
  observed: readonly Observed[],
  { likelihood }: Belief,
  candidate: number,
): number {
  let value = 0
  for (const { seen, chance } of possibleAnswers(search.options, observed, candidate)) {
    const after = valueAfter(search, [...observed, seen])
    const probability = (after.likelihood * chance) / likelihood
    if (probability > 0) value += probability * after.value
  }
  return value
}

function valueAfter(
  search: Search,
  observed: readonly Observed[],
): { readonly value: number; readonly likelihood: number } {
  const key = keyOf(observed)
  let found = search.known.get(key)
  if (!found) {
    const belief = search.model.after(observed)
    found = { value: bestPlan(search, observed, belief).value, likelihood: belief.likelihood }
    search.known.set(key, found)
  }
  return found
}

/** Equal for the same answers in another order: neither belief nor value depends on it, nor on the names of clusters. */
function keyOf(observed: readonly Observed[]): string {
  const names = new Map<number, number>()
  return [...observed]
    .sort((a, b) => a.candidate - b.candidate)
    .map(({ candidate, cluster, evidence }) => {
      if (cluster !== null && !names.has(cluster)) names.set(cluster, names.size)
      return `${candidate}:${cluster === null ? '' : names.get(cluster)}:${evidence}`
    })
    .join(' ')
}

/**
 * `chance` completes the likelihood: evidence is a ratio, P(seen | right) / P(seen | wrong), and the model leaves out the
 * P(seen | wrong) that right and wrong have in common.
 */
function possibleAnswers(
  { comparable, check }: PlanOptions,
  observed: readonly Observed[],
  candidate: number,
): readonly { readonly seen: Observed; readonly chance: number }[] {
  const clusters = comparable ? clustersNext(observed) : [null]
  const checks = check ? checkResults(check) : [{ evidence: 0, chance: 1 }]
  return clusters.flatMap((cluster) =>
    checks.map(({ evidence, chance }) => ({ seen: { candidate, cluster, evidence }, chance })),
  )
}

function clustersNext(observed: readonly Observed[]): readonly number[] {
  const known = [...new Set(observed.flatMap(({ cluster }) => (cluster === null ? [] : [cluster])))]
  return [...known, Math.max(-1, ...known) + 1]
}

const checkResults = ({ passesIfRight, passesIfWrong }: CheckQuality) => [
  { evidence: Math.log(passesIfRight / passesIfWrong), chance: passesIfWrong },
  { evidence: Math.log((1 - passesIfRight) / (1 - passesIfWrong)), chance: 1 - passesIfWrong },
]
