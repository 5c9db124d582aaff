import { expect, test } from 'vitest'
import { normal, seededDraw } from '../../../domain/random.ts'
import { factorisedLogOdds } from '../../../estimate/quality/matrix-factorisation.ts'
import type { Battle } from './battles.ts'
import { createTrainer } from './fit-matrix-factorisation.ts'
import type { EncodedPrompts } from './pairs.ts'

const size = 60
const draw = seededDraw('prompts')
const prompts: EncodedPrompts = {
  // Far from standard, and with a number that never changes.
  encodings: Float32Array.from({ length: 3 * size }, (_, at) => (at % 3 === 2 ? 7 : 40 + 5 * normal(draw))),
  vectors: new Float32Array(size),
  chars: new Array<number>(size).fill(10),
  questions: Array.from({ length: size }, (_, prompt) => String(prompt)),
}
const battles = Array.from(
  { length: size },
  (_, prompt): Battle => ({
    prompt,
    first: 0,
    second: 1,
    share: prompts.encodings[3 * prompt]! > 40 ? 1 : 0,
  }),
)
const options = { rank: 3, learningRate: 0.01, decay: 1e-3, batch: 16, noise: 0.3, seed: 'test' }
const encoding = (prompt: number) => prompts.encodings.slice(3 * prompt, 3 * prompt + 3)

test('before the first epoch the predictions are nearly those of the ratings', () => {
  const { logOdds } = createTrainer(battles, Float64Array.of(0.8, -0.8), prompts, options)
  for (let prompt = 0; prompt < size; prompt++) {
    const [a, b] = logOdds(prompt)
    expect(Math.abs(a! - b! - 1.6)).toBeLessThan(0.2)
  }
})

test('the weights that are served give over encodings as they come what training gave over standardised ones', () => {
  const { epoch, logOdds, weights } = createTrainer(battles, Float64Array.of(0, 0), prompts, options)
  for (let count = 0; count < 5; count++) epoch()
  for (const prompt of [0, 17, 59]) {
    const served = factorisedLogOdds(weights(), encoding(prompt))
    logOdds(prompt).forEach((delta, model) => {
      expect(served[model]).toBeCloseTo(delta, 4)
    })
  }
})

test('training follows the winners, and leaves the encodings that it was given as they were', () => {
  const before = prompts.encodings.slice()
  const { epoch, logOdds } = createTrainer(battles, Float64Array.of(0, 0), prompts, options)
  for (let count = 0; count < 60; count++) epoch()
  const right = battles.filter(({ prompt, share }) => {
    const [a, b] = logOdds(prompt)
    return a! > b! === (share === 1)
  })
  expect(right.length).toBeGreaterThan(0.9 * size)
  expect(prompts.encodings).toEqual(before)
})

test('ties hold two models together', () => {
  const ties = battles.map((battle) => ({ ...battle, share: 0.5 }))
  const { epoch, logOdds } = createTrainer(ties, Float64Array.of(0.5, -0.5), prompts, options)
  for (let count = 0; count < 100; count++) epoch()
  const [a, b] = logOdds(0)
  expect(Math.abs(a! - b!)).toBeLessThan(0.3)
})
