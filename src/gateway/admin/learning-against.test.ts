import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { againstAtOnce, predictionsName, type RivalReading } from './learning-against.ts'
import { gradingChances } from './learning-graded.ts'
import { givenUpCurve } from './learning-given-up.ts'
import type { RegretRow } from './learning-rows.ts'

/** What models are truly worth, by kind of request; what is predicted of them is off. */
const truth = [
  [0.5, 0.8, 0.6],
  [0.7, 0.75, 0.4],
] as const
const predicted = [
  [0.65, 0.6, 0.7],
  [0.6, 0.7, 0.5],
] as const
const models = ['a', 'b', 'c'] as const
const best = 1

type World = {
  readonly seed: string
  readonly count: number
  /** Chances of the models, given the mean score of each so far. */
  readonly policy: (means: readonly number[], at: number) => readonly number[]
  /** That an answer of a model is graded. */
  readonly graded?: readonly number[]
  readonly perSession?: number
  readonly predictions?: readonly (readonly number[])[]
}

/** Rows, and what they add up to in truth: always the model, less the policy, after each row. */
function world({ seed, count, policy, graded = [1, 1, 1], perSession = 1, predictions = predicted }: World) {
  const draw = seededDraw(seed)
  const sums = models.map(() => ({ score: 1, count: 2 }))
  const rows: RegretRow[] = []
  const lost: (readonly number[])[] = []
  let total: readonly number[] = [0, 0, 0]
  for (let at = 0; at < count; at++) {
    const kind = draw() < 0.5 ? 0 : 1
    const chances = policy(
      sums.map((one) => one.score / one.count),
      at,
    )
    const chosen = drawn(chances, draw())
    const score = draw() < truth[kind][chosen]! ? 1 : 0
    const isGraded = draw() < graded[chosen]!
    sums[chosen]!.score += isGraded ? score : 0
    sums[chosen]!.count += isGraded ? 1 : 0
    const options = models.map((model, place) => ({ model, worth: predictions[kind]![place]! }))
    const foremost = kind === 0 ? 2 : 1
    rows.push({
      at: new Date(1e12 + at * 1000).toISOString(),
      unit: `session ${Math.floor(at / perSession)}`,
      policyVersion: 'v',
      options,
      chosen,
      foremost,
      givenUp: { worth: options[foremost]!.worth - options[chosen]!.worth, by: 'predictions' },
      propensity: chances[chosen]!,
      came: isGraded ? { kind: 'graded', worth: score } : { kind: 'ungraded' },
    })
    const earned = chances.reduce((sum, chance, place) => sum + chance * truth[kind][place]!, 0)
    total = total.map((sum, place) => sum + truth[kind][place]! - earned)
    lost.push(total)
  }
  return { rows, lost }
}

function drawn(chances: readonly number[], share: number): number {
  let left = share
  const found = chances.findIndex((chance) => {
    left -= chance
    return left < 0
  })
  return found === -1 ? chances.length - 1 : found
}

const evenly = () => [1 / 3, 1 / 3, 1 / 3]
const mostlyBest = () => [0.01, 0.98, 0.01]
/** Goes by what has come so far, as bandits do. */
const greedy = (means: readonly number[]): readonly number[] => {
  const first = means.indexOf(Math.max(...means))
  return means.map((_, place) => (place === first ? 0.7 : 0.15))
}

const curveOf = (rows: readonly RegretRow[]) =>
  againstAtOnce(rows, 40).curves.find(({ kind }) => kind === 'model')!
const reading = (rivals: readonly RivalReading[], wanted: string) =>
  rivals.find(({ name }) => name === wanted)!.reading

