import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import { createCosting } from '../outcomes/costing.ts'
import { fitCosts } from './fit-costs.ts'

/** The encoder of these tests: one feature, the logarithm of the length. */
const encode = (text: string) => Float32Array.of(Math.log(text.length))

const draw = seededDraw('costs')
const rows = Array.from({ length: 400 }, () => {
  const length = 10 + Math.floor(draw() * 2000)
  const noise = () => Math.exp(0.4 * normal(draw))
  return aRow({
    prompt: 'x'.repeat(length),
    outcomes: {
      cheap: { costUsd: 1e-6 * length * noise() },
      dear: { costUsd: 3e-5 * length * noise() },
      free: { costUsd: 0 },
      ...(draw() < 0.3 ? { rare: { costUsd: 0.02 } } : {}),
    },
  })
})
const predict = fitCosts(
  { fitRows: rows, pool: ['cheap', 'dear', 'free', 'rare'], costing: createCosting(null) },
  encode,
)

test('costs follow the prompt, model by model, as means and not as medians', () => {
  const mean = Math.exp(0.4 ** 2 / 2)
  for (const length of [50, 400, 1800]) {
    const [cheap, dear] = predict(encode('x'.repeat(length)))
    expect(cheap! / (1e-6 * length * mean)).toBeGreaterThan(0.8)
    expect(cheap! / (1e-6 * length * mean)).toBeLessThan(1.25)
    expect(dear! / cheap!).toBeGreaterThan(20)
    expect(dear! / cheap!).toBeLessThan(45)
  }
})

test('a model that is always free is predicted to be free', () => {
  expect(predict(encode('x'.repeat(100)))[2]).toBe(0)
})

test('a model that was run on few rows is fitted on those', () => {
  expect(predict(encode('x'.repeat(500)))[3]).toBeCloseTo(0.02, 3)
})
