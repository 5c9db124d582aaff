import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import type { ObjectiveStatement } from '../../domain/policy.ts'
import { findRate } from './find-rate.ts'
import { realise, type Sample } from './sample.ts'

const mean = (cells: Float64Array) => cells.reduce((sum, value) => sum + value, 0) / cells.length

/** Two models, a weak one at $1 and a strong one at $3, whose predicted gains and recorded scores are given row by row. */
function twoModels(rows: readonly { gain: number; weak: number; strong: number }[]): Sample {
  const costUsd = Float64Array.from(rows.flatMap(() => [1, 3]))
  return {
    predictions: {
      rows: rows.length,
      models: 2,
      quality: Float64Array.from(rows.flatMap(({ gain }) => [0.5, 0.5 + gain])),
      costUsd,
    },
    quality: Float64Array.from(rows.flatMap(({ weak, strong }) => [weak, strong])),
    costUsd,
  }
}

const strong = 1

/** Clusters: predictions have few values, so that cost falls in few and high steps. */
function clustered(seed: string, rows = 300): Sample {
  const draw = seededDraw(seed)
  return twoModels(
    Array.from({ length: rows }, () => {
      const gain = [0, 0.1, 0.3, 0.4][Math.floor(draw() * 4)]!
      return { gain, weak: draw() < 0.5 ? 1 : 0, strong: draw() < 0.5 + gain ? 1 : 0 }
    }),
  )
}

describe('by hand', () => {
  // Gains of 0.4, 0.2, 0.2, 0 for $2 more: the strong model is chosen below lambda 0.2, 0.1, 0.1 and never.
  const sample = twoModels([
    { gain: 0.4, weak: 0, strong: 1 },
    { gain: 0.2, weak: 0, strong: 1 },
    { gain: 0.2, weak: 1, strong: 1 },
    { gain: 0, weak: 1, strong: 1 },
  ])

  test('a mean cost between the steps at $1.5 and $2.5 mixes their lambdas', () => {
    const { lambda, mixture } = findRate({ kind: 'mean-cost', usd: 2.25 }, sample, strong)
    expect(lambda).toBeLessThan(0.1)
    expect(mixture!.lambda).toBeGreaterThan(0.1)
    expect(mixture!.lambda).toBeLessThan(0.2)
    expect(mixture!.share).toBeCloseTo(0.25, 9)
  })

  test('a share of calls likewise: from 1/4 to 3/4', () => {
    const { mixture } = findRate({ kind: 'strong-share', share: 0.5 }, sample, strong)
    expect(mixture!.share).toBeCloseTo(0.5, 9)
    expect(findRate({ kind: 'strong-share', share: 0.25 }, sample, strong).mixture).toBeUndefined()
  })

  test('a quality is of the best single model, as recorded', () => {
    // The strong one has 1, the weak one 1/2; with one call to the strong one 3/4, with three 1.
    const { quality } = realise(sample, findRate({ kind: 'quality', share: 0.75 }, sample, strong))
    expect(mean(quality)).toBeCloseTo(0.75, 9)
    const all = realise(sample, findRate({ kind: 'quality', share: 1 }, sample, strong))
    expect(mean(all.quality)).toBe(1)
    expect(mean(all.costUsd)).toBe(2.5)
  })

  test('a loss is the other side of a quality', () => {
    expect(findRate({ kind: 'max-quality-loss', share: 0.25 }, sample, strong)).toEqual(
      findRate({ kind: 'quality', share: 0.75 }, sample, strong),
    )
  })

  test('what is not a target is taken as it stands', () => {
    expect(findRate({ kind: 'lambda', lambda: 3 }, sample, strong)).toEqual({ lambda: 3 })
    const mixture = { lambda: 5, share: 0.4 }
    expect(findRate({ kind: 'lambda', lambda: 3, mixture }, sample, strong)).toEqual({ lambda: 3, mixture })
    expect(
      findRate({ kind: 'willingness-to-pay', usdPerTenPoints: 0.02 }, sample, strong).lambda,
    ).toBeCloseTo(5)
  })
})

describe('in expectation over the draw', () => {
  const place = fc.double({ min: 0.01, max: 0.99, noNaN: true })

  test('a mean cost is hit within 2 %, however high the steps', () => {
    fc.assert(
      fc.property(fc.string(), place, (seed, share) => {
        const sample = clustered(seed)
        const most = mean(realise(sample, { lambda: 1e-4 }).costUsd)
        const usd = 1 + share * (most - 1)
        const rate = findRate({ kind: 'mean-cost', usd }, sample, strong)
        expect(Math.abs(mean(realise(sample, rate).costUsd) / usd - 1)).toBeLessThan(0.02)
      }),
    )
  })

  test('a share of calls is hit within 2 %', () => {
    fc.assert(
      fc.property(fc.string(), place, (seed, wanted) => {
        const sample = clustered(seed)
        const calls = ({ chosen }: { chosen: Float64Array }) =>
          2 * mean(chosen.map((share, cell) => (cell % 2 === strong ? share : 0)))
        const share = wanted * calls(realise(sample, { lambda: 1e-4 }))
        const rate = findRate({ kind: 'strong-share', share }, sample, strong)
        expect(Math.abs(calls(realise(sample, rate)) / share - 1)).toBeLessThan(0.02)
      }),
    )
  })

  test('more is spent, never less, where more is wanted', () => {
    const statements: ((share: number) => ObjectiveStatement)[] = [
      (share) => ({ kind: 'quality', share }),
      (share) => ({ kind: 'mean-cost', usd: 1 + share }),
      (share) => ({ kind: 'strong-share', share }),
    ]
    fc.assert(
      fc.property(fc.string(), place, place, fc.constantFrom(...statements), (seed, a, b, statement) => {
        const sample = clustered(seed)
        const spent = (share: number) =>
          mean(realise(sample, findRate(statement(share), sample, strong)).costUsd)
        expect(spent(Math.max(a, b))).toBeGreaterThanOrEqual(spent(Math.min(a, b)) - 1e-9)
      }),
    )
  })
})