describe('the band of the best fixed model', () => {
  test.each([
    ['a policy that learns, all graded', greedy, [1, 1, 1], 1],
    ['a policy that learns, some graded more often than others', greedy, [0.8, 0.4, 0.6], 1],
    ['random choices in sessions', evenly, [0.7, 0.7, 0.7], 4],
  ] as const)('holds the truth at all its points together: %s', (name, policy, graded, perSession) => {
    const runs = 60
    let [missed, drawnCurves] = [0, 0]
    for (let run = 0; run < runs; run++) {
      const { rows, lost } = world({ seed: `${name} ${run}`, count: 900, policy, graded, perSession })
      for (const { name: rival, points, kind } of againstAtOnce(rows, 40).curves) {
        if (kind !== 'model') continue
        drawnCurves++
        const place = models.indexOf(rival as 'a')
        const isMissed = points.some(({ decisions, low, high }) => {
          const true_ = lost[decisions - 1]![place]!
          return true_ < low || true_ > high
        })
        if (isMissed) missed++
      }
    }
    expect(drawnCurves).toBeGreaterThan(runs * 0.8)
    expect(missed).toBeLessThanOrEqual(runs * 0.05)
  })

  test('is flat for a policy that nearly always picks the best', () => {
    const { rows } = world({ seed: 'flat', count: 4_000, policy: mostlyBest })
    const { name, points } = curveOf(rows)
    const last = points.at(-1)!
    expect(name).toBe('b')
    expect(last.low).toBeLessThan(0)
    expect(last.high).toBeGreaterThan(0)
    // Two requests in a hundred go elsewhere, and lose less than three tenths each.
    expect(Math.abs(last.estimate)).toBeLessThan(4_000 * 0.01)
  })

  test('rises in proportion for a policy that picks at random', () => {
    const { rows, lost } = world({ seed: 'linear', count: 4_000, policy: evenly })
    const { name, points } = curveOf(rows)
    const half = points.find(({ decisions }) => decisions >= 2_000)!
    const last = points.at(-1)!
    expect(name).toBe('b')
    expect(last.decisions).toBe(4_000)
    expect(last.low).toBeGreaterThan(0)
    expect(last.estimate / half.estimate).toBeCloseTo(2, 0)
    expect(last.estimate / lost.at(-1)![best]!).toBeCloseTo(1, 0)
    expect(last.high - last.low).toBeLessThan(lost.at(-1)![best]!)
  })
})

test('the predictions stand beside it, which a policy that has learnt better is ahead of', () => {
  const { rows } = world({ seed: 'predictions', count: 20_000, policy: () => [0.1, 0.8, 0.1] })
  const { curves, rivals } = againstAtOnce(rows, 40)
  expect(curves.map(({ kind }) => kind)).toEqual(['model', 'predictions'])
  const of = reading(rivals, predictionsName)
  // Half of the requests would have gone to c, which is worth two tenths less there.
  expect(of.kind === 'interval' && of.high).toBeLessThan(0)
})

test('is right however wrong the predictions are, with most answers ungraded', () => {
  const predictions = [
    [0.1, 0.1, 0.1],
    [0.1, 0.1, 0.1],
  ]
  const { rows, lost } = world({
    seed: 'wrong',
    count: 8_000,
    policy: evenly,
    graded: [0.3, 0.3, 0.3],
    predictions,
  })
  const of = reading(againstAtOnce(rows, 40).rivals, 'b')
  const truth = lost.at(-1)![best]!
  expect(of.kind === 'interval' && of.low < truth && truth < of.high).toBe(true)
  expect(of.estimate! / truth).toBeCloseTo(1, 0)
})

describe('nothing is said', () => {
  test('where the answers have been all alike so far, however much the predictions differ', () => {
    const { rows } = world({ seed: 'alike', count: 1_000, policy: evenly })
    const alike = rows.map(
      (row): RegretRow => ({ ...row, came: { kind: 'graded', worth: row.options[row.chosen]!.worth } }),
    )
    const even = alike.map(
      (row): RegretRow => ({
        ...row,
        options: row.options.map((one, place) => (place === best ? { ...one, worth: 0.7 } : one)),
        came: row.chosen === best ? { kind: 'graded', worth: 0.7 } : row.came,
      }),
    )
    const of = reading(againstAtOnce(even, 40).rivals, 'b')
    expect(of.kind === 'withheld' && of.because).toMatch(/no variation/)
    expect(reading(againstAtOnce(alike, 40).rivals, 'b').kind).toBe('interval')
  })

  test('where every choice was certain', () => {
    const { rows } = world({ seed: 'certain', count: 500, policy: () => [0, 1, 0] })
    const found = againstAtOnce(rows, 40)
    expect(found).toMatchObject({ decisions: 0, certain: 500, rivals: [], curves: [] })
    expect(found.because).toMatch(/no choice was left to chance.*explore/)
    expect(againstAtOnce([], 40).because).toMatch(/nothing has been answered/)
  })

  test('of a model that was hardly tried, and all the same of others', () => {
    const { rows } = world({ seed: 'seldom', count: 2_000, policy: () => [0.01, 0.5, 0.49] })
    const { rivals, curves } = againstAtOnce(rows, 40)
    const of = reading(rivals, 'a')
    expect(of).toMatchObject({ kind: 'withheld', estimate: null })
    expect(of.kind === 'withheld' && of.because).toMatch(/worth \d+\.\d graded answers .* 100 are needed/)
    expect(curves[0]?.name).toBe('b')
    expect(rivals.at(-1)?.name).toBe('a')
  })

  test('where a model had no chance on a part of the requests', () => {
    const { rows } = world({
      seed: 'barred',
      count: 2_000,
      policy: (_, at) => (at % 2 === 0 ? [0.5, 0.5, 0] : [0, 0.5, 0.5]),
    })
    const of = reading(againstAtOnce(rows, 40).rivals, 'a')
    expect(of.kind === 'withheld' && of.because).toMatch(/the weights have the mean 0\.[45].* no chance/)
  })

  test('where nobody has graded anything', () => {
    const { rows } = world({ seed: 'silent', count: 500, policy: evenly, graded: [0, 0, 0] })
    const { curves, because, rivals } = againstAtOnce(rows, 40)
    expect(curves).toEqual([])
    expect(because).toMatch(/The nearest is ., with what is worth 0 graded answers of its own where 100/)
    expect(reading(rivals, 'b')).toMatchObject({
      because: 'no answer of its own that was left to chance has been graded',
    })
  })

  test('where one session holds much of all weight', () => {
    const { rows } = world({ seed: 'one', count: 1_000, policy: evenly })
    const together = rows.map((row, at) => (at < 100 ? { ...row, unit: 'the one' } : row))
    const of = reading(againstAtOnce(together, 40).rivals, 'b')
    expect(of.kind === 'withheld' && of.because).toMatch(/% of all weight is on one session/)
  })
})

