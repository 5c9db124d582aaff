import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normal, seededDraw } from '../domain/random.ts'
import {
  addToSession,
  type ArmSums,
  mergeArmSums,
  moveSession,
  noArmSums,
  type SessionSums,
} from './arm-sums.ts'
import { covariateSlope } from './cuped.ts'
import { defaultReading, readExperiment, type Stage } from './experiment-reading.ts'
import { momentsOf } from './moments.ts'
import { ratioMoments, ratioOf } from './ratio-sums.ts'
import { verdicts } from './verdict.ts'

const options = { ...defaultReading, control: 'old' }
const margin = { qualityMargin: 0.02 }

type Traffic = {
  readonly seed: string
  readonly sessions: number
  readonly quality: (treated: boolean) => number
  readonly usd: (treated: boolean) => number
  readonly share?: number
}

/** Sessions of one to four decisions; the covariate is the prompt's difficulty, which quality falls with. */
function traffic({ seed, sessions, quality, usd, share = 0.5 }: Traffic): Stage {
  const draw = seededDraw(seed)
  const arms: Record<string, ArmSums> = { old: noArmSums, new: noArmSums }
  for (let session = 0; session < sessions; session++) {
    const treated = draw() < share
    let sums: SessionSums = {}
    for (let decision = 0; decision < 1 + (session % 4); decision++) {
      const difficulty = draw()
      const good = draw() < quality(treated) + 0.4 * (0.5 - difficulty)
      sums = addToSession(sums, 'quality', good ? 1 : 0, difficulty)
      sums = addToSession(sums, 'usd', usd(treated) * Math.exp(0.4 * normal(draw)), difficulty)
    }
    const arm = treated ? 'new' : 'old'
    arms[arm] = moveSession(arms[arm]!, null, sums)
  }
  return { shares: { old: 1 - share, new: share }, arms }
}

const verdictOn = (stages: readonly Stage[]) => verdicts(readExperiment(stages, options), margin)[0]!

describe('the sums of an arm', () => {
  const event = fc.record({
    session: fc.integer({ min: 0, max: 4 }),
    value: fc.double({ min: 0, max: 1, noNaN: true }),
    covariate: fc.double({ min: 0, max: 1, noNaN: true }),
  })

  it('are the same however the sessions’ outcomes come in, corrections included', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (events, wrong) => {
          const sessions = new Map<number, SessionSums>()
          let streamed = noArmSums
          for (const { session, value, covariate } of events) {
            const before = sessions.get(session) ?? null
            // First a wrong score, then the right one in its place.
            const first = addToSession(before ?? {}, 'quality', wrong, covariate)
            const corrected = addToSession(first, 'quality', value, covariate, wrong)
            streamed = moveSession(moveSession(streamed, before, first), first, corrected)
            sessions.set(session, corrected)
          }
          const whole = [...sessions.values()].reduce((arm, one) => moveSession(arm, null, one), noArmSums)
          expect(streamed.sessions).toBe(whole.sessions)
          streamed.metrics.quality.powers.forEach((power, place) => {
            expect(power).toBeCloseTo(whole.metrics.quality.powers[place]!, 6)
          })
        },
      ),
    )
  })

  it('merge, survive JSON, and forget a session that is taken out', () => {
    const { arms } = traffic({ seed: 'merge', sessions: 200, quality: () => 0.7, usd: () => 0.01 })
    const merged = mergeArmSums(arms.old!, arms.new!)
    expect(merged.sessions).toBe(200)
    expect(JSON.parse(JSON.stringify(merged))).toEqual(merged)
    const one = addToSession({}, 'quality', 1, 0.2)
    expect(moveSession(moveSession(noArmSums, null, one), one, null)).toEqual(noArmSums)
  })

  it('give the ratio of means with the spread between sessions, not between decisions', () => {
    // Sessions of four alike decisions: as good as one decision each.
    const values = Array.from({ length: 60 }, (_, place) => (place % 3 === 0 ? 0 : 1))
    const arm = values.reduce(
      (sums, value) =>
        moveSession(sums, null, { quality: { numerator: 4 * value, denominator: 4, covariate: 0 } }),
      noArmSums,
    )
    const clustered = ratioMoments(arm.metrics.quality)
    const plain = momentsOf(values)
    expect(ratioOf(arm.metrics.quality)).toBeCloseTo(2 / 3, 12)
    expect(clustered.count).toBe(60)
    for (const part of ['m2', 'm3', 'm4'] as const) expect(clustered[part]).toBeCloseTo(plain[part], 8)
  })

  it('find the slope of a covariate and take its share of the variance away', () => {
    const stage = traffic({ seed: 'cuped', sessions: 4_000, quality: () => 0.5, usd: () => 0.01 })
    expect(covariateSlope([stage.arms.old!.metrics.quality, stage.arms.new!.metrics.quality])).toBeCloseTo(
      -0.4,
      1,
    )
    const { quality } = readExperiment([stage], options).arms[0]!.differences
    // Correlation² of difficulty and a fair coin's outcome: 0.4² (1/12) / (1/4) = 0.053
    expect(quality.varianceSaved).toBeGreaterThan(0.03)
    expect(quality.varianceSaved).toBeLessThan(0.09)
  })

  it('refuse what has no ratio', () => {
    const broken = { quality: { numerator: Number.NaN, denominator: 1, covariate: 0 } }
    expect(() => moveSession(noArmSums, null, broken)).toThrow(RangeError)
  })
})

