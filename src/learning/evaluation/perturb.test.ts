import { expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { flipRates, perturbations } from './perturb.ts'

const prompts = ["What's the capital of France?", 'Sort these words: pear, fig, banana.', 'hi']

test('perturbed prompts differ from the prompt, or have nothing to change', () => {
  for (const [name, perturb] of Object.entries(perturbations)) {
    expect(
      prompts.some((prompt) => perturb(prompt, seededDraw('p')) !== prompt),
      name,
    ).toBe(true)
  }
})

test('a choice by the first word never flips on what comes at the end', () => {
  const { byPerturbation } = flipRates(prompts, (prompt) => prompt.toLowerCase().split(/[\s:,]/)[0]!, 'p')
  expect(byPerturbation['trailing space']).toBe(0)
  expect(byPerturbation['thanks at the end']).toBe(0)
  expect(byPerturbation['please at the start']).toBe(1)
})

test('the rate over all is the mean over the kinds', () => {
  const { all, byPerturbation } = flipRates(prompts, (prompt) => String(prompt.length % 2), 'p')
  const rates = Object.values(byPerturbation)
  expect(all).toBeCloseTo(rates.reduce((sum, rate) => sum + rate, 0) / rates.length, 12)
})
