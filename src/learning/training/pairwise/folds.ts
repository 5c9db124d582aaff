import { seededDraw, shuffle } from '../../../domain/random.ts'
import { foldOf } from '../../evaluation/cross-validate.ts'
import type { Battle } from './battles.ts'
import { fitRatings } from './fit-bradley-terry.ts'
import type { Judged } from './pair-figures.ts'
import type { EncodedPrompts } from './pairs.ts'

/** One fold of questions: what is fitted without it, and what is judged in it. */
export type Fold = {
  readonly battles: readonly Battle[]
  readonly ratings: Float64Array
  /** Places among all that are judged. */
  readonly judged: readonly number[]
}

export type Judging = {
  readonly folds: readonly Fold[]
  readonly sample: readonly Battle[]
  readonly judge: (differences: Float64Array) => Judged
}

export function judgedBattles(
  battles: readonly Battle[],
  ratings: Float64Array,
  { questions }: EncodedPrompts,
  {
    folds: count,
    seed,
    mostJudged,
  }: { readonly folds: number; readonly seed: string; readonly mostJudged: number },
): Judging {
  const foldOfPrompt = questions.map((question) => foldOf(question, `${seed} comparisons`, count))
  const kept = sampledPrompts(battles, mostJudged, seed)
  const sample = battles
    .filter(({ prompt }) => kept.has(prompt))
    .map((battle) => strongerFirst(battle, ratings))
  const foldOfSample = sample.map(({ prompt }) => foldOfPrompt[prompt]!)
  const folds = Array.from({ length: count }, (_, fold): Fold => {
    const others = battles.filter(({ prompt }) => foldOfPrompt[prompt] !== fold)
    return {
      battles: others,
      ratings: fitRatings(others, ratings.length).ratings,
      judged: foldOfSample.flatMap((one, place) => (one === fold ? [place] : [])),
    }
  })
  const shares = Float64Array.from(sample, ({ share }) => share)
  return { folds, sample, judge: (differences) => ({ differences, shares, folds: foldOfSample }) }
}

function sampledPrompts(battles: readonly Battle[], most: number, seed: string): ReadonlySet<number> {
  const all = [...new Set(battles.map(({ prompt }) => prompt))]
  return new Set(all.length <= most ? all : shuffle(seededDraw(`${seed} judged prompts`), all).slice(0, most))
}

const strongerFirst = (battle: Battle, ratings: Float64Array): Battle =>
  ratings[battle.first]! >= ratings[battle.second]!
    ? battle
    : { prompt: battle.prompt, first: battle.second, second: battle.first, share: 1 - battle.share }

/** Differences in log-odds of every comparison judged, each by what was fitted without its fold. */
export function outOfFold(
  folds: readonly Fold[],
  sample: readonly Battle[],
  predict: (fold: Fold) => (prompt: number) => Float64Array,
): Float64Array {
  const differences = new Float64Array(sample.length)
  for (const fold of folds) {
    const logOdds = predict(fold)
    const known = new Map<number, Float64Array>()
    for (const place of fold.judged) {
      const { prompt, first, second } = sample[place]!
      const deltas = known.get(prompt) ?? logOdds(prompt)
      known.set(prompt, deltas)
      differences[place] = deltas[first]! - deltas[second]!
    }
  }
  return differences
}
