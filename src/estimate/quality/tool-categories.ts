import { z } from 'zod'
import type { ModelId } from '../../domain/model.ts'
import { type ToolCategory, toolCategories } from '../../domain/signals.ts'
import { logOddsOf, sigmoid } from '../log-odds.ts'
import type { QualityEstimate, QualityEstimator, ReadPrompt } from './estimator.ts'

/** How models fare in kinds of tool calls, beside what is expected of them elsewise; fitted in learning/training/fit-tool-categories.ts. */
export type ToolCategoryTable = {
  readonly categories: readonly ToolCategoryRow[]
  readonly models: readonly ModelId[]
  /** Deviation, in log-odds, of models from what all share in a category: what is not known of a model without outcomes. */
  readonly spread: number
}

export type ToolCategoryRow = {
  readonly category: ToolCategory
  /** What all models share: the log-odds that are expected elsewise become slope x + intercept. */
  readonly slope: number
  readonly intercept: number
  /** By model: log-odds beyond that, and how far they may be off. */
  readonly offsets: readonly number[]
  readonly deviations: readonly number[]
}

/** A prompt, and which kind of tool call it is likely to want; absent: none. */
export type CategorisedPrompt = ReadPrompt & { readonly toolCategory?: ToolCategory | undefined }

const row = z.object({
  category: z.enum(toolCategories),
  slope: z.number().nonnegative(),
  intercept: z.number(),
  offsets: z.array(z.number()),
  deviations: z.array(z.number().nonnegative()),
})

/** Checks the part of an artefact's header, where it has one. */
export const toolCategoriesPart = z
  .object({ categories: z.array(row), models: z.array(z.string()), spread: z.number().nonnegative() })
  .refine(
    ({ categories, models }) =>
      categories.every(
        ({ offsets, deviations }) => offsets.length === models.length && deviations.length === models.length,
      ),
    'has lists that do not go with its models',
  )

/**
 * An estimator, moved where a request can call tools. With x its log-odds of model m, and c the category,
 *
 *     log-odds = slope_c x + intercept_c + offset_cm,    deviation^2 = (slope_c dev)^2 + (p (1 - p) deviation_cm)^2
 *
 * where the offset of a model that had no outcomes in training is 0, give or take the spread of models: what is said of it by
 * its descriptors stands, and moves with all models. In a category that was not learnt, nothing is moved.
 */
export function withToolCategories(inner: QualityEstimator, table: ToolCategoryTable): QualityEstimator {
  const rows = new Map(table.categories.map((one) => [one.category, one]))
  const placeOf = new Map(table.models.map((id, place) => [id, place]))
  return {
    name: `${inner.name}, by tool category`,
    read: (prompt: CategorisedPrompt) => {
      const estimate = inner.read(prompt)
      const learnt = prompt.toolCategory && rows.get(prompt.toolCategory)
      if (!learnt) return estimate
      return (model) => {
        const said = estimate(model)
        return said && moved(said, learnt, placeOf.get(model.id), table.spread)
      }
    },
  }
}

function moved(
  said: QualityEstimate,
  { slope, intercept, offsets, deviations }: ToolCategoryRow,
  place: number | undefined,
  spread: number,
): QualityEstimate {
  const offset = place === undefined ? 0 : offsets[place]!
  const mean = sigmoid(slope * logOddsOf(said.mean) + intercept + offset)
  const curve = mean * (1 - mean)
  const before = Math.max(0.02, said.mean * (1 - said.mean))
  return {
    mean,
    deviation: Math.hypot(
      (slope * said.deviation * curve) / before,
      curve * (place === undefined ? spread : deviations[place]!),
    ),
  }
}
