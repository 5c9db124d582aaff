import { type ModelId, modelId } from '../../domain/model.ts'
import { type ToolCategory, toolCategories } from '../../domain/signals.ts'
import { sigmoid } from '../../estimate/log-odds.ts'
import type { ToolCategoryRow, ToolCategoryTable } from '../../estimate/quality/tool-categories.ts'
import { groupBy } from '../../domain/group-by.ts'
import { type CoefficientPrior, fitMapLogisticAround } from './map-logistic.ts'

/** An outcome, and what was expected of it by estimators that it had no part in. */
export type CategorisedOutcome = {
  readonly category: ToolCategory
  readonly model: string
  /** Outcomes of one prompt bear one name: they are left out together where the spread is chosen. */
  readonly prompt: string
  readonly logOdds: number
  readonly score: number
}

/** Fewer outcomes, of all models together, tell nothing of a category. */
const fewestOutcomes = 60
/** Fewer prompts are too few to choose the spread by, and for offsets of models. */
const fewestPrompts = 20

/** Log-odds of the curve that all models share in a category. */
const curvePriors: readonly CoefficientPrior[] = [
  { mean: 1, deviation: 0.5 },
  { mean: 0, deviation: 1 },
]

/**
 * By category one curve for all models, then an offset for each, as in a hierarchical model:
 *
 *     log-odds = slope_c x + intercept_c + offset_cm,    slope ~ N(1, 0.5^2), intercept ~ N(0, 1), offset ~ N(0, spread^2)
 *
 * all by their most likely values. How much of that holds is seen on prompts left out: nothing, the curves alone, or the curves and
 * a spread of models; of these the simplest that foretells no worse than the best does, by more than the standard error of the
 * difference. `null`: nothing foretells better than what is expected without categories, or outcomes with tools are too few.
 */
export function fitToolCategories(outcomes: readonly CategorisedOutcome[]): ToolCategoryTable | null {
  const groups = groupBy(outcomes, ({ category }) => category)
  const taught = toolCategories.filter((category) => (groups.get(category)?.length ?? 0) >= fewestOutcomes)
  const known = taught.flatMap((category) => groups.get(category)!)
  const models = [...new Set(known.map(({ model }) => model))].sort().map(modelId)
  const spread = bestSpread(known, models)
  if (spread === null) return null
  const categories = taught.map((category) => {
    const own = groups.get(category)!
    return rowOf(category, own, models, sharedCurve(own), spread)
  })
  return { categories, models, spread }
}

function rowOf(
  category: ToolCategory,
  outcomes: readonly CategorisedOutcome[],
  models: readonly ModelId[],
  curve: SharedCurve,
  spread: number,
): ToolCategoryRow {
  const byModel = groupBy(outcomes, ({ model }) => model)
  const fitted = models.map((id) => fitOffset(byModel.get(id) ?? [], curve, spread))
  return {
    category,
    ...curve,
    offsets: fitted.map(({ offset }) => offset),
    deviations: fitted.map(({ deviation }) => deviation),
  }
}

type SharedCurve = { readonly slope: number; readonly intercept: number }

function sharedCurve(outcomes: readonly CategorisedOutcome[]): SharedCurve {
  const prompts = new Set(outcomes.map(({ prompt }) => prompt)).size
  const inputs = new Float64Array(2 * outcomes.length)
  outcomes.forEach(({ logOdds }, at) => {
    inputs[2 * at] = logOdds
    inputs[2 * at + 1] = 1
  })
  const [slope, intercept] = fitMapLogisticAround(
    {
      inputs,
      columns: 2,
      offsets: new Float64Array(outcomes.length),
      targets: Float64Array.from(outcomes, ({ score }) => score),
      // Models fail the same prompts: the outcomes of one are hardly worth more than a few.
      weights: new Float64Array(outcomes.length).fill(Math.sqrt(prompts / outcomes.length)),
    },
    curvePriors,
  )
  return { slope: Math.max(0, slope!), intercept: intercept! }
}

const newtonSteps = 12

/** The deviation is that of the normal curve around the most likely value (Laplace). */
function fitOffset(
  outcomes: readonly CategorisedOutcome[],
  { slope, intercept }: SharedCurve,
  spread: number,
): { readonly offset: number; readonly deviation: number } {
  if (spread === 0) return { offset: 0, deviation: 0 }
  const precision = 1 / (spread * spread)
  let [offset, curve] = [0, precision]
  for (let step = 0; step < newtonSteps; step++) {
    let gradient = -precision * offset
    curve = precision
    for (const { logOdds, score } of outcomes) {
      const share = sigmoid(slope * logOdds + intercept + offset)
      gradient += score - share
      curve += share * (1 - share)
    }
    offset += Math.max(-1, Math.min(1, gradient / curve))
  }
  return { offset, deviation: 1 / Math.sqrt(curve) }
}

/** From the simplest: `null` is what is expected without categories, 0 the curves without offsets. */
const candidates = [null, 0, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5] as const
const folds = 4

function bestSpread(outcomes: readonly CategorisedOutcome[], models: readonly ModelId[]): number | null {
  const prompts = [...new Set(outcomes.map(({ prompt }) => prompt))]
  if (prompts.length < fewestPrompts) return null
  const losses = leftOutLosses(outcomes, models, new Map(prompts.map((prompt, place) => [prompt, place])))
  const sums = losses.map((own) => own.reduce((sum, loss) => sum + loss, 0))
  const best = losses[sums.indexOf(Math.min(...sums))]!
  return candidates[losses.findIndex((own) => !clearlyMore(own, best))]!
}

/** By candidate and prompt. */
function leftOutLosses(
  outcomes: readonly CategorisedOutcome[],
  models: readonly ModelId[],
  placeOf: ReadonlyMap<string, number>,
): readonly Float64Array[] {
  const losses = candidates.map(() => new Float64Array(placeOf.size))
  for (const all of groupBy(outcomes, ({ category }) => category).values()) {
    for (let fold = 0; fold < folds; fold++) {
      const taught = all.filter(({ prompt }) => placeOf.get(prompt)! % folds !== fold)
      const leftOut = all.filter(({ prompt }) => placeOf.get(prompt)! % folds === fold)
      const curve = sharedCurve(taught)
      candidates.forEach((spread, at) => {
        const row = spread === null ? unmoved : rowOf(all[0]!.category, taught, models, curve, spread)
        const offsets = new Map<string, number>(models.map((id, place) => [id, row.offsets[place] ?? 0]))
        for (const { model, prompt, logOdds, score } of leftOut)
          losses[at]![placeOf.get(prompt)!]! += logLoss(
            sigmoid(row.slope * logOdds + row.intercept + offsets.get(model)!),
            score,
          )
      })
    }
  }
  return losses
}

const unmoved = { slope: 1, intercept: 0, offsets: [] as readonly number[] }

const logLoss = (share: number, score: number): number =>
  -score * Math.log(share + 1e-9) - (1 - score) * Math.log(1 - share + 1e-9)

/** By more than the standard error of the difference. */
function clearlyMore(losses: Float64Array, others: Float64Array): boolean {
  let [sum, squares] = [0, 0]
  losses.forEach((loss, index) => {
    const more = loss - others[index]!
    sum += more
    squares += more * more
  })
  return sum > Math.sqrt(squares)
}
