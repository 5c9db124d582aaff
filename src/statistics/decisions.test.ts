import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededDraw } from '../domain/random.ts'
import {
  type ArmObservation,
  beginDifference,
  differenceInterval,
  mergeDifference,
  updateDifference,
} from './arm-difference.ts'
import { addValue, noMoments } from './moments.ts'
import { sampleRatio } from './sample-ratio.ts'
import { beginTest, evidence, updateTest } from './sequential-test.ts'
import { bonferroni, rejectedByEvidence } from './several-arms.ts'
import { spreadOfMean } from './spread.ts'
import {
  beginArm,
  defaultTracking,
  flooredVariance,
  mergeArm,
  optimalShares,
  trackAndStop,
  updateArm,
} from './track-and-stop.ts'

describe('the difference of arms', () => {
  function ramped(seed: string, lift: number, size = 4_000) {
    const draw = seededDraw(seed)
    let state = beginDifference
    for (let unit = 0; unit < size; unit++) {
      const treatmentProbability = unit < size / 2 ? 0.1 : 0.5
      const arm: ArmObservation['arm'] = draw() < treatmentProbability ? 'treatment' : 'control'
      // Later traffic is harder.
      const quality = (unit < size / 2 ? 0.8 : 0.5) + (arm === 'treatment' ? lift : 0)
      state = updateDifference(state, { arm, outcome: draw() < quality ? 1 : 0, treatmentProbability })
    }
    return state
  }

  it('is found though the allocation and the traffic change', () => {
    const reading = differenceInterval(ramped('lift', 0.15), 0.05)
    if (reading.kind !== 'interval') throw new Error(reading.because)
    expect(reading.low).toBeGreaterThan(0)
    expect(reading.low).toBeLessThan(0.15)
    expect(reading.high).toBeGreaterThan(0.15)
  })

  it('is not made of a change of allocation', () => {
    const reading = differenceInterval(ramped('none', 0), 0.05)
    if (reading.kind !== 'interval') throw new Error(reading.because)
    expect(reading.low).toBeLessThan(0)
    expect(reading.high).toBeGreaterThan(0)
    expect(Math.abs(reading.estimate)).toBeLessThan(0.05)
  })

  it('waits until either arm has shown what it is like', () => {
    expect(differenceInterval(ramped('few', 0, 120), 0.05)).toMatchObject({
      kind: 'withheld',
      because: expect.stringMatching(/^of one arm/),
    })
  })

  it('is narrower with predictions that say something', () => {
    const width = (predicts: boolean) => {
      const draw = seededDraw('predicted')
      let state = beginDifference
      for (let unit = 0; unit < 2_000; unit++) {
        const difficulty = draw()
        const arm: ArmObservation['arm'] = draw() < 0.5 ? 'treatment' : 'control'
        const outcome = draw() < 1 - difficulty ? 1 : 0
        const predicted = { treatment: 1 - difficulty, control: 1 - difficulty }
        state = updateDifference(state, {
          arm,
          outcome,
          treatmentProbability: 0.5,
          ...(predicts && { predicted }),
        })
      }
      const reading = differenceInterval(state, 0.05)
      return reading.kind === 'interval' ? reading.high - reading.low : Number.NaN
    }
    expect(width(true)).toBeLessThan(0.9 * width(false))
  })

  it('merges, and survives JSON', () => {
    const [one, other] = [ramped('one', 0.1), ramped('other', 0.1)]
    const merged = mergeDifference(one, other)
    expect(merged.values.units).toBe(8_000)
    expect(JSON.parse(JSON.stringify(merged))).toEqual(merged)
  })

  it('refuses an allocation that leaves an arm without a chance', () => {
    for (const treatmentProbability of [0, 1, Number.NaN])
      expect(() =>
        updateDifference(beginDifference, { arm: 'control', outcome: 1, treatmentProbability }),
      ).toThrow("can't be compared")
  })
})

