import { describe, expect, it } from 'vitest'
import { abilitiesOf, effortFor } from './model-abilities.ts'

describe('what a model takes', () => {
  it.each([
    // name, prefill, budget, adaptive, sampling fields, efforts
    ['claude-3-5-haiku-20241022', true, false, false, 2, 0],
    ['claude-3-7-sonnet-latest', true, true, false, 2, 0],
    ['claude-opus-4-20250514', true, true, false, 2, 0],
    ['claude-opus-4-1-20250805', true, true, false, 1, 0],
    ['claude-haiku-4-5-20251001', true, true, false, 1, 0],
    ['claude-opus-4-5-20251101', true, true, false, 1, 3],
    ['anthropic.claude-opus-4-6-v1', false, true, true, 1, 4],
    ['claude-sonnet-4.6', false, true, true, 1, 4],
    ['claude-opus-4-7', false, false, true, 0, 5],
    ['claude-opus-5', false, false, true, 0, 5],
    ['claude-haiku-5-5', false, false, true, 0, 5],
    ['claude-opus-4-10', false, false, true, 0, 5],
  ] as const)('%s', (model, prefill, thinkingBudget, adaptiveThinking, samplingFields, efforts) => {
    const abilities = abilitiesOf(model)
    expect(abilities).toMatchObject({
      known: true,
      prefill,
      thinkingBudget,
      adaptiveThinking,
      samplingFields,
    })
    expect(abilities.efforts).toHaveLength(efforts)
  })

  it('is all where nothing is known of it', () => {
    for (const model of ['glm-5', 'claude-latest', 'deepseek-v4'])
      expect(abilitiesOf(model)).toMatchObject({ known: false, samplingFields: 2, thinkingBudget: true })
  })

  it('does not let a model stop thinking that always thinks', () => {
    expect(abilitiesOf('claude-fable-5-1').noThinking).toBe(false)
    expect(abilitiesOf('claude-opus-5').noThinking).toBe(true)
  })

  it.each([
    ['claude-opus-5', 'xhigh', 'xhigh'],
    ['claude-opus-4-6', 'xhigh', 'high'],
    ['claude-opus-4-5', 'max', 'high'],
    ['claude-opus-5', 'minimal', 'low'],
    ['claude-haiku-4-5', 'high', null],
    ['claude-opus-5', 'enormous', null],
  ])('%s asked for effort %s gets %s', (model, effort, expected) => {
    expect(effortFor(abilitiesOf(model), effort)).toBe(expected)
  })
})
