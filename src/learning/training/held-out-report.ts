import type { HeldOutFigures, ModelFigures, TrainingReport } from '../../estimate/training-report.ts'
import { quantile } from '../evaluation/bootstrap.ts'
import { calibration } from '../evaluation/calibration.ts'
import type { Example } from './corpus.ts'

/** One outcome of a prompt, or what is predicted of it. */
type Cell = { readonly model: string; readonly length: number; readonly score: number }

/** `predicted`: by the router. */
type JudgedCell = Cell & { readonly predicted: number }

type Figures = Pick<TrainingReport, 'split' | 'router' | 'controls' | 'models'>

/** A group's mean counts as this many outcomes of the wider one: small groups lean on it. */
const priorCells = 20
const lengthBands = 10

/**
 * The router on the prompts kept back, beside what predicts with less: the mean of all outcomes, each model's mean, and each
 * model's mean by length of prompt, all of the prompts that were fitted.
 *
 * @param predict the calibrated probability, or null for a model that the router did not learn
 */
export function heldOutReport(
  fitted: readonly Example[],
  heldOut: readonly Example[],
  predict: (example: Example, model: string) => number | null,
): Figures {
  const cells = fitted.flatMap((example) => cellsOf(example))
  const judged = heldOut.flatMap((example) =>
    cellsOf(example).flatMap((cell): JudgedCell[] => {
      const predicted = predict(example, cell.model)
      return predicted === null ? [] : [{ ...cell, predicted }]
    }),
  )
  const baseRate = meanScore(cells)
  const byModel = groupMeans(
    cells,
    ({ model }) => model,
    () => baseRate,
  )
  const bandOf = lengthBand(cells)
  const byLength = groupMeans(cells, (cell) => `${cell.model} ${bandOf(cell)}`, byModel)
  return {
    split: { fitPrompts: fitted.length, heldOutPrompts: heldOut.length },
    router: figuresOf(judged, ({ predicted }) => predicted),
    controls: [
      { name: 'the mean of all outcomes', ...figuresOf(judged, () => baseRate) },
      { name: 'each model’s mean', ...figuresOf(judged, byModel) },
      { name: 'each model’s mean by prompt length', ...figuresOf(judged, byLength) },
    ],
    models: modelFigures(cells, judged, byModel),
  }
}

const cellsOf = ({ text, scores }: Example): Cell[] =>
  scores.map(({ model, score }) => ({ model, score, length: text.length }))

const meanScore = (cells: readonly Cell[]): number =>
  cells.length === 0 ? 0.5 : cells.reduce((sum, { score }) => sum + score, 0) / cells.length

/** Means by group, each pulled towards what a wider grouping says. */
function groupMeans(
  cells: readonly Cell[],
  keyOf: (cell: Cell) => string,
  wider: (cell: Cell) => number,
): (cell: Cell) => number {
  const sums = new Map<string, { count: number; score: number }>()
  for (const cell of cells) {
    const sum = sums.get(keyOf(cell)) ?? { count: 0, score: 0 }
    sums.set(keyOf(cell), { count: sum.count + 1, score: sum.score + cell.score })
  }
  return (cell) => {
    const { count, score } = sums.get(keyOf(cell)) ?? { count: 0, score: 0 }
    return (score + priorCells * wider(cell)) / (count + priorCells)
  }
}

function lengthBand(cells: readonly Cell[]): (cell: Cell) => number {
  const sorted = Float64Array.from(cells, ({ length }) => length).sort()
  const edges = Array.from({ length: lengthBands - 1 }, (_, band) =>
    sorted.length === 0 ? 0 : quantile(sorted, (band + 1) / lengthBands),
  )
  return ({ length }) => edges.filter((edge) => length > edge).length
}

function figuresOf(cells: readonly JudgedCell[], predict: (cell: JudgedCell) => number): HeldOutFigures {
  const checked = calibration(
    Float64Array.from(cells, predict),
    Float64Array.from(cells, ({ score }) => score),
  )
  return {
    cells: cells.length,
    logLoss: checked.logLoss,
    auroc: Number.isNaN(checked.auroc) ? null : checked.auroc,
    ece: checked.ece,
  }
}

function modelFigures(
  fitted: readonly Cell[],
  judged: readonly JudgedCell[],
  byModel: (cell: Cell) => number,
): ModelFigures[] {
  const counts = new Map<string, number>()
  for (const { model } of fitted) counts.set(model, (counts.get(model) ?? 0) + 1)
  return [...new Set(judged.map(({ model }) => model))].sort().map((model) => {
    const own = judged.filter((cell) => cell.model === model)
    return {
      model,
      fitCells: counts.get(model) ?? 0,
      heldOutCells: own.length,
      meanScore: meanScore(own),
      logLoss: figuresOf(own, ({ predicted }) => predicted).logLoss,
      logLossOfMean: figuresOf(own, byModel).logLoss,
    }
  })
}