describe('the verdict', () => {
  it('adopts what is as good and cheaper, with its numbers', () => {
    const verdict = verdictOn([
      traffic({
        seed: 'adopt',
        sessions: 12_000,
        quality: () => 0.8,
        usd: (treated) => (treated ? 0.004 : 0.01),
      }),
    ])
    expect(verdict.kind).toBe('adopt')
    expect(verdict.sentence).toMatch(
      /^Adopt new: no more than 2 points of quality lost, and cheaper: quality of new less that of old is [+-]\d\.\d\d points \[-[01]\.\d\d, \+\d\.\d\d\]; cost per decision changes by -\d\d\.\d % \[-\d\d\.\d %, -\d\d\.\d %\] of \$0\.01\d*\. [56],\d{3} sessions so far\.$/,
    )
  })

  it('rolls back what is worse, whatever it saves', () => {
    const { kind, sentence } = verdictOn([
      traffic({
        seed: 'worse',
        sessions: 4_000,
        quality: (treated) => (treated ? 0.65 : 0.8),
        usd: (treated) => (treated ? 0.001 : 0.01),
      }),
    ])
    expect(kind).toBe('roll-back')
    expect(sentence).toContain('more than 2 points of quality lost')
  })

  it('drops what costs more for nothing, and asks about what is better and costs more', () => {
    const dearer = (treated: boolean) => (treated ? 0.02 : 0.01)
    const same = traffic({ seed: 'dearer', sessions: 16_000, quality: () => 0.8, usd: dearer })
    expect(verdictOn([same]).kind).toBe('dearer')
    const better = traffic({
      seed: 'better',
      sessions: 6_000,
      quality: (treated) => (treated ? 0.8 : 0.65),
      usd: dearer,
    })
    expect(verdictOn([better]).kind).toBe('better-and-dearer')
  })

  it('is undecided on little evidence, and on none', () => {
    expect(
      verdictOn([traffic({ seed: 'few', sessions: 150, quality: () => 0.8, usd: () => 0.01 })]).kind,
    ).toBe('undecided')
    const nothing = verdictOn([{ shares: { old: 0.5, new: 0.5 }, arms: {} }])
    expect(nothing).toMatchObject({
      kind: 'undecided',
      sentence: expect.stringContaining('no stage has 5 sessions'),
    })
  })

  it('is blocked where sessions have gone astray', () => {
    const stage = traffic({ seed: 'ratio', sessions: 3_000, share: 0.4, quality: () => 0.8, usd: () => 0.01 })
    const { kind, sentence } = verdictOn([{ ...stage, shares: { old: 0.5, new: 0.5 } }])
    expect(kind).toBe('blocked')
    expect(sentence).toContain('do not have the intended shares')
  })

  it('compares within stages, so that a ramp over a bad day is no effect', () => {
    const before = traffic({
      seed: 'ramp 1',
      sessions: 6_000,
      share: 0.1,
      quality: () => 0.85,
      usd: () => 0.01,
    })
    const after = traffic({
      seed: 'ramp 2',
      sessions: 6_000,
      share: 0.5,
      quality: () => 0.55,
      usd: () => 0.01,
    })
    const { reading } = readExperiment([before, after], options).arms[0]!.differences.quality
    if (reading.kind !== 'interval') throw new Error(reading.because)
    expect(Math.abs(reading.estimate)).toBeLessThan(0.03)
    // Thrown together the new arm would look worse by some eight points.
    const pooled = (['old', 'new'] as const).map((arm) =>
      ratioOf(mergeArmSums(before.arms[arm]!, after.arms[arm]!).metrics.quality),
    )
    expect(pooled[1]! - pooled[0]!).toBeLessThan(-0.06)
  })

  it('knows a model that costs nothing', () => {
    const stage = traffic({
      seed: 'free',
      sessions: 12_000,
      quality: () => 0.8,
      usd: (treated) => (treated ? 0 : 0.01),
    })
    expect(verdictOn([stage]).kind).toBe('adopt')
  })

  it('does not trust an arm in which nothing has failed yet', () => {
    const draw = seededDraw('flawless')
    const arms = { old: noArmSums, new: noArmSums }
    for (let session = 0; session < 2_000; session++) {
      const arm = session % 20 === 0 ? 'new' : 'old'
      const sums = addToSession({}, 'quality', arm === 'new' || draw() < 0.9 ? 1 : 0)
      arms[arm] = moveSession(arms[arm], null, sums)
    }
    const stage = { shares: { old: 0.95, new: 0.05 }, arms }
    expect(readExperiment([stage], options).arms[0]!.differences.quality.reading).toMatchObject({
      kind: 'withheld',
      because: expect.stringContaining('no variation'),
    })
  })

  it('stops an A/A test in no more than one of twenty, though looked at every day', () => {
    let stopped = 0
    for (let run = 0; run < 40; run++) {
      const days: Stage[] = []
      for (let day = 0; day < 10; day++) {
        days.push(traffic({ seed: `A/A ${run} ${day}`, sessions: 120, quality: () => 0.8, usd: () => 0.01 }))
        const whole: Stage = {
          shares: days[0]!.shares,
          arms: {
            old: days.map(({ arms }) => arms.old!).reduce(mergeArmSums),
            new: days.map(({ arms }) => arms.new!).reduce(mergeArmSums),
          },
        }
        const found = verdicts(readExperiment([whole], options), { qualityMargin: 0 })
        if (found.some(({ kind }) => kind !== 'undecided')) {
          stopped++
          break
        }
      }
    }
    expect(stopped).toBeLessThanOrEqual(5)
  })

  it('refuses a margin that is none, and a control that is none of the arms', () => {
    const stage = { shares: { old: 0.5, new: 0.5 }, arms: {} }
    expect(() => verdicts(readExperiment([stage], options), { qualityMargin: 2 })).toThrow('margin')
    expect(() => readExperiment([stage], { ...options, control: 'older' })).toThrow(
      'none of the arms old, new',
    )
  })
})
