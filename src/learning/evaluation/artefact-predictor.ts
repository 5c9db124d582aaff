import type { Model } from '../../domain/model.ts'
import { undescribed } from '../../estimate/quality/undescribed.ts'
import type { Router } from '../../estimate/router.ts'
import { estimatedInputTokens, usdOf } from '../outcomes/costing.ts'
import { toolCategoryOfRow } from '../training/categorised-outcomes.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import type { CreatePredictor, FitContext } from './predictor.ts'

/**
 * A trained artefact as it is: nothing is fitted on the rows at hand. Models that it has not seen are placed by the
 * catalogue's descriptors of them; costs are its predicted output tokens at the data's prices.
 */
export const artefactPredictor =
  (router: Router, identify: (name: string) => Model | null): CreatePredictor =>
  (context) => {
    const { pool, costing, priced } = context
    const models = pool.map((name) => identify(name) ?? undescribed(name))
    const prices = pool.map((name) => costing.priceOf(name))
    const means = pool.map((name, index) => (prices[index] ? 0 : meanCost(name, context)))
    return {
      name: 'utility',
      predict: (row) => {
        const prompt = router.readText(textOfRow(row))
        const quality = router.quality({ ...prompt, ...toolCategoryOfRow(row) })
        const input = estimatedInputTokens(row) + costing.inputOverheadTokens
        return {
          quality: models.map((model) => quality(model).mean),
          costUsd: priced
            ? models.map((model, index) => {
                const price = prices[index]
                return price
                  ? usdOf(input, router.outputTokens(prompt.encoding, model).mean, price)
                  : means[index]!
              })
            : [],
        }
      },
    }
  }

/** Where dollars are on record and a price is not, the mean over the fit rows is all that can be said. */
function meanCost(name: string, { fitRows, costing }: FitContext): number {
  const costs = fitRows.flatMap((row) => costing.costOf(row, name)?.usd ?? [])
  return costs.reduce((sum, usd) => sum + usd, 0) / costs.length
}
