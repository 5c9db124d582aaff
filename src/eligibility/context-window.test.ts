import { expect, test } from 'vitest'
import { aCandidate, aModel, aRequest, aSignals } from '../../test/support/builders.ts'
import { contextWindow } from './context-window.ts'

const refuse = (inputTokens: number, maxOutputTokens: number | null = null) =>
  contextWindow.refuse(aCandidate({ model: aModel({ contextWindow: 1000, maxOutputTokens: 300 }) }), {
    request: aRequest({ sampling: { maxOutputTokens } }),
    signals: aSignals({ inputTokens }),
    needsCost: false,
    maxCostUsd: null,
  })

test('a prompt that fits is allowed, up to the error of the estimate', () => {
  expect(refuse(1000)).toBeNull()
  expect(refuse(1177)).toBeNull()
  expect(refuse(1178)).toBe('about 1178 tokens are over its window of 1000')
})

test('the answer that is asked for must fit too', () => {
  expect(refuse(900, 200)).toBeNull()
  expect(refuse(1000, 151)).toBe('about 1151 tokens are over its window of 1000')
})

test('no more than the model can write is set aside for the answer', () => {
  expect(refuse(800, 100_000)).toBeNull()
  expect(refuse(830, 100_000)).toContain('about 1130 tokens')
})
