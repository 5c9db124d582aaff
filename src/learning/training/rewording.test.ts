import { expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { perturbations } from '../evaluation/perturb.ts'
import { reword } from './rewording.ts'

const text = 'Explain, please, why the northern forests grow slowly. Is it the weather?'
const rewordings = Array.from({ length: 500 }, (_, seed) => reword(text, seededDraw(`${seed}`)))

test('the same draw gives the same rewording', () => {
  expect(reword(text, seededDraw('7'))).toBe(rewordings[7])
})

test('rewordings vary, and some leave the text as it is', () => {
  expect(new Set(rewordings).size).toBeGreaterThan(100)
  expect(rewordings).toContain(text)
})

test('what is asked stays: nearly all words are still there', () => {
  const words = text.toLowerCase().match(/\p{L}+/gu)!
  for (const changed of rewordings) {
    const left = new Set(changed.toLowerCase().match(/\p{L}+/gu))
    expect(words.filter((word) => left.has(word)).length).toBeGreaterThanOrEqual(words.length - 6)
  }
})

test('none is a change that stability is measured by', () => {
  const measured = Object.values(perturbations).map(({ perturb }) => perturb(text, seededDraw('p')))
  const all = new Set(rewordings)
  for (const perturbed of measured) if (perturbed !== text) expect(all.has(perturbed)).toBe(false)
})

test.each(['', ' ', '👍', '你好'])('a text of few letters comes to no harm: %j', (short) => {
  for (let seed = 0; seed < 50; seed++)
    expect(reword(short, seededDraw(`${seed}`)).toLowerCase()).toContain(short.trim())
})
