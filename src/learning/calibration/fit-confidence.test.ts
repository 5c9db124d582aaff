import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { evidenceOf } from '../../strategies/answers/confidence/score-calibration.ts'
import { areaUnderRoc, fitAcceptThreshold, fitConfidence, type JudgedAnswer } from './fit-confidence.ts'

/** Answers whose scores are normal, `apart` deviations between right and wrong, squeezed into 0 to 1. */
function judged(count: number, apart: number, seed: string, rightShare = 0.7): JudgedAnswer[] {
  const draw = seededDraw(seed)
  return Array.from({ length: count }, () => {
    const right = draw() < rightShare
    return { score: 1 / (1 + Math.exp(-(normal(draw) + (right ? apart : 0)))), right: right ? 1 : 0 }
  })
}

describe.each([
  ['a line for few answers', 120, 'platt'],
  ['steps for many', 2000, 'isotonic'],
] as const)('%s', (_name, count, kind) => {
  const { calibration, auroc } = fitConfidence(judged(count, 1.5, 'calibration'))

  test('is fitted', () => {
    expect(calibration?.kind).toBe(kind)
    // Φ(1.5 / √2) = 0.856
    expect(auroc).toBeGreaterThan(0.78)
    expect(auroc).toBeLessThan(0.92)
  })

  test('gives evidence that rises with the score, for and against', () => {
    const evidence = [0.1, 0.3, 0.5, 0.7, 0.95].map((score) => evidenceOf(score, calibration!))
    expect([...evidence].sort((a, b) => a - b)).toEqual(evidence)
    expect(evidence[0]).toBeLessThan(-0.5)
    expect(evidence.at(-1)).toBeGreaterThan(0.5)
  })

  test('is calibrated on answers that it has not seen', () => {
    const seen = judged(4000, 1.5, 'others')
    const base = Math.log(calibration!.baseRate / (1 - calibration!.baseRate))
    const predicted = seen.map(({ score }) => 1 / (1 + Math.exp(-(base + evidenceOf(score, calibration!)))))
    const high = seen.filter((_, place) => predicted[place]! > 0.85)
    const rightOfHigh = high.reduce((sum, { right }) => sum + right, 0) / high.length
    expect(high.length).toBeGreaterThan(200)
    expect(rightOfHigh).toBeGreaterThan(0.8)
  })
})

test('answers that are all alike teach nothing', () => {
  const alike = Array.from({ length: 50 }, (_, place) => ({ score: place / 50, right: 1 }))
  expect(fitConfidence(alike)).toMatchObject({ calibration: null, auroc: Number.NaN })
  expect(fitConfidence([])).toMatchObject({ calibration: null, answers: 0 })
})

test('the area under the curve is the share of pairs in order, ties counting half', () => {
  const answers = fc.array(
    fc.record({
      score: fc.integer({ min: 0, max: 4 }).map((score) => score / 4),
      right: fc.constantFrom(0, 1),
    }),
    { minLength: 2, maxLength: 12 },
  )
  fc.assert(
    fc.property(answers, (list) => {
      const rights = list.filter(({ right }) => right === 1)
      const wrongs = list.filter(({ right }) => right === 0)
      let wins = 0
      for (const one of rights)
        for (const other of wrongs) wins += one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0
      const share = wins / (rights.length * wrongs.length)
      const area = areaUnderRoc(list)
      if (Number.isNaN(share)) expect(area).toBeNaN()
      else expect(area).toBeCloseTo(share, 9)
    }),
  )
})

describe('the threshold of conformal risk control', () => {
  test.each([0.05, 0.1, 0.2])('accepted and wrong stay within %d, over many calibrations', (epsilon) => {
    let [wrong, fresh, accepted] = [0, 0, 0]
    for (let round = 0; round < 300; round++) {
      const { accept } = fitAcceptThreshold(judged(100, 1, `fit ${epsilon} ${round}`), epsilon)
      for (const one of judged(40, 1, `new ${epsilon} ${round}`)) {
        fresh++
        if (accept === null || one.score < accept) continue
        accepted++
        wrong += 1 - one.right
      }
    }
    // 12,000 answers, not all independent: half a point is more than three standard errors.
    expect(wrong / fresh).toBeLessThanOrEqual(epsilon + 0.005)
    // And it is no empty promise: it accepts about as much as it may.
    expect(accepted).toBeGreaterThan(0)
    expect(wrong / fresh).toBeGreaterThan(epsilon / 2)
  })

  test('a promise that so few answers cannot keep accepts nothing', () => {
    expect(fitAcceptThreshold(judged(10, 3, 'few'), 0.05)).toMatchObject({ accept: null, acceptedShare: 0 })
    expect(fitAcceptThreshold([], 0.5).accept).toBeNull()
  })

  test('equal scores are accepted together or not at all', () => {
    const equal = Array.from({ length: 100 }, (_, place) => ({ score: 0.5, right: place < 50 ? 1 : 0 }))
    expect(fitAcceptThreshold(equal, 0.3).accept).toBeNull()
    expect(fitAcceptThreshold(equal, 0.6).accept).toBe(0.5)
  })
})
