import { createRouter } from '../../estimate/router.ts'
import { artefactPredictor } from '../evaluation/artefact-predictor.ts'
import type { CreatePredictor } from '../evaluation/predictor.ts'
import { trainRouter, type TrainingInput } from './train-router.ts'

/**
 * Trains an artefact on the fit rows, as `fairlead train` does, and predicts with it as the gateway would. Outcomes of the
 * models left out are taken away first: those are then placed by what the catalogue says of them.
 */
export const artefactTrainer =
  (
    input: Pick<TrainingInput, 'identify' | 'catalogue' | 'network'>,
    leftOut: readonly string[] = [],
  ): CreatePredictor =>
  (context) => {
    const idOf = (name: string): string => input.identify(name)?.id ?? name
    const gone = new Set(leftOut.map(idOf))
    const rows = context.fitRows.flatMap((row) => {
      const outcomes = new Map([...row.outcomes].filter(([name]) => !gone.has(idOf(name))))
      return outcomes.size === 0 ? [] : [{ ...row, outcomes }]
    })
    const artefact = trainRouter({
      ...input,
      rows,
      texts: {},
      name: 'fitted here',
      command: 'fairlead eval',
      network: { ...input.network, seed: context.seed },
      onProgress: context.onProgress,
    })
    return artefactPredictor(createRouter(artefact), input.identify)(context)
  }
