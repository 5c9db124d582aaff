import type { ToolCategory } from '../../domain/signals.ts'
import { logOddsOf } from '../../estimate/log-odds.ts'
import { levelOf, offsetOf, shareOf } from '../../estimate/quality/stack.ts'
import { toolCategory } from '../../signals/tool-category.ts'
import type { OutcomeRow, PromptRow } from '../outcomes/outcome-row.ts'
import { requestOf } from '../outcomes/row-request.ts'
import type { CrossFit } from './cross-fit.ts'
import type { CategorisedOutcome } from './fit-tool-categories.ts'

/** The signal, of a recorded prompt; absent: it has no tools. */
export function toolCategoryOfRow(row: Pick<PromptRow, 'prompt' | 'tools'>): {
  readonly toolCategory?: ToolCategory
} {
  const category = toolCategory(requestOf(row), row.prompt, row.prompt.length)
  return category === null ? {} : { toolCategory: category }
}

/**
 * Outcomes of rows with tools, and what the stack makes of what its members, which had no part in them, say.
 *
 * @param rows those that the first examples of the cross fit were made of, in the same order
 */
export function categorisedOutcomes(
  rows: readonly OutcomeRow[],
  { stack, rows: readings }: Pick<CrossFit, 'stack' | 'rows'>,
): readonly CategorisedOutcome[] {
  return rows.flatMap((row, index) => {
    const { toolCategory: category } = toolCategoryOfRow(row)
    const reading = readings.get(index)
    if (category === undefined || reading === undefined) return []
    const level = levelOf(stack, reading.levels)
    return reading.cells.flatMap(({ place, score, logOdds }) => {
      const model = stack.models[place]
      if (model === undefined) return []
      const mean = shareOf(stack, place, level + offsetOf(stack, place, reading.levels, logOdds))
      return [{ category, model, prompt: row.qhash, logOdds: logOddsOf(mean), score }]
    })
  })
}
