import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normal, seededDraw } from '../domain/random.ts'
import {
  asymptoticInterval,
  beginAsymptotic,
  mergeAsymptotic,
  updateAsymptotic,
  watchedDeviations,
} from './asymptotic-sequence.ts'
import {
  type BernsteinSequence,
  beginBernstein,
  bernsteinInterval,
  mergeBernstein,
  updateBernstein,
} from './bernstein-sequence.ts'
import type { Reading } from './interval.ts'

const alpha = 0.05
const outcomes = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 })
const holds = (reading: Reading, truth: number): boolean =>
  reading.kind === 'withheld' || (reading.low <= truth && truth <= reading.high)

/** Of `runs` streams watched from the first value to the last, how many ever had an interval beside the truth. */
function misses(runs: number, size: number, draw: (draw: () => number) => number, truth: number) {
  const missed = { asymptotic: 0, bernstein: 0 }
  for (let run = 0; run < runs; run++) {
    const dice = seededDraw(`watched ${run}`)
    let [asymptotic, bernstein] = [beginAsymptotic, beginBernstein]
    let [oneMissed, otherMissed] = [false, false]
    for (let value = 0; value < size; value++) {
      const outcome = draw(dice)
      asymptotic = updateAsymptotic(asymptotic, outcome)
      bernstein = updateBernstein(bernstein, outcome)
      oneMissed ||= !holds(asymptoticInterval(asymptotic, alpha), truth)
      otherMissed ||= !holds(bernsteinInterval(bernstein, alpha), truth)
    }
    if (oneMissed) missed.asymptotic++
    if (otherMissed) missed.bernstein++
  }
  return missed
}

describe('sequences of intervals', () => {
  it.each([0.5, 0.8, 0.02, 0.98])('hold a share of %d at every look', (share) => {
    const missed = misses(120, 800, (draw) => (draw() < share ? 1 : 0), share)
    // Five in a hundred are allowed; more than eleven of 120 would be a one-in-a-hundred accident at just that.
    expect(missed.asymptotic).toBeLessThanOrEqual(11)
    expect(missed.bernstein).toBeLessThanOrEqual(11)
  })

  it('would miss if they were made for one look only', () => {
    let missed = 0
    for (let run = 0; run < 60; run++) {
      const draw = seededDraw(`naive ${run}`)
      let state = beginAsymptotic
      for (let value = 0; value < 800; value++) {
        state = updateAsymptotic(state, draw())
        const { count, mean, m2 } = state.moments
        if (count > 30 && Math.abs(mean - 0.5) > 1.96 * Math.sqrt(m2 / count / count)) {
          missed++
          break
        }
      }
    }
    expect(missed).toBeGreaterThan(12)
  })

  it('grow narrower with the number of values, about as fast as is possible', () => {
    const width = (size: number) => {
      const draw = seededDraw('width')
      let [asymptotic, bernstein] = [beginAsymptotic, beginBernstein]
      for (let value = 0; value < size; value++) {
        const outcome = draw() < 0.8 ? 1 : 0
        asymptotic = updateAsymptotic(asymptotic, outcome)
        bernstein = updateBernstein(bernstein, outcome)
      }
      const widths = [asymptoticInterval(asymptotic, alpha), bernsteinInterval(bernstein, alpha)].map(
        (reading) => (reading.kind === 'interval' ? (reading.high - reading.low) / 2 : Number.NaN),
      )
      return { asymptotic: widths[0]!, bernstein: widths[1]! }
    }
    const [few, many] = [width(500), width(5_000)]
    // Published: half-widths of 0.018 and 0.025 at 5,000 values with a share of 0.8.
    expect(many.asymptotic).toBeLessThan(0.02)
    expect(many.bernstein).toBeLessThan(0.027)
    expect(few.asymptotic / many.asymptotic).toBeGreaterThan(2.5)
  })

  it('are tightest, against the sample size, about where they were told to be', () => {
    const relative = (units: number, tightestAt: number) => watchedDeviations(units, alpha, tightestAt)
    expect(relative(500, 500)).toBeLessThan(relative(500, 50_000))
    expect(relative(50_000, 50_000)).toBeLessThan(relative(50_000, 500))
  })

  it('give the boundary of the formula', () => {
    // rho^2 = (-2 ln .05 + ln(-2 ln .05) + 1) / 100 = 0.08782; n = 100: sqrt((n r + 1)/(n r) ln((n r + 1)/.0025))
    const rho = (-2 * Math.log(0.05) + Math.log(-2 * Math.log(0.05)) + 1) / 100
    const expected = Math.sqrt(((100 * rho + 1) / (100 * rho)) * Math.log((100 * rho + 1) / 0.0025))
    expect(watchedDeviations(100, 0.05, 100)).toBeCloseTo(expected, 12)
    expect(expected).toBeCloseTo(3.035, 2)
  })
})

