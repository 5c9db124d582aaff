import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aModel, aTarget } from '../../../../test/support/builders.ts'
import { seededDraw } from '../../../domain/random.ts'
import { type TargetChoiceName, targetChoiceNames } from '../../../domain/vendor.ts'
import { createHealth } from '../../health/health.ts'
import { noteLatency } from '../../health/load.ts'
import { targetChoice, targetChoices } from './index.ts'
import type { KnownTarget } from './target-choice.ts'

type Trait = {
  readonly weight?: number
  readonly inFlight?: number
  readonly latencyMs?: number
  readonly usd?: number | 'unknown'
  readonly headroom?: number
}

function known(traits: readonly Trait[]): KnownTarget[] {
  const health = createHealth()
  return traits.map(({ weight = 1, inFlight = 0, latencyMs, usd = 1, headroom = 1 }, index) => {
    const prices = { input: usd, cachedRead: usd, cacheWrite: usd, output: usd }
    const target = aTarget({ baseUrl: `http://127.0.0.1:${index + 1}`, weight, model: aModel({ prices }) })
    const one = { target, health: health.of(target) }
    one.health.load.inFlight = inFlight
    one.health.load.headroom = headroom
    one.health.load.headroomUntil = 1000
    if (latencyMs !== undefined) noteLatency(one.health.load.answer, latencyMs, 1)
    return one
  })
}

/** How often each is chosen, in so many choices. */
function counts(name: TargetChoiceName, ready: readonly KnownTarget[], choices = 1000): number[] {
  const draw = seededDraw(name)
  const chosen = ready.map(() => 0)
  for (let turn = 0; turn < choices; turn++)
    chosen[targetChoice(name).choose(ready, { turn, stream: false, draw, now: 10 })]! += 1
  return chosen
}

test('the list has every name that a configuration may have, and the first is the default', () => {
  expect(targetChoices.map(({ name }) => name)).toEqual(targetChoiceNames)
  expect(targetChoice(null)).toBe(targetChoices[0])
})

describe.each(targetChoices)('$name', (choice) => {
  test('chooses one of those that are ready', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            weight: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
            inFlight: fc.nat(100),
            latencyMs: fc.nat(10_000),
            usd: fc.oneof(fc.constant('unknown' as const), fc.nat(100)),
            headroom: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          { minLength: 2, maxLength: 6 },
        ),
        fc.nat(),
        fc.string(),
        (traits, turn, seed) => {
          const ready = known(traits)
          const index = choice.choose(ready, { turn, stream: false, draw: seededDraw(seed), now: 10 })
          expect(ready[index]).toBeDefined()
        },
      ),
    )
  })
})

test('weighted: in proportion to the weights', () => {
  const [light, heavy] = counts('weighted', known([{ weight: 1 }, { weight: 3 }]), 4000)
  expect(heavy! / light!).toBeCloseTo(3, 0)
})

test('round-robin: each as often as the others', () => {
  expect(counts('round-robin', known([{}, {}, {}]), 300)).toEqual([100, 100, 100])
})

test('least-busy: the fewest calls under way, and of equals each in its turn', () => {
  expect(counts('least-busy', known([{ inFlight: 2 }, {}, { inFlight: 1 }]))).toEqual([0, 1000, 0])
  expect(counts('least-busy', known([{}, { inFlight: 1 }, {}]), 300)).toEqual([100, 0, 200])
})

test('power-of-two: of two the faster; the slowest of several never', () => {
  expect(counts('power-of-two', known([{ latencyMs: 900 }, { latencyMs: 300 }]))).toEqual([0, 1000])
  const [fast, middle, slow] = counts(
    'power-of-two',
    known([{ latencyMs: 100 }, { latencyMs: 200 }, { latencyMs: 300 }]),
  )
  expect(slow).toBe(0)
  expect(fast! / middle!).toBeCloseTo(2, 0)
})

test('power-of-two: a fast one with many calls under way counts as slow', () => {
  expect(counts('power-of-two', known([{ latencyMs: 100, inFlight: 9 }, { latencyMs: 300 }]))).toEqual([
    0, 1000,
  ])
})

test('cheapest: the lowest price; an unknown one is none', () => {
  expect(counts('cheapest', known([{ usd: 'unknown' }, { usd: 2 }, { usd: 1 }]))).toEqual([0, 0, 1000])
})

test('headroom: where most of the limit is left', () => {
  expect(counts('headroom', known([{ headroom: 0.1 }, { headroom: 0.6 }]))).toEqual([0, 1000])
})
