import { hash32 } from '../../domain/random.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'

export type Splits = {
  readonly fitName: string
  readonly scoreName: string
  readonly fitRows: readonly OutcomeRow[]
  readonly scoreRows: readonly OutcomeRow[]
  readonly notes: readonly string[]
}

export type SplitResult =
  | { readonly kind: 'split'; readonly splits: Splits }
  | { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }

/** One question in this many is scored where the data has no split of its own for it. */
const oneIn = 7

/** Rows to fit on and rows to score on, with no question on both sides. */
export function splitRows(rows: readonly OutcomeRow[], fitName: string, scoreName: string): SplitResult {
  const fit = rows.filter(({ split }) => split === fitName)
  const scored = rows.filter(({ split }) => split === scoreName)
  if (fit.length > 0 && scored.length > 0) {
    return { kind: 'split', splits: apart(fit, scored, fitName, scoreName) }
  }
  const names = [...new Set(rows.map(({ split }) => split))].sort()
  // Data with a single split is carved; where there are others to score on, a name that none has is a slip.
  if (fit.length > 0 && names.length === 1) {
    return { kind: 'split', splits: carvedOut(fit, fitName, scoreName) }
  }
  return {
    kind: 'impossible',
    problem: `No row has the split ${fit.length === 0 ? fitName : scoreName}`,
    remedy: `The splits are: ${names.join(', ')}. Name them with --fit-split and --score-split.`,
  }
}

function apart(fit: OutcomeRow[], scored: OutcomeRow[], fitName: string, scoreName: string): Splits {
  if (fitName === scoreName) return carvedOut(fit, fitName, scoreName)
  const questions = new Set(scored.map(({ qhash }) => qhash))
  const fitRows = fit.filter(({ qhash }) => !questions.has(qhash))
  const shared = fit.length - fitRows.length
  const notes =
    shared > 0 ? [`${shared} ${fitName} rows ask a question that is scored too: they were not fitted.`] : []
  return { fitName, scoreName, fitRows, scoreRows: scored, notes }
}

function carvedOut(rows: OutcomeRow[], fitName: string, scoreName: string): Splits {
  const isScored = ({ qhash }: OutcomeRow) => hash32(qhash, 7) % oneIn === 0
  const why = fitName === scoreName ? 'Fit and score split are one' : `No row has the split ${scoreName}`
  return {
    fitName,
    scoreName: `1/${oneIn} of ${fitName}`,
    fitRows: rows.filter((row) => !isScored(row)),
    scoreRows: rows.filter(isScored),
    notes: [`${why}: one ${fitName} question in ${oneIn}, by its hash, is scored and not fitted.`],
  }
}
