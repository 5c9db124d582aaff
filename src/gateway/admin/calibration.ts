/** Whether what was predicted came true: predicted quality of the model that answered, against feedback. Pure. */

import type { Mean } from '../../domain/plane.ts'

import type { Judged } from './frontier.ts'
import { meanOf } from './mean.ts'

export type CalibrationBin = {
  /** Mean prediction of those in it, 0 to 1. */
  readonly predicted: number
  readonly from: number
  readonly to: number
  readonly observed: Mean
}

export type Calibration = {
  readonly graded: number
  /** Equally full, by rising prediction. */
  readonly bins: readonly CalibrationBin[]
  /** Observed less predicted; above 0: answers were better than was said. `null`: nothing has been graded. */
  readonly bias: Mean | null
  /** Mean distance of bins from the diagonal, weighed by how full they are. */
  readonly error: number | null
}

const mostBins = 10
/** Of fewer the mean of a bin says next to nothing. */
const fewestInBin = 5

export type Answered = Judged & { readonly model: string | null }

export function calibrationOf(answered: readonly Answered[]): Calibration {
  const graded = answered.flatMap(pairOf).sort((a, b) => a.predicted - b.predicted)
  const count = Math.min(mostBins, Math.max(1, Math.floor(graded.length / fewestInBin)))
  const bins = Array.from({ length: count }, (_, at) =>
    graded.slice(Math.round((at / count) * graded.length), Math.round(((at + 1) / count) * graded.length)),
  ).flatMap((own) => binOf(own) ?? [])
  if (bins.length === 0) return { graded: 0, bins: [], bias: null, error: null }
  return {
    graded: graded.length,
    bins,
    bias: meanOf(graded.map(({ predicted, observed }) => observed - predicted)),
    error: bins.reduce(
      (sum, { predicted, observed }) =>
        sum + (Math.abs(observed.mean - predicted) * observed.count) / graded.length,
      0,
    ),
  }
}

type Pair = { readonly predicted: number; readonly observed: number }

/** What came out of a cache is evidence for no model. */
function pairOf({ decision, score, model }: Answered): readonly Pair[] {
  if (score === null || decision.cache !== undefined) return []
  const candidate = decision.candidates.find(({ id }) => id === model)
  return candidate === undefined ? [] : [{ predicted: candidate.quality.mean, observed: score }]
}

function binOf(own: readonly Pair[]): CalibrationBin | null {
  const [first, last] = [own[0], own.at(-1)]
  if (first === undefined || last === undefined) return null
  return {
    predicted: meanOf(own.map(({ predicted }) => predicted)).mean,
    from: first.predicted,
    to: last.predicted,
    observed: meanOf(own.map(({ observed }) => observed)),
  }
}
