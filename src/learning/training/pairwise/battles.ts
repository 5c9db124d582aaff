import type { EncodedPrompts, Pair } from './pairs.ts'

/** A pair by the places of its models. */
export type Battle = {
  readonly prompt: number
  readonly first: number
  readonly second: number
  readonly share: number
}

export type Battles = {
  /** In order of name. */
  readonly models: readonly string[]
  readonly battles: readonly Battle[]
  readonly warnings: readonly string[]
}

export type BattlesResult =
  | { readonly kind: 'battles'; readonly battles: Battles }
  | { readonly kind: 'refused'; readonly problem: string; readonly remedy: string }

const leastQuestions = 50
/** Names in one line of a warning. */
const namesShown = 12

/** Checks pairs as something to learn from, and leaves out models that were hardly ever compared. */
export function battlesOf(
  pairs: readonly Pair[],
  prompts: EncodedPrompts,
  leastBattles: number,
): BattlesResult {
  const unfit = unfitPair(pairs, prompts)
  if (unfit) return unfit
  const { kept, rare } = withoutRare(pairs, leastBattles)
  const models = [...new Set(kept.flatMap(({ first, second }) => [first, second]))].sort()
  const questions = new Set(kept.map(({ prompt }) => prompts.questions[prompt]!)).size
  if (questions < leastQuestions) {
    return refused(
      `Comparisons of models that have ${leastBattles} or more are of ${questions} questions, and training needs ${leastQuestions} at the least`,
      'Add comparisons, or route with the shipped router.',
    )
  }
  if (kept.every(({ share }) => share === 0.5)) {
    return refused(
      'All comparisons are ties, so that there is nothing to tell apart',
      'Check how winners are written.',
    )
  }
  const placeOf = new Map(models.map((model, place) => [model, place]))
  const battles = kept.map(({ prompt, first, second, share }) => ({
    prompt,
    first: placeOf.get(first)!,
    second: placeOf.get(second)!,
    share,
  }))
  const warnings = [...rareWarning(rare, leastBattles), ...apartWarning(battles, models)]
  return { kind: 'battles', battles: { models, battles, warnings } }
}

const refused = (problem: string, remedy: string): BattlesResult => ({ kind: 'refused', problem, remedy })

function unfitPair(pairs: readonly Pair[], prompts: EncodedPrompts): BattlesResult | null {
  if (!prompts.encodings.every(Number.isFinite) || !prompts.vectors.every(Number.isFinite)) {
    return refused(
      'An encoding of a prompt holds what is no number',
      'The encoder is damaged: load or train it again.',
    )
  }
  for (const { prompt, first, second, share } of pairs) {
    const pair = `The comparison of ${first} with ${second}`
    if (prompts.questions[prompt] === undefined)
      return refused(`${pair} is of a prompt that is not there`, 'Give every prompt that pairs name.')
    if (first === second) return refused(`${pair} is of one model`, 'Leave it out.')
    if (!(share >= 0 && share <= 1))
      return refused(
        `${pair} gives the first a share of ${share}`,
        'Write 1 for a win, 0.5 for a tie, 0 for a defeat.',
      )
  }
  return null
}

/** To leave out one model takes comparisons from others: so until all that are left have enough. */
function withoutRare(pairs: readonly Pair[], leastBattles: number) {
  const rare = new Map<string, number>()
  let kept = pairs
  for (;;) {
    const counts = new Map<string, number>()
    for (const { first, second } of kept) {
      counts.set(first, (counts.get(first) ?? 0) + 1)
      counts.set(second, (counts.get(second) ?? 0) + 1)
    }
    const few = [...counts].filter(([, count]) => count < leastBattles)
    if (few.length === 0) return { kept, rare }
    for (const [model, count] of few) rare.set(model, count)
    kept = kept.filter(({ first, second }) => !rare.has(first) && !rare.has(second))
  }
}

function rareWarning(rare: ReadonlyMap<string, number>, leastBattles: number): string[] {
  if (rare.size === 0) return []
  const names = [...rare].map(([model, count]) => `${model} (${count})`).sort()
  const rest = names.length - namesShown
  const listed = names.slice(0, namesShown).join(', ')
  return [
    `Fewer than ${leastBattles} comparisons, so that nothing is learnt of these: ${rest > 0 ? `${listed} and ${rest} more` : listed}.`,
  ]
}

/** Groups of models that no chain of comparisons joins have ratings that can't be set side by side. */
function apartWarning(battles: readonly Battle[], models: readonly string[]): string[] {
  const parents = models.map((_, place) => place)
  const rootOf = (place: number): number => {
    let root = place
    while (parents[root] !== root) root = parents[root]!
    parents[place] = root
    return root
  }
  for (const { first, second } of battles) parents[rootOf(first)] = rootOf(second)
  const groups = new Map<number, string[]>()
  models.forEach((model, place) => {
    const root = rootOf(place)
    groups.set(root, [...(groups.get(root) ?? []), model])
  })
  if (groups.size === 1) return []
  const named = [...groups.values()].map((group) => group.slice(0, namesShown).join(', '))
  return [
    `No chain of comparisons joins these groups, so that each is taken to be as strong as the other: ${named.join(' | ')}.`,
  ]
}

/** Sums for `solveRatings`: what the row's player has won against the column's. */
export function tally(
  battles: readonly Battle[],
  players: number,
  playerOf: (model: number) => number = (model) => model,
): Float64Array {
  const won = new Float64Array(players * players)
  for (const { first, second, share } of battles) {
    const [a, b] = [playerOf(first), playerOf(second)]
    if (a === b) continue
    won[a * players + b]! += share
    won[b * players + a]! += 1 - share
  }
  return won
}
