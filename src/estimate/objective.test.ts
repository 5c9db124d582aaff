import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aHeadRow, anArtefact, aRouter, noWords } from '../../test/support/a-router.ts'
import { aModel } from '../../test/support/builders.ts'
import type { Model } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import { callCost } from './cost.ts'
import { objectivesFor } from './objective.ts'
import { referencePrompts } from './router.ts'

const router = aRouter()
const small = aModel({ id: 'acme/small', usdPerMillion: { input: 0.1, output: 0.4 } })
const large = aModel({ id: 'acme/large', usdPerMillion: { input: 3, output: 15 } })
const pool = [small, large]
const objective = objectivesFor(pool, router)

/** Mean quality over the reference prompts of the choice that `lambda` makes, and of the best single model. */
function keptAt(lambda: number, models: readonly Model[]): number {
  const { reference } = router.artefact
  let kept = 0
  const singles = models.map(() => 0)
  referencePrompts(router.artefact).forEach((read, prompt) => {
    const seen = models.map((model, index) => {
      const quality = router.quality(read)(model).mean
      const cost = callCost(model, reference.inputTokens[prompt]!, router.outputTokens(read.encoding, model))
      singles[index]! += quality
      return { quality, value: cost.kind === 'known' ? quality - lambda * cost.usd.mean : -Infinity }
    })
    kept += seen.reduce((best, one) => (one.value > best.value ? one : best)).quality
  })
  return kept / Math.max(...singles)
}

describe('each way to say it', () => {
  test('lambda is taken as it stands', () => {
    expect(objective({ kind: 'lambda', lambda: 12.5 })).toEqual({
      lambda: 12.5,
      mu: 0,
      maxCostUsd: null,
      statedAs: 'lambda 12.5',
    })
    expect(objective({ kind: 'lambda', lambda: 0 }).lambda).toBe(0)
  })

  test('a willingness to pay is a tenth of quality over dollars', () => {
    const stated = objective({ kind: 'willingness-to-pay', usdPerTenPoints: 0.02 })
    expect(stated.lambda).toBeCloseTo(5, 12)
    expect(stated.statedAs).toBe('$0.02 per 10 points of quality')
  })

  test('a quality and the loss that it allows are one target', () => {
    const kept = objective({ kind: 'quality', share: 0.95 })
    const lost = objective({ kind: 'max-quality-loss', share: 0.05 })
    expect(lost.lambda).toBeCloseTo(kept.lambda, 6)
    expect(kept.statedAs).toBe('quality 0.95')
    expect(lost.statedAs).toBe('at most 5.0 % quality loss')
  })
})

describe('a quality target', () => {
  test('is kept, and by no more than it must be', () => {
    for (const share of [0.7, 0.8, 0.9, 0.95, 0.99]) {
      const { lambda } = objective({ kind: 'quality', share })
      expect(keptAt(lambda, pool)).toBeGreaterThanOrEqual(share - 1e-9)
      // One prompt of the sixty is the finest step there is.
      expect(keptAt(lambda * 1.001, pool)).toBeLessThan(share + 1 / 30)
    }
  })

  test('asks the more for quality the higher it is', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(objective({ kind: 'quality', share: low }).lambda).toBeGreaterThanOrEqual(
          objective({ kind: 'quality', share: high }).lambda,
        )
      }),
      { numRuns: 50 },
    )
  })

  test('of everything still leaves a price on dollars, of nothing takes the cheapest', () => {
    const all = objective({ kind: 'quality', share: 1 })
    expect(all.lambda).toBeGreaterThan(0)
    expect(keptAt(all.lambda, pool)).toBeGreaterThanOrEqual(1 - 1e-9)
    expect(objective({ kind: 'quality', share: 0 }).lambda).toBeGreaterThanOrEqual(1e6)
  })

  test('belongs to its pool: where the small model is as good, dollars count in full', () => {
    const twins = [aModel({ id: 'acme/large', usdPerMillion: { input: 1, output: 4 } }), large]
    expect(objectivesFor(twins, router)({ kind: 'quality', share: 0.99 }).lambda).toBeGreaterThanOrEqual(1e6)
  })

  test('leaves models of unknown price out, as the strategy does', () => {
    const unpriced = aModel({
      id: 'acme/large',
      prices: { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 'unknown' },
    })
    const alone = objectivesFor([small], router)
    const beside = objectivesFor([small, unpriced], router)
    const target = { kind: 'quality', share: 0.9 } as const
    expect(beside(target).lambda).toBe(alone(target).lambda)
    expect(Number.isFinite(objectivesFor([unpriced], router)(target).lambda)).toBe(true)
  })

  test('stands with an empty pool and with a router that has no reference prompts', () => {
    const target = { kind: 'quality', share: 0.95 } as const
    expect(objectivesFor([], router)(target).lambda).toBeGreaterThan(0)
    const blank = aRouter({
      heads: { ...anArtefact().heads, shared: aHeadRow({}) },
      reference: {
        size: 0,
        encodings: new Float32Array(0),
        inputTokens: new Float32Array(0),
        words: noWords(0),
      },
    })
    expect(objectivesFor(pool, blank)(target).lambda).toBeGreaterThan(0)
  })
})

