import { expect, test } from 'vitest'
import { constantWarning, oneModelWarning } from './constant.ts'
import { constantChoice } from './curve.ts'

const range = { from: 1, to: 3 }
const ahead = { value: 0.1, low: 0.05, high: 0.15 }
const pool = ['a', 'b']
const half = Uint16Array.from({ length: 100 }, (_, row) => row % 2)
const points = (...costs: number[]) => costs.map((costUsd) => ({ costUsd, quality: 0.5 }))

test('a router that splits the calls and beats chance is not constant, though its ends are', () => {
  const choices = [constantChoice(100, 0), half, constantChoice(100, 1)]
  expect(constantWarning({ choices, points: points(1, 2, 3), pool }, range, ahead)).toBeNull()
})

test('one model at all settings within the range is a warning', () => {
  const choices = [half, constantChoice(100, 1), constantChoice(100, 1)]
  expect(constantWarning({ choices, points: points(1, 2, 2.5), pool }, range, ahead)).toEqual({
    kind: 'one-model',
    model: 'b',
    share: 1,
  })
})

test('a router that jumps from one end to the other has no setting between, and is judged by its ends', () => {
  const choices = [constantChoice(100, 0), constantChoice(100, 1)]
  expect(constantWarning({ choices, points: points(1, 3), pool }, range, ahead)?.kind).toBe('one-model')
})

test('no better than random, or not shown to be, is a warning', () => {
  const settings = { choices: [half], points: points(2), pool }
  const close = { value: 0.01, low: -0.01, high: 0.03 }
  expect(constantWarning(settings, range, close)?.kind).toBe('no-better-than-random')
  const undefinedInterval = { value: Number.NaN, low: Number.NaN, high: Number.NaN }
  expect(constantWarning(settings, range, undefinedInterval)?.kind).toBe('no-better-than-random')
})

test('at one setting only nearly all calls to one model is a warning', () => {
  expect(oneModelWarning(half, pool)).toBeNull()
  expect(oneModelWarning(constantChoice(10, 1), pool)).toMatchObject({ model: 'b' })
})
