import { describe, expect, test } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import type { Model } from '../../domain/model.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import { descriptors } from '../../estimate/descriptors.ts'
import { sigmoid } from '../../estimate/log-odds.ts'
import { descriptorScale } from './descriptor-scale.ts'

const draw = seededDraw('scale')

/** Sixty models; only the stronger half reports GPQA, which is hard, and the weaker half GSM8K, which is easy. */
const models = Array.from({ length: 60 }, (_, index) => {
  const ability = normal(draw)
  const share = (mean: number, loading: number, noise: number) =>
    sigmoid(mean + loading * (ability + noise * normal(draw)))
  const model = aModel({
    id: `a/m${index}`,
    usdPerMillion: { input: 1, output: Math.exp(1 + ability + 0.5 * normal(draw)) },
    benchmarks: {
      mmlu: share(1.5, 0.7, 0.2),
      'human-eval': share(1, 1.2, 1),
      ...(ability > 0 ? { 'gpqa-diamond': share(-0.5, 1, 0.2) } : { gsm8k: share(2, 1.5, 0.2) }),
    },
  })
  return { model, ability }
})
const scale = descriptorScale(models.map(({ model }) => model))
const abilityOf = (benchmarks: Model['benchmarks']): number =>
  descriptors(
    aModel({ benchmarks, prices: { input: 0, cachedRead: 0, cacheWrite: 0, output: 'unknown' } }),
    scale,
  )[0]!

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length
  const [x, y] = [mean(0), mean(1)]
  const sums = pairs.reduce(
    (sum, pair) => ({
      xx: sum.xx + (pair[0] - x) ** 2,
      yy: sum.yy + (pair[1] - y) ** 2,
      xy: sum.xy + (pair[0] - x) * (pair[1] - y),
    }),
    { xx: 0, yy: 0, xy: 0 },
  )
  return sums.xy / Math.sqrt(sums.xx * sums.yy)
}

describe('the abilities of a catalogue', () => {
  test('are found from scores that models report as it suits them', () => {
    const found = models.map(({ model, ability }) => [descriptors(model, scale)[0]!, ability] as const)
    expect(correlation(found)).toBeGreaterThan(0.95)
  })

  test('do not suffer from reporting a benchmark that only strong models report', () => {
    // A middling score among those who report GPQA is a good one.
    expect(abilityOf({ 'gpqa-diamond': 0.58 })).toBeGreaterThan(0.5)
    expect(abilityOf({ gsm8k: 0.7 })).toBeLessThan(-0.3)
  })

  test('are read from each benchmark as far as it can be trusted', () => {
    const { benchmarks } = scale
    expect(benchmarks['human-eval']!.noise).toBeGreaterThan(1.5 * benchmarks.mmlu!.noise)
  })
})

describe('the scale', () => {
  test('has no benchmark that next to nobody reports', () => {
    const few = Array.from({ length: 4 }, (_, index) =>
      aModel({ id: `a/${index}`, benchmarks: { mmlu: 0.5 } }),
    )
    expect(descriptorScale(few).benchmarks).toEqual({})
  })

  test('is finite where all report the same', () => {
    const same = Array.from({ length: 6 }, (_, index) =>
      aModel({ id: `a/${index}`, benchmarks: { mmlu: 0.8 } }),
    )
    const { mean, deviation, noise } = descriptorScale(same).benchmarks.mmlu!
    expect(mean).toBeCloseTo(Math.log(4), 3)
    expect(deviation).toBeGreaterThan(0)
    expect(noise).toBeGreaterThan(0)
  })

  test('has dearer models at higher abilities, where they are', () => {
    expect(scale.levelAtPrice.slope).toBeGreaterThan(0.4)
    expect(scale.levelAtPrice.deviation).toBeLessThan(0.8)
  })

  test('of nothing says nothing', () => {
    expect(descriptorScale([])).toEqual({
      benchmarks: {},
      levelAtPrice: { intercept: 0, slope: 0, deviation: 1 },
    })
  })
})
