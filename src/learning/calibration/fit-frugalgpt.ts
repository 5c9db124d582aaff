/** The order and the thresholds of `frugalgpt`, from outcomes. */

/** What the models of a pool made of one question: how good, at what price, and what the scorer said of each answer. */
export type ScoredQuestion = {
  readonly quality: ArrayLike<number>
  readonly costUsd: ArrayLike<number>
  /** 0 to 1; NaN: the scorer said nothing. */
  readonly scores: ArrayLike<number>
}

export type FrugalOrder = {
  readonly order: readonly { readonly model: string; readonly accept: number }[]
  /** Means over the questions that it was fitted on, and so a little flattering. */
  readonly quality: number
  readonly costUsd: number
}

const mostModels = 3
const grid = 20

/**
 * The list of up to three models, with a threshold for each but the last, of the best mean quality whose mean cost is within
 * `budgetUsd`: FrugalGPT's problem (arXiv 2305.05176), solved by trying all of it. Thresholds are taken from quantiles of each
 * model's scores. A list whose further models mend next to nothing is passed over, as in the paper. Equal qualities go to the
 * cheaper list. `null`: no model is within the budget.
 */
export function fitFrugalGpt(
  models: readonly string[],
  questions: readonly ScoredQuestion[],
  budgetUsd: number,
): FrugalOrder | null {
  let best: FrugalOrder | null = null
  const consider = (places: readonly number[], accepts: readonly number[]) => {
    const { quality, costUsd } = outcome(places, accepts, questions)
    if (!(costUsd <= budgetUsd)) return
    if (best && (quality < best.quality || (quality === best.quality && costUsd >= best.costUsd))) return
    const order = places.map((place, stage) => ({ model: models[place]!, accept: accepts[stage] ?? 0 }))
    best = { order, quality, costUsd }
  }
  const thresholds = models.map((_, place) => quantilesOf(questions.map(({ scores }) => scores[place]!)))
  for (const places of lists(models.length)) {
    if (!mends(places, questions)) continue
    for (const accepts of combinations(places.slice(0, -1).map((place) => thresholds[place]!)))
      consider(places, accepts)
  }
  return best
}

function outcome(
  places: readonly number[],
  accepts: readonly number[],
  questions: readonly ScoredQuestion[],
): { readonly quality: number; readonly costUsd: number } {
  let [quality, costUsd] = [0, 0]
  for (const question of questions) {
    for (let stage = 0; stage < places.length; stage++) {
      const place = places[stage]!
      costUsd += question.costUsd[place]!
      // A score that is missing accepts nothing here: what would be predicted in its place is not known.
      if (stage < places.length - 1 && !(question.scores[place]! >= accepts[stage]!)) continue
      quality += question.quality[place]!
      break
    }
  }
  return { quality: quality / questions.length, costUsd: costUsd / questions.length }
}

/** A further model must be better than the one before it on this share of the questions. */
const leastMended = 0.01

const mends = (places: readonly number[], questions: readonly ScoredQuestion[]): boolean =>
  places.every((place, stage) => {
    if (stage === 0) return true
    const before = places[stage - 1]!
    const better = questions.filter(({ quality }) => quality[place]! > quality[before]!).length
    return better >= leastMended * questions.length
  })

/** Every order of one to three places. */
function lists(count: number): readonly (readonly number[])[] {
  const found: number[][] = Array.from({ length: count }, (_, place) => [place])
  for (let at = 0; at < found.length; at++) {
    const list = found[at]!
    if (list.length < mostModels)
      for (let place = 0; place < count; place++) if (!list.includes(place)) found.push([...list, place])
  }
  return found
}

function quantilesOf(scores: readonly number[]): readonly number[] {
  const sorted = scores.filter((score) => Number.isFinite(score)).sort((a, b) => a - b)
  if (sorted.length === 0) return []
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return [...new Set(Array.from({ length: grid }, (_, step) => at(step / grid)))]
}

function combinations(choices: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return choices.reduce<readonly (readonly number[])[]>(
    (found, list) => found.flatMap((start) => list.map((one) => [...start, one])),
    [[]],
  )
}
