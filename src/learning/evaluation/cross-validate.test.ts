import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { createCosting } from '../outcomes/costing.ts'
import { crossValidated } from './cross-validate.ts'

test('every question is predicted by a fit that has not seen it', async () => {
  const rows = Array.from({ length: 60 }, (_, index) =>
    aRow({ id: `r${index}`, qhash: `question ${index % 20}` }),
  )
  const seen: ReadonlySet<string>[] = []
  const context = {
    fitRows: rows,
    pool: ['small'],
    costing: createCosting(null),
    priced: false,
    seed: 'x',
    onProgress: () => {},
  }
  const predictor = await crossValidated(
    context,
    ({ fitRows }) => {
      const questions = new Set(fitRows.map(({ qhash }) => qhash))
      seen.push(questions)
      return {
        name: 'spy',
        predict: ({ qhash }) => ({ quality: [questions.has(qhash) ? 1 : 0], costUsd: [] }),
      }
    },
    4,
  )
  expect(rows.map((row) => predictor.predict(row).quality[0])).toEqual(rows.map(() => 0))
  expect(seen).toHaveLength(4)
  expect(seen.every(({ size }) => size > 0 && size < 20)).toBe(true)
})
