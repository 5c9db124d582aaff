import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aRouter } from '../../test/support/a-router.ts'
import { aRequest } from '../../test/support/builders.ts'
import { someText } from '../../test/support/texts.ts'
import { taskTypes } from '../domain/signals.ts'
import { readSignals } from './index.ts'

const { signals: learned } = aRouter()

test('reads all signals of a request', () => {
  const { signals } = readSignals(
    aRequest({ text: 'Write a Python function that adds two numbers.' }),
    learned,
  )
  expect(signals).toMatchObject({
    taskType: 'code',
    language: 'en',
    structure: { turns: 1, lastUserChars: 46 },
  })
  expect(signals.inputTokens).toBe(19)
})

test('signals of any text are in their ranges, alike each time, and survive JSON', () => {
  fc.assert(
    fc.property(someText(400), (text) => {
      const request = aRequest({ text })
      const { signals, vector, encoding } = readSignals(request, learned)
      expect(signals.complexity).toBeGreaterThanOrEqual(0)
      expect(signals.complexity).toBeLessThanOrEqual(1)
      expect(taskTypes).toContain(signals.taskType)
      expect(encoding.every(Number.isFinite)).toBe(true)
      const length = Math.hypot(...vector)
      expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true)
      expect(readSignals(request, learned).signals).toEqual(signals)
      expect(JSON.parse(JSON.stringify(signals))).toEqual(signals)
    }),
  )
})

test('complexity grows with what the router has learnt to be hard', () => {
  const complexity = (text: string) => readSignals(aRequest({ text }), learned).signals.complexity
  expect(complexity('word '.repeat(500))).toBeGreaterThan(complexity('word') + 0.2)
})
