import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aRouter } from '../../test/support/a-router.ts'
import { aModel } from '../../test/support/builders.ts'
import type { WinThreshold } from '../domain/objective.ts'
import { modelId } from '../domain/model.ts'
import { thresholdFor, winThresholds } from './win-threshold.ts'

const shareFrom = (wins: readonly number[], limit: number) =>
  wins.filter((win) => win >= limit).length / wins.length

const expectedShare = (wins: readonly number[], { probability, mixture }: WinThreshold) =>
  mixture
    ? (1 - mixture.share) * shareFrom(wins, probability) +
      mixture.share * shareFrom(wins, mixture.probability)
    : shareFrom(wins, probability)

describe('the threshold of a share', () => {
  test('is the quantile', () => {
    expect(thresholdFor([0.1, 0.9, 0.5, 0.7], 0.5)).toEqual({ probability: 0.7 })
  })

  test('between two quantiles is a mixture of both', () => {
    // 0.7 lets half through, 0.5 three quarters; 0.6 lies two fifths of the way.
    const { probability, mixture } = thresholdFor([0.1, 0.9, 0.5, 0.7], 0.6)
    expect(probability).toBe(0.5)
    expect(mixture?.probability).toBe(0.7)
    expect(mixture?.share).toBeCloseTo(0.6, 12)
  })

  test('of ties is met all the same', () => {
    const wins = [0.6, 0.6, 0.6, 0.6, 0.2]
    expect(expectedShare(wins, thresholdFor(wins, 0.3))).toBeCloseTo(0.3, 12)
  })

  test('of nothing lets nothing through, of everything lets everything', () => {
    expect(shareFrom([0, 0.5, 1], thresholdFor([0.5, 1], 0).probability)).toBe(0)
    expect(shareFrom([0, 0.5, 1], thresholdFor([0.5, 1], 1).probability)).toBe(1)
  })

  test('is met in expectation, whatever the wins', () => {
    // Few distinct values, so that there are ties.
    const win = fc.integer({ min: 0, max: 12 }).map((twelfths) => twelfths / 12)
    fc.assert(
      fc.property(
        fc.array(win, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (wins, share) => {
          expect(expectedShare(wins, thresholdFor(wins, share))).toBeCloseTo(share, 9)
        },
      ),
    )
  })
})

describe('over the reference prompts', () => {
  const router = aRouter()
  const small = aModel({ id: 'acme/small' })
  const large = aModel({ id: 'acme/large' })

  test('each of two models may be the strong one, and the one that wins more has the higher threshold', () => {
    const found = winThresholds([small, large], router, 0.3)!
    expect(Object.keys(found).sort()).toEqual(['acme/large', 'acme/small'])
    expect(found[modelId('acme/large')]!.probability).toBeGreaterThan(0.5)
    expect(found[modelId('acme/small')]!.probability).toBeLessThan(0.5)
  })

  test('pools of one or of three have none', () => {
    expect(winThresholds([small], router, 0.3)).toBeUndefined()
    expect(winThresholds([small, large, aModel({ id: 'acme/third' })], router, 0.3)).toBeUndefined()
  })
})
