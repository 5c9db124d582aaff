import { hash32 } from '../../domain/random.ts'
import type { PromptRow } from '../outcomes/outcome-row.ts'
import type { CreatePredictor, FitContext, Predictor } from './predictor.ts'

export const foldOf = (qhash: string, seed: string, folds: number): number =>
  hash32(qhash, hash32(seed)) % folds

/**
 * A predictor for rows that are all fitted on: each question is predicted by a fit on the other folds. Folds are drawn by
 * question, so that no question stands on both sides.
 */
export async function crossValidated(
  context: FitContext,
  create: CreatePredictor,
  folds: number,
): Promise<Predictor> {
  const foldOfRow = ({ qhash }: Pick<PromptRow, 'qhash'>) => foldOf(qhash, context.seed, folds)
  const predictors: Predictor[] = []
  for (let fold = 0; fold < folds; fold++) {
    predictors.push(
      await create({
        ...context,
        fitRows: context.fitRows.filter((row) => foldOfRow(row) !== fold),
        onProgress: (label, done, total) => context.onProgress(label, fold * total + done, folds * total),
      }),
    )
  }
  return { name: predictors[0]!.name, predict: (row) => predictors[foldOfRow(row)]!.predict(row) }
}
