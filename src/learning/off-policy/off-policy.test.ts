import { describe, expect, it } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { evaluatePolicy, comparePolicies, type MetricEvaluation, prepareLog } from './evaluate.ts'
import { estimate, estimators } from './estimators.ts'
import type { LoggedRow, MetricRow, TargetPolicy } from './logged-row.ts'

/** Two models: the cheap one fails on hard prompts. The log draws one of them; `share` is the dear one's. */
type World = {
  readonly seed: string
  readonly size?: number
  readonly share?: (difficulty: number) => number
  readonly feedback?: (model: number) => number
  readonly session?: number
}

const truth = { cheap: { quality: 0.6, usd: 0.001 }, dear: { quality: 0.85, usd: 0.01 } }

type SimulatedLog = { readonly rows: readonly LoggedRow[]; readonly difficulties: readonly number[] }

function aLog({
  seed,
  size = 1_500,
  share = () => 0.3,
  feedback = () => 1,
  session = 1,
}: World): SimulatedLog {
  const draw = seededDraw(seed)
  const difficulties: number[] = []
  const rows = Array.from({ length: size }, (_, place): LoggedRow => {
    const difficulty = draw()
    difficulties.push(difficulty)
    const qualities = [1 - 0.8 * difficulty, 0.95 - 0.2 * difficulty]
    const chosen = draw() < share(difficulty) ? 1 : 0
    const propensity = chosen === 1 ? share(difficulty) : 1 - share(difficulty)
    const quality = draw() < qualities[chosen]! ? 1 : 0
    const graded = draw() < feedback(chosen)
    const usd = [0.001, 0.01][chosen]! * Math.exp(0.3 * normal(draw) - 0.045)
    return {
      id: `d-${place}`,
      unit: `s-${Math.floor(place / session)}`,
      chosen,
      actions: ['cheap', 'dear'].map((model, action) => ({
        model,
        predicted: { quality: qualities[action]!, usd: [0.001, 0.01][action]! },
        seen:
          action === chosen
            ? { propensity, quality: graded ? quality : null, feedbackProbability: feedback(chosen), usd }
            : null,
      })),
    }
  })
  return { rows, difficulties }
}

const always = (log: SimulatedLog, action: 0 | 1): TargetPolicy => ({
  name: action === 0 ? 'cheap' : 'dear',
  choices: log.rows.map(() => (action === 0 ? [1, 0] : [0, 1])),
})

const evaluated = (log: SimulatedLog, target: TargetPolicy) =>
  evaluatePolicy(prepareLog(log.rows), target).metrics

function expectCovered(found: MetricEvaluation, value: number): void {
  for (const estimator of estimators) {
    const reading = found.estimates[estimator]
    if (estimator === 'direct') continue
    if (reading.kind === 'withheld') throw new Error(`${estimator}: ${reading.because}`)
    expect(reading.low, estimator).toBeLessThanOrEqual(value)
    expect(reading.high, estimator).toBeGreaterThanOrEqual(value)
    expect(reading.high - reading.low, estimator).toBeLessThan(0.35 * Math.max(value, 0.5))
  }
}

