import { createRouter } from '../../estimate/router.ts'
import { undescribed } from '../../estimate/quality/undescribed.ts'
import type { CreatePredictor } from '../evaluation/predictor.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import { toolCategoryOfRow } from './categorised-outcomes.ts'
import { fitCosts } from './fit-costs.ts'
import { trainRouter } from './train-router.ts'

/**
 * The router that `fairlead train` would make of the fit rows and nothing else, read as the gateway reads it: no figure rests
 * on rows that a shipped artefact may have seen, nor on the catalogue. Only dollars are not the served ones: where a set
 * records what calls have cost, their logarithm is regressed on the encoding.
 */
export const createLearnedPredictor: CreatePredictor = (context) => {
  const { fitRows, pool, priced, seed, onProgress } = context
  const artefact = trainRouter({
    rows: fitRows,
    texts: {},
    identify: () => null,
    catalogue: [],
    name: 'fitted here',
    command: 'fairlead eval',
    network: { seed },
    // There are no descriptors to place a model by.
    enoughOutcomes: 1,
    onProgress,
  })
  const router = createRouter(artefact)
  const costs = priced ? fitCosts(context, router.signals.encode) : null
  const known = new Set<string>(artefact.models.map(({ id }) => id))
  const models = pool.map(undescribed)
  return {
    name: 'utility',
    predict: (row) => {
      const prompt = router.readText(textOfRow(row))
      const quality = router.quality({ ...prompt, ...toolCategoryOfRow(row) })
      return {
        // A model that was never run has nothing to learn from: it is given no hope.
        quality: models.map((model) => (known.has(model.id) ? quality(model).mean : 0)),
        costUsd: costs ? costs(prompt.encoding) : [],
      }
    },
  }
}