/** Mean dollars and the large model's share of calls over the reference prompts, in expectation over the draw. */
function expectedOf({ lambda, mixture }: Objective, models: readonly Model[] = pool) {
  const { reference } = router.artefact
  const rates = mixture
    ? [
        { rate: lambda, share: 1 - mixture.share },
        { rate: mixture.lambda, share: mixture.share },
      ]
    : [{ rate: lambda, share: 1 }]
  let [usd, large] = [0, 0]
  for (const { rate, share } of rates)
    referencePrompts(router.artefact).forEach((read, prompt) => {
      const seen = models.map((model) => {
        const cost = callCost(
          model,
          reference.inputTokens[prompt]!,
          router.outputTokens(read.encoding, model),
        )
        const dollars = cost.kind === 'known' ? cost.usd.mean : Infinity
        return { model, dollars, value: router.quality(read)(model).mean - rate * dollars }
      })
      const best = seen.reduce((one, other) => (other.value > one.value ? other : one))
      usd += (share * best.dollars) / reference.size
      large += best.model.id === 'acme/large' ? share / reference.size : 0
    })
  return { usd, large }
}

describe('a mean cost', () => {
  const least = expectedOf(objective({ kind: 'lambda', lambda: 1e6 })).usd
  const most = expectedOf(objective({ kind: 'lambda', lambda: 1e-4 })).usd

  test('is hit within 2 % in expectation, by a mixture where it must be', () => {
    let mixtures = 0
    for (let step = 1; step < 40; step++) {
      const usd = least + (step / 40) * (most - least)
      const stated = objective({ kind: 'mean-cost', usd })
      expect(Math.abs(expectedOf(stated).usd / usd - 1)).toBeLessThan(0.02)
      if (stated.mixture) mixtures++
    }
    expect(mixtures).toBeGreaterThan(30)
  })

  test('asks the more of dollars the lower it is', () => {
    const lambdas = [0.2, 0.4, 0.6, 0.8].map(
      (share) => objective({ kind: 'mean-cost', usd: least + share * (most - least) }).lambda,
    )
    expect(lambdas).toEqual([...lambdas].sort((a, b) => b - a))
  })

  test('below the cheapest choices is the cheapest choices, and says so', () => {
    const stated = objective({ kind: 'mean-cost', usd: least / 2 })
    expect(stated.lambda).toBe(1e6)
    expect(stated.statedAs).toContain('the cheapest choices cost')
  })

  test('above what the best choices cost is not spent', () => {
    expect(objective({ kind: 'mean-cost', usd: 2 * most })).toEqual({
      lambda: 1e-4,
      mu: 0,
      maxCostUsd: null,
      statedAs: `mean cost $${2 * most}`,
    })
  })
})

describe('a share of calls to the strong model', () => {
  test('is hit within 2 % in expectation', () => {
    for (const share of [0.05, 0.1, 0.25, 0.3, 0.5, 0.77]) {
      const stated = objective({ kind: 'strong-share', share })
      expect(Math.abs(expectedOf(stated).large / share - 1)).toBeLessThan(0.02)
    }
  })

  test('brings the thresholds of strategies that go by the probability of winning', () => {
    const { strongFrom } = objective({ kind: 'strong-share', share: 0.3 })
    expect(Object.keys(strongFrom!).sort()).toEqual(['acme/large', 'acme/small'])
    expect(objective({ kind: 'quality', share: 0.9 }).strongFrom).toBeUndefined()
  })

  test('of a pool of one is that one', () => {
    const alone = objectivesFor([small], router)({ kind: 'strong-share', share: 0.3 })
    expect(alone.strongFrom).toBeUndefined()
    expect(alone.lambda).toBeGreaterThan(0)
  })
})

test('a lambda may be a mixture of two', () => {
  const mixture = { lambda: 5, share: 0.4 }
  expect(objective({ kind: 'lambda', lambda: 3, mixture })).toMatchObject({ lambda: 3, mixture })
  expect(objective({ kind: 'quality', share: 0.95 }).mixture).toBeUndefined()
})

test('without a pool or reference prompts a budget is kept by the cheapest', () => {
  const blank = aRouter({
    heads: { ...anArtefact().heads, shared: aHeadRow({}) },
    reference: {
      size: 0,
      encodings: new Float32Array(0),
      inputTokens: new Float32Array(0),
      words: noWords(0),
    },
  })
  for (const statement of [
    { kind: 'mean-cost', usd: 0.001 },
    { kind: 'strong-share', share: 0.5 },
  ] as const) {
    expect(objectivesFor(pool, blank)(statement).lambda).toBe(1e6)
    expect(objectivesFor([], router)(statement).lambda).toBe(1e6)
  }
})