describe('off-policy estimates', () => {
  const log = aLog({ seed: 'ordinary' })

  it.each([
    ['cheap', 0],
    ['dear', 1],
  ] as const)('agree with what running the policy %s would have come to', (name, action) => {
    const { quality, usd } = evaluated(log, always(log, action))
    expect(quality.diagnostics.failures).toEqual([])
    expectCovered(quality, truth[name].quality)
    expectCovered(usd, truth[name].usd)
  })

  it('cover over many logs', () => {
    let missed = 0
    let given = 0
    for (let run = 0; run < 30; run++) {
      const one = aLog({ seed: `cover ${run}`, size: 500 })
      const { quality } = evaluated(one, always(one, 1))
      for (const estimator of ['ips', 'snips', 'dr', 'sndr', 'switch-dr'] as const) {
        const reading = quality.estimates[estimator]
        if (reading.kind === 'withheld') continue
        given++
        if (reading.low > truth.dear.quality || reading.high < truth.dear.quality) missed++
      }
    }
    expect(given).toBeGreaterThan(140)
    expect(missed / given).toBeLessThan(0.07)
  })

  it('are narrower, doubly robust, than by weights alone', () => {
    const width = (estimator: 'ips' | 'dr') => {
      const reading = evaluated(log, always(log, 1)).quality.estimates[estimator]
      return reading.kind === 'interval' ? reading.high - reading.low : Number.NaN
    }
    expect(width('dr')).toBeLessThan(0.8 * width('ips'))
  })

  it('are those of the formulas', () => {
    const rows: MetricRow[] = [
      { id: 'a', unit: 'a', predicted: [0.5, 0.8], seen: [{ action: 0, value: 1, probability: 0.5 }] },
      { id: 'b', unit: 'b', predicted: [0.4, 0.6], seen: [{ action: 1, value: 0, probability: 0.25 }] },
      { id: 'c', unit: 'c', predicted: [0.2, 0.9], seen: [] },
    ]
    const choices = [
      [0.25, 0.75],
      [0.5, 0.5],
      [0, 1],
    ]
    const of = (estimator: (typeof estimators)[number], clipAt?: number) =>
      estimate(estimator, rows, choices, { alpha: 0.05, metric: 'quality', ...(clipAt && { clipAt }) })
        .estimate
    // Direct: (.725 + .5 + .9) / 3. Weights: .5 (r = 1, residual .5) and 2 (r = 0, residual -.6).
    expect(of('direct')).toBeCloseTo(2.125 / 3, 12)
    expect(of('ips', 10)).toBeCloseTo(0.5 / 3, 12)
    expect(of('snips')).toBeCloseTo(0.5 / 2.5, 12)
    expect(of('dr')).toBeCloseTo((2.125 + 0.25 - 1.2) / 3, 12)
    expect(of('sndr')).toBeCloseTo(2.125 / 3 + (0.25 - 1.2) / 2.5, 12)
    expect(of('ips', 1)).toBeCloseTo(0.5 / 3, 12)
  })

  it('reach, where weights are cut, over all that was cut off', () => {
    const rare = aLog({ seed: 'rare', size: 4_000, share: (difficulty) => (difficulty < 0.5 ? 0.5 : 0.1) })
    const log = prepareLog(rare.rows, { alpha: 0.05, folds: 3, clipAt: 4, switchAt: 4 })
    const { estimates } = evaluatePolicy(log, always(rare, 1)).metrics.quality
    for (const estimator of ['ips', 'switch-dr'] as const) {
      const reading = estimates[estimator]
      if (reading.kind === 'withheld') throw new Error(reading.because)
      expect(reading.low).toBeLessThan(truth.dear.quality)
      expect(reading.high).toBeGreaterThan(truth.dear.quality)
    }
    const { usd } = evaluatePolicy(log, always(rare, 1)).metrics
    expect(usd.estimates.ips).toMatchObject({
      kind: 'withheld',
      because: expect.stringContaining('nothing bounds'),
    })
  })

  it('weigh feedback that comes more often from one model', () => {
    const feedback = (model: number) => (model === 0 ? 0.9 : 0.3)
    const partly = aLog({ seed: 'partly', size: 3_000, feedback })
    const { quality } = evaluated(partly, always(partly, 1))
    expectCovered(quality, truth.dear.quality)
    expect(quality.diagnostics.meanWeight).toBeCloseTo(1, 0)
  })

  it('go by sessions where decisions hang together', () => {
    const width = (session: number) => {
      const one = aLog({ seed: 'sessions', size: 2_000, session })
      // Sessions all of one kind: difficulty is drawn anew for each decision, so that only the count of units differs.
      const reading = evaluated(one, always(one, 0)).quality.estimates.snips
      return reading.kind === 'interval' ? reading.high - reading.low : Number.NaN
    }
    expect(width(10)).toBeGreaterThan(0.8 * width(1))
    expect(aLog({ seed: 'sessions', size: 100, session: 10 }).rows.at(-1)!.unit).toBe('s-9')
  })

  it('compare policies pairwise, narrower than either by itself', () => {
    const prepared = prepareLog(log.rows)
    const target: TargetPolicy = {
      name: 'by difficulty',
      choices: log.difficulties.map((difficulty) => (difficulty > 0.5 ? [0, 1] : [1, 0])),
    }
    const { quality } = comparePolicies(prepared, target, always(log, 1))
    if (quality.kind === 'withheld') throw new Error(quality.because)
    // On easy prompts: 1 - .8 d instead of .95 - .2 d, over half of the traffic: .5 (.8 - .9) = -.05
    expect(quality.low).toBeLessThan(-0.05)
    expect(quality.high).toBeGreaterThan(-0.05)
    const { usd } = comparePolicies(prepared, target, always(log, 1))
    if (usd.kind === 'withheld') throw new Error(usd.because)
    expect(usd.high).toBeLessThan(-0.003)
  })

  it('tell the difference to the log itself', () => {
    const { quality, usd } = evaluated(log, always(log, 1))
    if (quality.lessLogged.kind === 'withheld') throw new Error(quality.lessLogged.because)
    // The log has .7 of the cheap one: .7 (.85 - .6) = .175
    expect(quality.lessLogged.low).toBeLessThan(0.175)
    expect(quality.lessLogged.high).toBeGreaterThan(0.175)
    expect(usd.logged.kind).toBe('interval')
  })
})

