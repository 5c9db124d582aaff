import { describe, expect, test } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import type { Model } from '../../domain/model.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import { descriptors } from '../../estimate/descriptors.ts'
import { rowDot, sigmoid } from '../../estimate/log-odds.ts'
import { fitPrior, type JudgedOutcome, type PlacedModel } from './fit-prior.ts'

const dims = 2
const draw = seededDraw('family')

/** A family whose scores and price follow its skill: 16 models, from poor to excellent. */
const family = Array.from({ length: 16 }, (_, index) => {
  const skill = (index - 7.5) / 4
  const score = (hardness: number) => sigmoid(1.2 * skill + hardness + 0.1 * normal(draw))
  const model = aModel({
    id: `family/m${index}`,
    usdPerMillion: { input: 1, output: Math.exp(0.8 * skill + 0.3 * normal(draw)) },
    benchmarks: { mmlu: score(1), math: score(0), 'human-eval': score(0.5) },
  })
  return { model, skill }
})
const catalogue = family.map(({ model }) => model)

/** The better a model, the less it minds y_0, the difficulty. */
const differenceOf = (skill: number) => Float32Array.of(0.5 * skill, 0, skill)
const placed: readonly PlacedModel[] = family.map(({ model, skill }) => ({
  model,
  difference: differenceOf(skill),
}))
const shared = Float32Array.of(-1, 0.2, 0.3)

const judgedPrompts = Array.from({ length: 60 }, () =>
  Float32Array.from({ length: dims }, () => normal(draw)),
)
const skillOf = new Map<Model, number>(family.map(({ model, skill }) => [model, skill]))
const truth = (encoding: Float32Array, model: Model) =>
  sigmoid(rowDot(shared, 0, encoding) + rowDot(differenceOf(skillOf.get(model)!), 0, encoding))
const judged = (model: Model): JudgedOutcome[] =>
  judgedPrompts.map((encoding) => ({ encoding, score: draw() < truth(encoding, model) ? 1 : 0 }))

describe('a model that no outcome has seen', () => {
  test('is placed much better by the rest of its family’s descriptors than by their mean', () => {
    let byDescriptors = 0
    let byMean = 0
    for (const left of placed) {
      const others = placed.filter((other) => other !== left)
      const { weights, prior } = fitPrior(others, catalogue, shared, judged)
      const described = descriptors(left.model, prior.scale)
      for (let column = 0; column <= dims; column++) {
        const predicted = described.reduce(
          (sum, value, row) => sum + value * weights[row * (dims + 1) + column]!,
          weights[described.length * (dims + 1) + column]!,
        )
        const mean = others.reduce((sum, { difference }) => sum + difference[column]!, 0) / others.length
        byDescriptors += (predicted - left.difference[column]!) ** 2
        byMean += (mean - left.difference[column]!) ** 2
      }
    }
    expect(byDescriptors).toBeLessThan(0.2 * byMean)
  })
})

describe('the prior', () => {
  const { prior, weights } = fitPrior(placed, catalogue, shared, judged)

  test('knows how far it is off, by leaving each model out', () => {
    // The differences of the family vary by about one log-odds; the descriptors account for most of it.
    expect(prior.logOddsDeviation).toBeGreaterThan(0.01)
    expect(prior.logOddsDeviation).toBeLessThan(0.6)
  })

  test('judges no model by what its own outcomes taught', () => {
    // Two that the catalogue cannot tell apart: each is predicted to be the other, and is off by what lies between them.
    const described = catalogue[0]!
    const two = [-0.7, 0.9].map((bias, index) => ({
      model: { ...described, id: catalogue[index]!.id },
      difference: Float32Array.of(0, 0, bias),
    }))
    const outcome = [{ encoding: judgedPrompts[0]!, score: 1 }]
    expect(fitPrior(two, catalogue, shared, () => outcome).prior.logOddsDeviation).toBeCloseTo(1.6, 3)
  })

  test('is calibrated about as it should be where the family is regular', () => {
    expect(prior.calibration.slope).toBeGreaterThan(0.8)
    expect(prior.calibration.slope).toBeLessThan(1.25)
    expect(Math.abs(prior.calibration.intercept)).toBeLessThan(0.25)
  })

  test('has a row of weights per descriptor and one for the intercept', () => {
    expect(weights.length).toBe((descriptors(catalogue[0]!, prior.scale).length + 1) * (dims + 1))
    expect(weights.every(Number.isFinite)).toBe(true)
  })

  test('without a held-out outcome is uncalibrated and as uncertain as one that was taught nothing', () => {
    const unjudged = fitPrior(placed, catalogue, shared, () => []).prior
    expect(unjudged.calibration).toEqual({ slope: 1, intercept: 0 })
    expect(unjudged.logOddsDeviation).toBe(1)
  })

  test('without a model leaves every model where all are', () => {
    const untaught = fitPrior([], catalogue, shared, judged)
    expect(untaught.weights.every((weight) => weight === 0)).toBe(true)
    expect(untaught.prior.logOddsDeviation).toBe(1)
  })

  test('of one model does not fail on what is left without it', () => {
    const one = fitPrior(placed.slice(0, 1), catalogue, shared, judged)
    expect(Number.isFinite(one.prior.logOddsDeviation)).toBe(true)
    expect(one.weights.every(Number.isFinite)).toBe(true)
  })

  test('leaves strong models strong where the words of prompts say too much', () => {
    // Prompts say half of what the common head believes; levels are as the catalogue has them.
    const certain = Float32Array.of(-3, 0, 0.3)
    const outcomes = (model: Model): JudgedOutcome[] =>
      judgedPrompts.map((encoding) => {
        const skill = skillOf.get(model)!
        return { encoding, score: draw() < sigmoid(-1.5 * encoding[0]! + 0.3 + skill) ? 1 : 0 }
      })
    const flat = family.map(({ model, skill }) => ({ model, difference: Float32Array.of(0, 0, skill) }))
    const fitted = fitPrior(flat, catalogue, certain, outcomes)
    const { slope, intercept } = fitted.prior.calibration
    expect(slope).toBeLessThan(0.7)
    const meanOdds = (model: Model) => {
      const described = descriptors(model, fitted.prior.scale)
      const bias = described.reduce(
        (sum, value, row) => sum + value * fitted.weights[row * (dims + 1) + dims]!,
        fitted.weights[described.length * (dims + 1) + dims]!,
      )
      return slope * (certain[dims]! + bias) + intercept
    }
    const [weakest, strongest] = [family[0]!, family.at(-1)!]
    const spread = meanOdds(strongest.model) - meanOdds(weakest.model)
    expect(spread).toBeGreaterThan(0.8 * (strongest.skill - weakest.skill))
  })
})
