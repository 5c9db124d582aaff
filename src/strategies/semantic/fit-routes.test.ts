import { describe, expect, test } from 'vitest'
import { bestRoute, fitRoutes, scoresOf } from './fit-routes.ts'
import { routeIndex } from './route-index.ts'

/** Texts that begin with a letter lie in its direction, the number after it a little to the side. */
function vectorOf(text: string): Float32Array | null {
  const [, letter, aside] = /^([abc])(\d)/.exec(text) ?? []
  if (letter === undefined) return null
  const vector = new Float32Array(6)
  vector['abc'.indexOf(letter)] = 1
  vector[3 + 'abc'.indexOf(letter)] = Number(aside) / 20
  const norm = Math.hypot(...vector)
  return vector.map((value) => value / norm)
}

const routes = ['a', 'b', 'c'].map((letter) => ({
  utterances: [`${letter}1 one`, `${letter}2 two`, `${letter}3 three`],
}))

describe('an index of routes', () => {
  test('is near by the two nearest utterances and, in words, a third by all of them', () => {
    const index = routeIndex([{ utterances: ['x y', 'x', 'z'] }, { utterances: ['w'] }], () => null)
    const { dense, sparse } = index.nearness({ text: 'x', vector: null })
    const alone = routeIndex(
      [{ utterances: ['x y'] }, { utterances: ['x'] }, { utterances: ['z'] }, { utterances: ['w'] }],
      () => null,
    )
    const [first, second] = alone.nearness({ text: 'x', vector: null }).sparse
    expect(dense).toBeNull()
    expect(sparse[0]).toBeCloseTo((first! + second!) / 3 + (first! + second!) / 9, 6)
    expect(sparse[1]).toBe(0)
  })

  test('leaves an utterance out of its own route, and one that stands alone leaves nothing', () => {
    const index = routeIndex([{ utterances: ['a1 same'] }, { utterances: ['b1 same', 'b2 same'] }], vectorOf)
    expect(index.nearnessWithout(0).sparse[0]).toBe(0)
    expect(index.nearnessWithout(0).dense![0]).toBe(0)
    const whole = index.nearness({ text: 'b1 same', vector: vectorOf('b1 same') })
    expect(index.nearnessWithout(1).dense![1]).toBeLessThan(whole.dense![1]!)
  })

  test('has no cosines of a vector of another length, or of a text that was not read', () => {
    const index = routeIndex(routes, vectorOf)
    expect(index.dims).toBe(6)
    expect(index.nearness({ text: 'a', vector: new Float32Array(5) }).dense).toBeNull()
    expect(index.nearness({ text: 'a', vector: null }).dense).toBeNull()
    expect(routeIndex([{ utterances: ['nothing'] }], vectorOf).dims).toBe(0)
  })

  test('gives the cosines that it should, whatever the number of dimensions', () => {
    for (const dims of [1, 3, 4, 7, 8]) {
      const ones = new Float32Array(dims).fill(1 / Math.sqrt(dims))
      const index = routeIndex([{ utterances: ['t'] }], () => ones)
      expect(index.nearness({ text: '', vector: ones }).dense![0]).toBeCloseTo(1, 5)
    }
  })
})

describe('what is fitted on utterances', () => {
  test('is that vectors decide where only they tell routes apart', () => {
    const { hybrid } = fitRoutes(routeIndex(routes, vectorOf), {
      denseShare: null,
      outOfScope: [],
      caution: 0.5,
    })
    expect(hybrid!.denseShare).toBeGreaterThan(0.3)
  })

  test('is that words decide where vectors are all the same', () => {
    const same = new Float32Array([1, 0])
    const words = [
      { utterances: ['refund money', 'refund order', 'refund now'] },
      { utterances: ['card lost', 'card stolen', 'card gone'] },
    ]
    const { hybrid } = fitRoutes(
      routeIndex(words, () => same),
      { denseShare: null, outOfScope: [], caution: 0.5 },
    )
    expect(hybrid!.denseShare).toBeLessThan(1)
    const index = routeIndex(words, () => same)
    const scores = scoresOf(index.nearness({ text: 'my card', vector: same }), hybrid!.denseShare)
    expect(bestRoute(scores)).toBe(1)
  })

  test('has thresholds for words alone too, and nothing for vectors where there are none', () => {
    const { hybrid, words } = fitRoutes(
      routeIndex(routes, () => null),
      { denseShare: null, outOfScope: [], caution: 0.5 },
    )
    expect(hybrid).toBeNull()
    expect(words.denseShare).toBe(0)
    expect(words.thresholds.ofRoute).toHaveLength(3)
  })

  test('is raised by strangers that come near', () => {
    const index = routeIndex(routes, vectorOf)
    const near = { text: 'else', vector: vectorOf('a9 else') }
    const fitted = (outOfScope: readonly (typeof near)[]) =>
      fitRoutes(index, { denseShare: 1, outOfScope, caution: 0.5 }).hybrid!.thresholds.overall
    expect(fitted(Array.from({ length: 20 }, () => near))).toBeGreaterThan(fitted([]))
  })

  test('is raised by caution', () => {
    const index = routeIndex(routes, vectorOf)
    const overall = (caution: number) =>
      fitRoutes(index, { denseShare: 0, outOfScope: [], caution }).words.thresholds.overall
    expect(overall(1)).toBeGreaterThanOrEqual(overall(0))
  })

  test('leaves one route to be taken, and one utterance to be enough', () => {
    const { hybrid } = fitRoutes(routeIndex([{ utterances: ['a1'] }], vectorOf), {
      denseShare: null,
      outOfScope: [],
      caution: 0.5,
    })
    expect(Number.isFinite(hybrid!.thresholds.ofRoute[0])).toBe(true)
  })
})

test('scores weigh cosines and words, and the best may leave one route out', () => {
  const near = { dense: new Float32Array([0.5, 1]), sparse: new Float32Array([1, 0]) }
  expect([...scoresOf(near, 0.25)]).toEqual([0.875, 0.25])
  expect([...scoresOf({ ...near, dense: null }, 0.25)]).toEqual([1, 0])
  expect(bestRoute(Float64Array.of(1, 3, 2))).toBe(1)
  expect(bestRoute(Float64Array.of(1, 3, 2), 1)).toBe(2)
  expect(bestRoute(Float64Array.of(1), 0)).toBe(-1)
})
