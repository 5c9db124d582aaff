import { describe, expect, test } from 'vitest'
import { keptCount, neededTools, selectTools } from './select-tools.ts'
import type { Ranking } from './tool-index.ts'

const ranking = (chances: readonly number[]): Ranking => ({
  order: [...chances.keys()],
  chances: Float64Array.from(chances),
  knownShare: 1,
})
const sure = ranking([0.97, 0.01, 0.01, 0.01, 0, 0, 0, 0])
const flat = ranking(new Array(8).fill(1 / 8))
const half = { kind: 'share', share: 0.5 } as const

describe('a first selection', () => {
  test('is just what was asked for where the best are clear', () => {
    expect(selectTools(sure, half)).toEqual([0, 1, 2, 3])
    expect(selectTools(sure, { kind: 'count', count: 2 })).toEqual([0, 1])
  })

  test('has a margin where the ranking is flat, and a bounded one', () => {
    expect(selectTools(flat, half)).toEqual([0, 1, 2, 3, 4])
  })
})

describe('what a later turn adds', () => {
  test('is what comes to the confidence, and a share of what was asked for at the least', () => {
    expect(neededTools(sure, half)).toEqual({ kept: [0], pressing: [0] })
    expect(neededTools(sure, { kind: 'share', share: 1 })).toEqual({ kept: [0, 1], pressing: [0] })
  })

  test('is never more than was asked for', () => {
    expect(neededTools(flat, half)).toEqual({ kept: [0, 1, 2, 3], pressing: [0, 1, 2, 3] })
  })
})

test('a tool is kept of however few, and never more than there are', () => {
  expect(keptCount({ kind: 'share', share: 0.01 }, 8)).toBe(1)
  expect(keptCount({ kind: 'count', count: 50 }, 8)).toBe(8)
  expect(keptCount({ kind: 'share', share: 0.25 }, 0)).toBe(0)
})
