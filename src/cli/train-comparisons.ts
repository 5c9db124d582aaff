import type { PairwisePart } from '../estimate/router-artefact.ts'
import type { PreferenceRow } from '../learning/outcomes/preference-row.ts'
import { fitPairwise, type PairwiseReport } from '../learning/training/pairwise/fit-pairwise.ts'
import { encodePairs, type PromptReader } from '../learning/training/pairwise/pairs.ts'
import type { Progress } from './progress.ts'
import { percent, table } from './table.ts'

export type Comparisons = {
  /** `null`: there were none, or too few. */
  readonly part: PairwisePart | null
  /** What there is to say of them; '' where there were none. */
  readonly text: string
}

/** Fits RouteLLM's two estimators on the comparisons among the rows; the one that predicts held-out ones better is served. */
export function fitComparisons(
  preferences: readonly PreferenceRow[],
  reader: PromptReader,
  nameOf: (name: string) => string,
  seed: string,
  progress: Progress,
): Comparisons {
  if (preferences.length === 0) return { part: null, text: '' }
  const { pairs, prompts } = encodePairs(preferences, reader, nameOf)
  const fit = fitPairwise(pairs, prompts, { seed, onProgress: progress.step })
  if (fit.kind === 'refused')
    return {
      part: null,
      text: `Comparisons were learnt from as outcomes alone. ${fit.problem}. ${fit.remedy}`,
    }
  const { bradleyTerry, matrixFactorisation } = fit.report.figures
  const served = bradleyTerry.logLoss < matrixFactorisation.logLoss ? 'bradley-terry' : 'matrix-factorisation'
  return { part: { weights: fit.weights, served }, text: describe(fit.report, served) }
}

const titles = {
  'matrix-factorisation': 'matrix factorisation',
  'bradley-terry': 'Bradley-Terry of similar prompts',
}

function describe(report: PairwiseReport, served: PairwisePart['served']): string {
  const { matrixFactorisation, bradleyTerry, ratings, promptLength } = report.figures
  const optional = (value: number | null) => (value === null ? '-' : value.toFixed(4))
  const row = (name: string, figures: typeof ratings) => [
    name,
    figures.logLoss.toFixed(4),
    optional(figures.accuracy),
    optional(figures.auroc),
    percent(figures.calibrationError),
  ]
  return [
    `${report.pairs} comparisons (${report.ties} ties) of ${report.models.length} models on ${report.prompts} prompts; figures on ${report.judged}, each predicted by fits on the other folds`,
    table(
      [
        { title: 'predicted by' },
        { title: 'log loss', align: 'right' },
        { title: 'accuracy', align: 'right' },
        { title: 'AUROC', align: 'right' },
        { title: 'calibration error', align: 'right' },
      ],
      [
        row(titles['matrix-factorisation'], matrixFactorisation),
        row(titles['bradley-terry'], bradleyTerry),
        row('ratings alone', ratings),
        row('prompt length', promptLength),
      ],
    ),
    `The strategy threshold goes by ${titles[served]}.`,
    ...report.warnings.map((warning) => `- ${warning}`),
  ].join('\n')
}
