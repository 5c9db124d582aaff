import { describe, expect, test } from 'vitest'
import {
  aHeadRow,
  anArtefact,
  aRouter,
  aStackedPart,
  aTrainedModel,
  headRows,
} from '../../test/support/a-router.ts'
import { aModel } from '../../test/support/builders.ts'
import { modelId } from '../domain/model.ts'
import { logOddsOf, sigmoid } from './log-odds.ts'

const router = aRouter()
const short = router.readText('Why so?')
const long = router.readText('Why is that so? '.repeat(200))

const small = aModel({ id: 'acme/small' })
const large = aModel({ id: 'acme/large' })
const scored = (score: number) => aModel({ id: 'other/unseen', benchmarks: { mmlu: score } })

const biasOnly = (calibration: { slope: number; intercept: number }) =>
  aRouter({
    heads: { ...anArtefact().heads, shared: aHeadRow({ bias: 0.5 }), models: aHeadRow({ bias: 1 }) },
    models: [aTrainedModel({ calibration })],
  })

describe('quality of a model that outcomes have taught', () => {
  test('is the calibrated sigmoid of the shared head and its own', () => {
    const calibrated = biasOnly({ slope: 0.8, intercept: -0.3 })
    expect(calibrated.quality(short)(small).mean).toBeCloseTo(sigmoid(0.8 * 1.5 - 0.3), 6)
  })

  test('has the deviation that was measured', () => {
    expect(router.quality(short)(small).deviation).toBe(0.05)
    expect(router.quality(long)(large).deviation).toBe(0.03)
  })

  test('differs by model and prompt', () => {
    expect(router.quality(short)(large).mean).toBeGreaterThan(router.quality(short)(small).mean)
    expect(router.quality(long)(small).mean).toBeLessThan(router.quality(short)(small).mean)
  })

  test('goes by id, not by what the catalogue says of it', () => {
    const praised = aModel({ id: 'acme/small', benchmarks: { mmlu: 0.99 } })
    expect(router.quality(short)(praised)).toEqual(router.quality(short)(small))
  })
})

describe('quality of a model that no outcome has seen', () => {
  test('rises with its scores', () => {
    const means = [0.4, 0.6, 0.8, 0.95].map((score) => router.quality(short)(scored(score)).mean)
    expect(means).toEqual([...means].sort((a, b) => a - b))
    expect(means[3]! - means[0]!).toBeGreaterThan(0.2)
  })

  test('is less certain than that of a known one, and least so in the middle', () => {
    const middling = router.quality(short)(scored(0.5))
    const certain = router.quality(short)(scored(0.995))
    expect(middling.deviation).toBeGreaterThan(router.quality(short)(small).deviation)
    expect(certain.deviation).toBeLessThan(middling.deviation)
    expect(certain.deviation).toBeGreaterThanOrEqual(0.02)
    expect(middling.deviation).toBeCloseTo(middling.mean * (1 - middling.mean) * 0.6, 6)
  })

  test('takes the calibration of the prior', () => {
    const { prior } = anArtefact()
    const flat = aRouter({ prior: { ...prior, calibration: { slope: 0, intercept: 0.4 } } })
    expect(flat.quality(short)(scored(0.9)).mean).toBeCloseTo(sigmoid(0.4), 6)
  })

  test('stands with a model of which nothing is known', () => {
    const nameless = aModel({
      id: 'other/nameless',
      prices: { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 'unknown' },
    })
    const { mean } = router.quality(short)(nameless)
    expect(mean).toBeGreaterThan(0)
    expect(mean).toBeLessThan(1)
  })
})

describe('estimators put together', () => {
  const stacked = aRouter({ stacked: aStackedPart() })

  test('speak for the models that they know', () => {
    expect(logOddsOf(stacked.quality(short)(small).mean)).toBeCloseTo(
      logOddsOf(router.quality(short)(small).mean) + 0.5,
      4,
    )
    expect(logOddsOf(stacked.quality(short)(large).mean)).toBeCloseTo(
      0.5 * (logOddsOf(router.quality(short)(large).mean) + 0.5),
      4,
    )
  })

  test('move a model that they don’t know by what they make of the prompt', () => {
    for (const prompt of [short, long]) {
      expect(logOddsOf(stacked.quality(prompt)(scored(0.7)).mean)).toBeCloseTo(
        logOddsOf(router.quality(prompt)(scored(0.7)).mean) + 0.5,
        4,
      )
    }
  })

  test('leave a model that was taught afterwards to its head, as the forecast for one did', () => {
    const after = aRouter({
      stacked: aStackedPart(),
      models: [aTrainedModel(), aTrainedModel({ id: modelId('acme/large'), onboarded: true })],
    })
    expect(after.quality(short)(large).mean).toBe(stacked.headQuality(short)(large).mean)
    expect(after.quality(short)(large).mean).not.toBe(stacked.quality(short)(large).mean)
    expect(after.quality(short)(small)).toEqual(stacked.quality(short)(small))
  })
})

describe('output tokens', () => {
  test('follow prompt and verbosity', () => {
    expect(router.outputTokens(long.encoding, small).mean).toBeGreaterThan(
      router.outputTokens(short.encoding, small).mean,
    )
    const ratio =
      router.outputTokens(short.encoding, large).mean / router.outputTokens(short.encoding, small).mean
    expect(ratio).toBeCloseTo(1.5, 6)
  })

  test('take the catalogue’s verbosity where none was seen', () => {
    const unseen = aRouter({
      models: [aTrainedModel({ verbosity: null }), aTrainedModel({ id: modelId('acme/large') })],
    })
    const wordy = aModel({ id: 'acme/small', verbosity: 4 })
    const ratio =
      unseen.outputTokens(short.encoding, wordy).mean / unseen.outputTokens(short.encoding, large).mean
    expect(ratio).toBeCloseTo(4, 6)
  })

  test('have the deviation of a log-normal', () => {
    const { mean, deviation } = router.outputTokens(short.encoding, small)
    expect(deviation / mean).toBeCloseTo(Math.sqrt(Math.exp(0.25) - 1), 6)
  })
})

describe('learned signals', () => {
  test('complexity is the chance that a middling model fails', () => {
    const plain = aRouter({ heads: { ...anArtefact().heads, shared: aHeadRow({ bias: 2 }) } })
    expect(plain.signals.complexity(short.encoding)).toBeCloseTo(1 - sigmoid(2), 6)
  })

  test('subject and task are the likeliest of their heads', () => {
    expect(router.signals.subject(long.encoding).name).toBe('math')
    expect(router.signals.subject(short.encoding).name).toBe('general')
    expect(router.signals.subject(long.encoding).probability).toBeGreaterThan(0.5)
    expect(router.signals.taskType(long.encoding)).toBe('code')
  })

  test('of a router that was taught no labels are the plainest', () => {
    const untaught = aRouter({
      subjects: [],
      taskTypes: [],
      heads: { ...anArtefact().heads, subject: new Float32Array(0), taskType: new Float32Array(0) },
    })
    expect(untaught.signals.subject(long.encoding)).toEqual({ name: 'general', probability: 0 })
    expect(untaught.signals.taskType(long.encoding)).toBe('chat')
  })
})

test('two routers do not share what they know of a model', () => {
  const other = aRouter({
    heads: { ...anArtefact().heads, models: headRows(aHeadRow({ bias: 5 }), aHeadRow({ bias: -5 })) },
  })
  expect(other.quality(short)(small).mean).toBeGreaterThan(router.quality(short)(small).mean)
  expect(other.quality(short)(large).mean).toBeLessThan(router.quality(short)(large).mean)
})
