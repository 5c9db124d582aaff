import { describe, expect, test } from 'vitest'
import { toyExamples, toyNetwork, toyPrompt } from '../../../test/support/toy-corpus.ts'
import { fitNetwork, headLogOdds } from './fit-network.ts'

describe('a fitted network', () => {
  const epochs: number[] = []
  const fitted = fitNetwork(toyExamples(480), {
    network: toyNetwork,
    labelWeights: { subject: 0.3 },
    onEpoch: (epoch) => epochs.push(epoch),
  })

  test('counts the outcomes that it learnt from, and names models and classes in order', () => {
    expect(fitted.models).toEqual(['strong', 'weak'])
    expect(fitted.cells).toEqual([480, 480])
    expect(fitted.labelClasses).toEqual({ subject: ['general', 'math'] })
    expect(epochs.at(-1)).toBe(toyNetwork.epochs)
  })

  test('tells hard from easy for the weak model', () => {
    const weak = fitted.differenceOf('weak')!
    const logOdds = (kind: 'easy' | 'hard') =>
      headLogOdds(fitted.shared, weak, fitted.encode(toyPrompt(kind, 'new')))
    expect(logOdds('easy')).toBeGreaterThan(logOdds('hard') + 1)
  })

  test('has no head for a model that it never saw', () => {
    expect(fitted.differenceOf('unheard-of')).toBeNull()
  })
})
