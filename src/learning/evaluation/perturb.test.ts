import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { flipRates, perturbations } from './perturb.ts'

const prompts = ["What's the capital of France?", 'Explain these words: pear, fig, banana.', 'hi']
const perturbed = (name: string, text: string) => perturbations[name]!.perturb(text, seededDraw('p'))

test('perturbed prompts differ from the prompt, or have nothing to change', () => {
  for (const name of Object.keys(perturbations)) {
    expect(
      prompts.some((prompt) => perturbed(name, prompt) !== prompt),
      name,
    ).toBe(true)
  }
})

test('at least half of the kinds are such that training does not rehearse them', () => {
  const kinds = Object.values(perturbations)
  expect(kinds.filter(({ rehearsed }) => !rehearsed).length).toBeGreaterThanOrEqual(kinds.length / 2)
  expect(kinds.some(({ rehearsed }) => rehearsed)).toBe(true)
})

describe('words that give way to others', () => {
  test.each([
    ['contractions', "What's up? It isn't on.", 'What is up? It is not on.'],
    ['contractions', 'What is up? I cannot say.', "What's up? I can't say."],
    ['contractions', 'Whatever is', 'Whatever is'],
    ['other instruction word', 'Explain, then find it.', 'Describe, then find it.'],
    ['other instruction word', 'Compute it; which is more?', 'Calculate it; which is more?'],
    ['emphasis', 'Do say what it is, twice', 'Do say **what** it is, twice'],
  ])('%s: %s', (name, text, changed) => {
    expect(perturbed(name, text)).toBe(changed)
  })
})

describe('flip rates', () => {
  test('a choice by the first word never flips on what comes at the end', () => {
    const { byPerturbation } = flipRates(prompts, (prompt) => prompt.toLowerCase().split(/[\s:,]/)[0]!, 'p')
    expect(byPerturbation['trailing space']).toBe(0)
    expect(byPerturbation['thanks at the end']).toBe(0)
    expect(byPerturbation['please at the start']).toBe(1)
  })

  test('are of the prompts that change', () => {
    const { byPerturbation } = flipRates(prompts, (prompt) => prompt, 'p')
    for (const rate of Object.values(byPerturbation)) expect(rate).toBe(1)
  })

  test('are 0 where no prompt changes', () => {
    expect(flipRates(['1 + 1'], (prompt) => prompt, 'p').byPerturbation.contractions).toBe(0)
  })

  test('over all, and over either group, are means over the kinds', () => {
    const found = flipRates(prompts, (prompt) => String(prompt.length % 2), 'p')
    const mean = (names: readonly string[]) =>
      names.reduce((sum, name) => sum + found.byPerturbation[name]!, 0) / names.length
    const names = Object.keys(perturbations)
    expect(found.all).toBeCloseTo(mean(names), 12)
    expect(found.rehearsed).toBeCloseTo(mean(names.filter((name) => perturbations[name]!.rehearsed)), 12)
    expect(found.fresh).toBeCloseTo(mean(names.filter((name) => !perturbations[name]!.rehearsed)), 12)
  })
})