describe('the sequential test', () => {
  it('has the evidence of the formula', () => {
    // No doubt about the variance: V = 0.01, tau = 0.1, D = 0.3: sqrt(.01/.02) exp(.01 * .09 / (2 * .01 * .02))
    const spread = { variance: 0.01, third: 0, varianceOfVariance: 0, units: 100 }
    expect(evidence(0.3, spread, 0.1)).toBeCloseTo(Math.sqrt(0.5) * Math.exp(2.25), 10)
  })

  it('never takes a p-value back, and learns nothing where the variance is not known', () => {
    const sure = { variance: 0.0001, third: 0, varianceOfVariance: 0, units: 1_000 }
    const low = updateTest(beginTest(0.05), 0.06, sure)
    expect(low.pValue).toBeLessThan(0.001)
    expect(updateTest(low, 0, sure)).toEqual(low)
    expect(updateTest(beginTest(0.05), 5, { ...sure, units: 5 }).pValue).toBe(1)
    expect(() => beginTest(0)).toThrow(RangeError)
  })

  it('rejects what is true in few of many looks', () => {
    let rejected = 0
    for (let run = 0; run < 100; run++) {
      const draw = seededDraw(`p ${run}`)
      let test = beginTest(0.1)
      let moments = noMoments
      for (let unit = 0; unit < 500; unit++) {
        moments = addValue(moments, (draw() < 0.8 ? 1 : 0) - (draw() < 0.8 ? 1 : 0))
        test = updateTest(test, moments.mean, spreadOfMean(moments))
      }
      if (test.pValue < 0.05) rejected++
    }
    expect(rejected).toBeLessThanOrEqual(8)
  })
})

describe('the sample-ratio check', () => {
  const two = (first: number, second: number) => [
    { units: first, share: 0.5 },
    { units: second, share: 0.5 },
  ]

  it('has the chi-square of the counts', () => {
    const { chiSquare, pValue, fits } = sampleRatio([two(5_200, 4_800)])
    expect(chiSquare).toBeCloseTo(16, 12)
    expect(pValue).toBeCloseTo(6.3e-5, 6)
    expect(fits).toBe(false)
    expect(sampleRatio([two(5_050, 4_950)]).fits).toBe(true)
  })

  it('adds stages up', () => {
    const [one, other] = [two(5_100, 4_900), two(5_100, 4_900)]
    expect(sampleRatio([one]).fits).toBe(true)
    expect(sampleRatio([one, other]).chiSquare).toBeCloseTo(8, 12)
  })

  it('does not call chance an error of assignment, however often it is looked at', () => {
    let alarms = 0
    for (let run = 0; run < 100; run++) {
      const draw = seededDraw(`srm ${run}`)
      const arms = [
        { units: 0, share: 0.9 },
        { units: 0, share: 0.1 },
      ]
      for (let unit = 0; unit < 1_000; unit++) {
        arms[draw() < 0.9 ? 0 : 1]!.units++
        if (sampleRatio([arms]).watchedPValue < 0.05) {
          alarms++
          break
        }
      }
    }
    expect(alarms).toBeLessThanOrEqual(10)
  })

  it('is watched without becoming blind', () => {
    expect(sampleRatio([two(6_000, 4_000)]).watchedPValue).toBeLessThan(1e-10)
    expect(sampleRatio([two(0, 0)])).toMatchObject({ fits: true, pValue: 1, watchedPValue: 1 })
  })

  it('refuses shares that are none', () => {
    expect(() =>
      sampleRatio([
        [
          { units: 1, share: 0.4 },
          { units: 1, share: 0.4 },
        ],
      ]),
    ).toThrow('add up to 1')
    expect(() =>
      sampleRatio([
        [
          { units: 1, share: 0 },
          { units: 1, share: 1 },
        ],
      ]),
    ).toThrow('above 0')
    expect(() => sampleRatio([two(-1, 2)])).toThrow('fewer than 0')
  })
})