test('a request of which a rival is no candidate stays as it was decided', () => {
  const { rows } = world({ seed: 'elsewhere', count: 1_000, policy: evenly })
  // Of the second half only b may answer, at even chances with somebody else.
  const narrowed = rows.map(
    (row, at): RegretRow =>
      at < 500 ? row : { ...row, options: [row.options[1]!], chosen: 0, foremost: 0, propensity: 0.5 },
  )
  const whole = againstAtOnce(rows.slice(0, 500), 40).rivals.find(({ name }) => name === 'a')!
  const found = againstAtOnce(narrowed, 40).rivals.find(({ name }) => name === 'a')!
  expect(found.candidateOn).toBe(500)
  expect(found.effective).toBeCloseTo(whole.effective)
})

test('failures need nobody to say so, and what has not ended is left out', () => {
  const { rows } = world({ seed: 'failures', count: 400, policy: evenly, graded: [0.5, 0.5, 0.5] })
  const failing = rows.map(
    (row, at): RegretRow =>
      at < 100
        ? { ...row, came: { kind: 'failed', worth: -0.1 } }
        : at < 150
          ? { ...row, came: { kind: 'open' } }
          : row,
  )
  expect(gradingChances(failing)[0]).toBe(1)
  expect(gradingChances(failing)[399]).toBeGreaterThan(0.3)
  expect(gradingChances(failing)[399]).toBeLessThan(0.7)
  const { decisions, known } = againstAtOnce(failing, 40)
  expect(decisions).toBe(350)
  expect(known).toBe(failing.filter(({ came }) => came.kind === 'graded' || came.kind === 'failed').length)
})

describe('what was given up', () => {
  test('is nothing for who always picks the best, and grows evenly for who picks at random', () => {
    const { rows } = world({ seed: 'given up', count: 3_000, policy: evenly })
    const faithful = rows.map((row): RegretRow => ({ ...row, givenUp: { worth: 0, by: 'beliefs' } }))
    expect(givenUpCurve(faithful, 50).points.every(({ all }) => all === 0)).toBe(true)
    const { points, decisions, withoutBeliefs } = givenUpCurve(rows, 50)
    expect([points.length, decisions, withoutBeliefs]).toEqual([50, 3_000, 3_000])
    expect(points.at(-1)!.all / points[24]!.all).toBeCloseTo(2, 0)
    expect(points.at(-1)!.byPredictions).toBe(points.at(-1)!.all)
  })

  test('tells what the policy believed from what was only predicted, for want of it on record', () => {
    const { rows } = world({ seed: 'apart', count: 100, policy: evenly })
    const mixed = rows.map(
      (row, at): RegretRow => ({
        ...row,
        givenUp: { worth: 0.1, by: at < 30 ? 'predictions' : 'beliefs' },
      }),
    )
    const { points, withoutBeliefs } = givenUpCurve(mixed, 10)
    expect(withoutBeliefs).toBe(30)
    expect(points.at(-1)!.all).toBeCloseTo(10)
    expect(points.at(-1)!.byPredictions).toBeCloseTo(3)
    expect(givenUpCurve([], 10)).toEqual({ decisions: 0, withoutBeliefs: 0, points: [] })
  })
})