describe('the asymptotic sequence', () => {
  it('merges to the state of one pass', () => {
    fc.assert(
      fc.property(outcomes, outcomes, (first, second) => {
        const of = (values: readonly number[]) => values.reduce(updateAsymptotic, beginAsymptotic)
        const merged = mergeAsymptotic(of(first), of(second)).moments
        const whole = of([...first, ...second]).moments
        expect(merged.count).toBe(whole.count)
        for (const part of ['mean', 'm2', 'm3', 'm4'] as const)
          expect(merged[part]).toBeCloseTo(whole[part], 8)
      }),
    )
  })

  it('withholds what it can not know, and says why', () => {
    const repeat = (value: number, times: number) =>
      Array.from({ length: times }, () => value).reduce(updateAsymptotic, beginAsymptotic)
    expect(asymptoticInterval(repeat(1, 10), alpha)).toMatchObject({
      kind: 'withheld',
      because: '10 units are too few: 50 are needed',
    })
    expect(asymptoticInterval(repeat(1, 500), alpha)).toMatchObject({
      kind: 'withheld',
      estimate: 1,
      because: expect.stringContaining('no variation'),
    })
    const oneFailure = updateAsymptotic(repeat(1, 500), 0)
    expect(asymptoticInterval(oneFailure, alpha)).toMatchObject({
      because: expect.stringContaining('a few values make up most of the variance'),
    })
  })

  it('is wider on the side of the long tail', () => {
    const draw = seededDraw('skewed')
    let state = beginAsymptotic
    for (let value = 0; value < 2_000; value++) state = updateAsymptotic(state, Math.exp(0.8 * normal(draw)))
    const reading = asymptoticInterval(state, alpha)
    if (reading.kind !== 'interval') throw new Error(reading.because)
    expect(reading.high - reading.estimate).toBeGreaterThan(1.05 * (reading.estimate - reading.low))
  })

  it('refuses what is no number and no error rate', () => {
    expect(() => updateAsymptotic(beginAsymptotic, Number.NaN)).toThrow('finite')
    expect(() => asymptoticInterval(beginAsymptotic, 0)).toThrow('alpha')
    expect(() => asymptoticInterval(beginAsymptotic, 1)).toThrow('alpha')
  })
})

describe('the empirical-Bernstein sequence', () => {
  const of = (values: readonly number[], from: BernsteinSequence = beginBernstein) =>
    values.reduce(updateBernstein, from)

  it('survives JSON in the middle of a stream', () => {
    fc.assert(
      fc.property(outcomes, outcomes, (first, second) => {
        const restored = JSON.parse(JSON.stringify(of(first))) as BernsteinSequence
        expect(of(second, restored)).toEqual(of([...first, ...second]))
      }),
    )
  })

  it('holds when two processes watched half of a stream each', () => {
    let missed = 0
    for (let run = 0; run < 100; run++) {
      const draw = seededDraw(`two ${run}`)
      let [one, other] = [beginBernstein, beginBernstein]
      for (let value = 0; value < 400; value++) {
        one = updateBernstein(one, draw() < 0.9 ? 1 : 0)
        other = updateBernstein(other, draw() < 0.9 ? 1 : 0)
      }
      if (!holds(bernsteinInterval(mergeBernstein(one, other), alpha), 0.9)) missed++
    }
    expect(missed).toBeLessThanOrEqual(10)
  })

  it('says something from the first value on, within 0 and 1', () => {
    fc.assert(
      fc.property(outcomes, (values) => {
        const reading = bernsteinInterval(of(values), alpha)
        if (reading.kind !== 'interval') throw new Error('withheld')
        expect(reading.low).toBeGreaterThanOrEqual(0)
        expect(reading.high).toBeLessThanOrEqual(1)
        expect(reading.low).toBeLessThanOrEqual(reading.high)
      }),
    )
    expect(bernsteinInterval(beginBernstein, alpha).kind).toBe('withheld')
  })

  it('has the bet of the formula for its first value', () => {
    // v_0 = 1/4, so that the bet is capped at 1/2; m_0 = 1/2: penalty 4 (1 - 1/2)^2 psi(1/2), psi(l) = (-ln(1-l) - l) / 4.
    const state = updateBernstein(beginBernstein, 1)
    expect(state.bets).toBe(0.5)
    expect(state.penalty).toBeCloseTo((Math.LN2 - 0.5) / 4, 12)
  })

  it('refuses outcomes that are not from 0 to 1', () => {
    for (const value of [-0.1, 1.1, Number.NaN])
      expect(() => updateBernstein(beginBernstein, value)).toThrow('0 to 1')
  })
})
