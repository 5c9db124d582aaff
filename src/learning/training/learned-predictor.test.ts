import { describe, expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { toyPrompt, toySkill } from '../../../test/support/toy-corpus.ts'
import { seededDraw } from '../../domain/random.ts'
import type { FitContext } from '../evaluation/predictor.ts'
import { createCosting } from '../outcomes/costing.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { createLearnedPredictor } from './learned-predictor.ts'

/** Easy and hard prompts, told apart by their words alone. */
function rowsOf(count: number, seed: string): OutcomeRow[] {
  const draw = seededDraw(seed)
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 2 === 0 ? 'easy' : 'hard'
    return aRow({
      prompt: toyPrompt(kind, `${seed} ${index}`),
      outcomes: {
        weak: { score: draw() < toySkill.weak[kind] ? 1 : 0, costUsd: 0.0001 },
        strong: { score: draw() < toySkill.strong[kind] ? 1 : 0, costUsd: 0.01 },
      },
    })
  })
}

const fitRows = rowsOf(240, 'fit')
const pool = ['weak', 'strong', 'unheard-of']
const context: FitContext = {
  fitRows,
  pool,
  costing: createCosting(null),
  priced: true,
  seed: 'predictor',
  onProgress: () => {},
}

describe('the learned predictor', async () => {
  const fitted = await createLearnedPredictor({ ...context, pool: ['weak', 'strong'] })
  const scoreRows = rowsOf(200, 'score')

  test('beats the mean of each model on prompts that it never saw', () => {
    fitted.predict(scoreRows[0]!)
    for (const [place, model] of ['weak', 'strong'].entries()) {
      const scores = scoreRows.map((row) => row.outcomes.get(model)!.score)
      const mean = fitRows.reduce((sum, row) => sum + row.outcomes.get(model)!.score, 0) / fitRows.length
      const squares = (predicted: (row: OutcomeRow) => number) =>
        scoreRows.reduce((sum, row, index) => sum + (predicted(row) - scores[index]!) ** 2, 0)
      const share = model === 'weak' ? 0.55 : 1.02
      expect(squares((row) => fitted.predict(row).quality[place]!)).toBeLessThan(share * squares(() => mean))
    }
  })

  test('says the same of the same row', () => {
    const [row] = scoreRows
    expect(fitted.predict(row!)).toEqual(fitted.predict({ ...row! }))
  })

  test('predicts dollars of each model', () => {
    const { costUsd } = fitted.predict(scoreRows[0]!)
    expect(costUsd[0]).toBeCloseTo(0.0001, 5)
    expect(costUsd[1]).toBeCloseTo(0.01, 3)
  })

  test('gives no dollars where the pool has no prices, and no hope to a model that was never run', async () => {
    const unpriced = await createLearnedPredictor({
      ...context,
      fitRows: fitRows.slice(0, 60),
      priced: false,
    })
    const { quality, costUsd } = unpriced.predict(scoreRows[0]!)
    expect(costUsd.length).toBe(0)
    expect(quality[2]).toBe(0)
    expect(quality[0]).toBeGreaterThan(0)
  })
})