describe('several arms', () => {
  it('share one error', () => {
    expect(bonferroni(0.05, 5)).toBeCloseTo(0.01, 12)
    expect(bonferroni(0.05, 0)).toBe(0.05)
  })

  it('are rejected by e-BH', () => {
    // K = 4, alpha = .1: thresholds 40, 20, 13.3, 10 for the first to fourth.
    expect(rejectedByEvidence([50, 1, 25, 12], 0.1)).toEqual([true, false, true, false])
    expect(rejectedByEvidence([50, 15, 25, 9], 0.1)).toEqual([true, true, true, false])
    // The largest k counts, though a smaller one fails on the way.
    expect(rejectedByEvidence([11, 11, 11, 11], 0.1)).toEqual([true, true, true, true])
    expect(rejectedByEvidence([], 0.1)).toEqual([])
  })
})

describe('track-and-stop', () => {
  const arm = (name: string, good: number, bad: number) => {
    let made = beginArm(name)
    for (let one = 0; one < good; one++) made = updateArm(made, 1)
    for (let one = 0; one < bad; one++) made = updateArm(made, 0)
    return made
  }

  it('divides by deviations between two arms, and evenly between like ones', () => {
    expect(optimalShares(0.04, [{ variance: 0.04, gap: 0.1 }]).map((share) => share.toFixed(3))).toEqual([
      '0.500',
      '0.500',
    ])
    const [leader, rival] = optimalShares(0.04, [{ variance: 0.16, gap: 0.1 }])
    expect(leader).toBeCloseTo(1 / 3, 3)
    expect(rival).toBeCloseTo(2 / 3, 3)
  })

  it('gives shares that add up to 1, most of them to the leader and its nearest rival', () => {
    const shares = optimalShares(0.16, [
      { variance: 0.16, gap: 0.05 },
      { variance: 0.2, gap: 0.2 },
      { variance: 0.2, gap: 0.4 },
    ])
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10)
    expect(shares[1]).toBeGreaterThan(shares[2]!)
    expect(shares[2]).toBeGreaterThan(shares[3]!)
  })

  it('stays with shares for arms that do not differ at all', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.25, noNaN: true }),
        fc.array(
          fc.record({
            variance: fc.double({ min: 1e-6, max: 0.25, noNaN: true }),
            gap: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        (variance, rivals) => {
          const shares = optimalShares(variance, rivals)
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 8)
          for (const share of shares) expect(share).toBeGreaterThan(0)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('tries the youngest arm first', () => {
    expect(trackAndStop([arm('a', 30, 10), arm('b', 3, 1), arm('c', 10, 10)])).toEqual({
      kind: 'nursery',
      next: 'b',
      missing: 26 + 10,
    })
  })

  it('does not take thirty lucky answers for certainty', () => {
    expect(flooredVariance(arm('a', 30, 0).moments)).toBeCloseTo(31 / 32 ** 2, 10)
    expect(trackAndStop([arm('lucky', 30, 0), arm('b', 27, 3)]).kind).toBe('sample')
  })

  it('names the winner when it is sure, and the leader when the samples run out', () => {
    expect(trackAndStop([arm('a', 900, 100), arm('b', 600, 400)])).toEqual({
      kind: 'winner',
      arm: 'a',
      certain: true,
    })
    expect(
      trackAndStop([arm('a', 800, 200), arm('b', 799, 201)], { ...defaultTracking, maxSamples: 2_000 }),
    ).toEqual({ kind: 'winner', arm: 'a', certain: false })
  })

  it('keeps every arm in the draw', () => {
    const found = trackAndStop([arm('a', 80, 20), arm('b', 78, 22), arm('c', 10, 90)])
    if (found.kind !== 'sample') throw new Error(found.kind)
    expect(found.leader).toBe('a')
    expect(found.shares.c).toBeGreaterThanOrEqual(0.01)
    expect(Object.values(found.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 8)
  })

  it('merges arms of several processes, and refuses what is no outcome or no choice', () => {
    const merged = mergeArm(arm('a', 3, 1), arm('a', 1, 3)).moments
    expect(merged.count).toBe(8)
    expect(merged.mean).toBeCloseTo(0.5, 12)
    expect(() => updateArm(beginArm('a'), 1.5)).toThrow('0 to 1')
    expect(() => trackAndStop([arm('a', 1, 1)])).toThrow('fewer than two')
  })
})
