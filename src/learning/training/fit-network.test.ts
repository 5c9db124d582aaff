import { describe, expect, test } from 'vitest'
import { toyExamples, toyNetwork, toyPrompt } from '../../../test/support/toy-corpus.ts'
import { sigmoid } from '../../estimate/router.ts'
import { fitNetwork, type FitOptions } from './fit-network.ts'
import { fitPlatt, uncalibrated } from './platt.ts'

const options: FitOptions = {
  network: toyNetwork,
  labelWeights: { subject: 0.3 },
  calibrationShare: 0.25,
  onEpoch: () => {},
}
const examples = toyExamples(480)

describe('a fitted network', () => {
  const epochs: number[] = []
  const fitted = fitNetwork(examples, { ...options, onEpoch: (epoch) => epochs.push(epoch) })

  test('keeps about the asked share of the prompts back, equal prompts on one side', () => {
    expect(fitted.heldOut.length).toBeGreaterThan(80)
    expect(fitted.heldOut.length).toBeLessThan(160)
    const twice = fitNetwork([...examples, ...examples], {
      ...options,
      network: { ...toyNetwork, epochs: 1 },
    })
    expect(twice.heldOut.length).toBe(2 * fitted.heldOut.length)
  })

  test('counts the outcomes that it learnt from, and names models and classes in order', () => {
    expect(fitted.models).toEqual(['strong', 'weak'])
    expect(fitted.cells).toEqual([480 - fitted.heldOut.length, 480 - fitted.heldOut.length])
    expect(fitted.labelClasses).toEqual({ subject: ['general', 'math'] })
    expect(epochs.at(-1)).toBe(toyNetwork.epochs)
  })

  test('is calibrated per model: mean prediction on the held-out part is the mean score', () => {
    fitted.models.forEach((model, index) => {
      const { slope, intercept } = fitted.calibrations[index]!
      let predicted = 0
      let scored = 0
      for (const { text, scores } of fitted.heldOut) {
        predicted += sigmoid(slope * fitted.logOdds(fitted.encode(text), index) + intercept)
        scored += scores.find((cell) => cell.model === model)!.score
      }
      expect(Math.abs(predicted - scored) / fitted.heldOut.length).toBeLessThan(0.02)
      expect(fitted.deviations[index]).toBeGreaterThanOrEqual(0.02)
      expect(fitted.deviations[index]).toBeLessThan(0.2)
    })
  })

  test('tells hard from easy for the weak model', () => {
    const logOdds = (kind: 'easy' | 'hard') => fitted.logOdds(fitted.encode(toyPrompt(kind, 'new')), 1)
    expect(logOdds('easy')).toBeGreaterThan(logOdds('hard') + 1)
  })
})

test('a model with few outcomes kept back stays near the calibration of all together', () => {
  const rare = { ...examples[0]!, scores: [{ model: 'rare', score: 1 }] }
  const few = toyExamples(24, 'few').map((example) => ({ ...example, scores: rare.scores }))
  const fitted = fitNetwork([...examples, ...few], options)
  const cells = fitted.heldOut.flatMap(({ text, scores }) =>
    scores.map(({ model, score }) => ({
      logOdds: fitted.logOdds(fitted.encode(text), fitted.models.indexOf(model)),
      score,
    })),
  )
  const together = fitPlatt(
    cells.map(({ logOdds }) => logOdds),
    cells.map(({ score }) => score),
  )
  const [rarely] = fitted.calibrations
  expect(fitted.models[0]).toBe('rare')
  expect(rarely).not.toEqual(together)
  expect(Math.abs(rarely!.slope - together.slope)).toBeLessThan(0.1)
  expect(Math.abs(rarely!.intercept - together.intercept)).toBeLessThan(0.15)
  expect(fitted.deviations[0]).toBe(0.1)
})

test('with nothing kept back the scores stay as they are', () => {
  const fitted = fitNetwork(examples.slice(0, 40), { ...options, calibrationShare: 0 })
  expect(fitted.heldOut).toEqual([])
  expect(fitted.calibrations).toEqual([uncalibrated, uncalibrated])
})
