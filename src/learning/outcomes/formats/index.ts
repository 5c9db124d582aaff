import { outcomeRows } from './outcome-rows.ts'
import { preferencePairs } from './preference-pairs.ts'
import type { RowFormat } from './row-format.ts'
import { scoreTable } from './score-table.ts'

/** In the order in which a file is tried. */
export const rowFormats: readonly RowFormat[] = [outcomeRows, preferencePairs, scoreTable]

/** The decision log is no file of rows: `decision-log.ts` reads it. */
export const decisionLogFormat = 'decisions'

export const formatNames: readonly string[] = [...rowFormats.map(({ name }) => name), decisionLogFormat]