describe('diagnostics refuse', () => {
  const refusal = (log: SimulatedLog, target: TargetPolicy): string => {
    const { quality } = evaluated(log, target)
    for (const estimator of ['ips', 'snips', 'dr', 'sndr', 'switch-dr'] as const)
      expect(quality.estimates[estimator]).toMatchObject({ kind: 'withheld', estimate: null })
    expect(quality.estimates.direct).toMatchObject({ kind: 'withheld', estimate: expect.any(Number) })
    if (quality.best.kind === 'interval') throw new Error('there is an interval')
    return quality.best.because
  }

  it('a log that left nothing to chance', () => {
    const log = aLog({ seed: 'certain', share: () => 0 })
    expect(refusal(log, always(log, 1))).toMatch(
      /on 1500 of 1500 decisions it would choose a model that the log had no chance of choosing \(d-0, d-1, d-2, …\)/,
    )
  })

  it('a log that leaves some things to chance and not those', () => {
    const log = aLog({ seed: 'half', share: (difficulty) => (difficulty < 0.5 ? 0.3 : 0) })
    expect(refusal(log, always(log, 1))).toMatch(/on 7\d\d of 1500 decisions/)
    // The policy that stays where the log went is answered.
    expect(evaluated(log, always(log, 0)).quality.best.kind).toBe('interval')
  })

  it('a log without propensities', () => {
    const log = aLog({ seed: 'without' })
    const rows = log.rows.map((row) => ({
      ...row,
      actions: row.actions.map((action) => ({
        ...action,
        seen: action.seen && { ...action.seen, propensity: null },
      })),
    }))
    expect(refusal({ ...log, rows }, always(log, 1))).toMatch(
      /^1500 of 1500 decisions have no propensity on record, without which only the direct method and full information/,
    )
  })

  it('propensities that are not true', () => {
    const log = aLog({ seed: 'lies', size: 3_000 })
    const rows = log.rows.map((row) => ({
      ...row,
      actions: row.actions.map((action) => ({
        ...action,
        // On record: an even draw. In truth: 0.3 of the dear one.
        seen: action.seen && { ...action.seen, propensity: 0.5 },
      })),
    }))
    expect(refusal({ ...log, rows }, always(log, 1))).toMatch(
      /the weights have the mean 0\.\d+ ± .* where 1 is due/,
    )
  })

  it('a log of which few decisions count', () => {
    const log = aLog({ seed: 'thin', size: 300, share: () => 0.05 })
    expect(refusal(log, always(log, 1))).toMatch(
      /the log is worth [\d.]+ decisions of this policy's own, and 100 are needed/,
    )
  })

  it('weights of which one holds too much', () => {
    const log = aLog({ seed: 'one', size: 800, share: (difficulty) => (difficulty < 0.99 ? 0.9 : 0.002) })
    const heavy = log.rows.map((row, place) =>
      place !== 5
        ? row
        : {
            ...row,
            chosen: 1,
            actions: row.actions.map((action, one) => ({
              ...action,
              seen: one === 1 ? { propensity: 0.002, quality: 1, feedbackProbability: 1, usd: 0.01 } : null,
            })),
          },
    )
    expect(refusal({ ...log, rows: heavy }, always(log, 1))).toMatch(
      /% of all weight is on one session or decision/,
    )
  })

  it('nothing where the log shows all that the policy would have done', () => {
    const log = aLog({ seed: 'deep', size: 200, share: () => 0 })
    // The log asked the dear model too, and both answers were graded.
    const draw = seededDraw('second answers')
    const rows = log.rows.map((row) => ({
      ...row,
      actions: row.actions.map((action, one) =>
        one === 0
          ? action
          : {
              ...action,
              seen: { propensity: 1, quality: draw() < 0.85 ? 1 : 0, feedbackProbability: 1, usd: 0.01 },
            },
      ),
    }))
    const { quality } = evaluated({ ...log, rows }, always(log, 1))
    const mean = rows.reduce((sum, row) => sum + row.actions[1]!.seen!.quality!, 0) / rows.length
    if (quality.fullInformation?.kind !== 'interval') throw new Error('no full information')
    expect(quality.fullInformation.estimate).toBeCloseTo(mean, 12)
    expect(quality.best).toEqual(quality.fullInformation)
    expect(quality.lessLogged.kind).toBe('interval')
  })
})

describe('bad input', () => {
  const log = aLog({ seed: 'bad', size: 60 })

  it('is refused with the decision that it stands in', () => {
    const broken = (seen: object) =>
      log.rows.map((row, place) =>
        place === 7
          ? {
              ...row,
              actions: row.actions.map((one) => ({ ...one, seen: one.seen && { ...one.seen, ...seen } })),
            }
          : row,
      )
    expect(() => prepareLog(broken({ propensity: 0 }))).toThrow('decision d-7: 0 is no probability')
    expect(() => prepareLog(broken({ propensity: 1.5 }))).toThrow('decision d-7')
    expect(() => prepareLog(broken({ quality: 3 }))).toThrow('decision d-7: 3 is no score from 0 to 1')
    expect(() => prepareLog(broken({ usd: Number.NaN }))).toThrow('is no cost')
  })

  it('is refused of a policy whose probabilities are none', () => {
    const prepared = prepareLog(log.rows)
    const sums = { name: 'half', choices: log.rows.map(() => [0.5, 0.4]) }
    expect(() => evaluatePolicy(prepared, sums)).toThrow('decision d-0: the probabilities of half')
    expect(() => evaluatePolicy(prepared, { name: 'few', choices: [[1, 0]] })).toThrow(
      'few says 1 choices for 60',
    )
  })

  it('and an empty log have no estimate', () => {
    const { quality } = evaluatePolicy(prepareLog([]), { name: 'any', choices: [] }).metrics
    expect(quality.best.kind).toBe('withheld')
    expect(quality.lessLogged.kind).toBe('withheld')
  })
})
