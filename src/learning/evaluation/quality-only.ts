import { type BootstrapOptions, bootstrap } from './bootstrap.ts'
import { oneModelWarning } from './constant.ts'
import { oracleChoices, perGroupPredictors, singlePoints } from './controls.ts'
import { type Curve, constantChoice, curveMeans, sharesOf } from './curve.ts'
import { lengthBandPredictor } from './length-router.ts'
import { chooseAt, type Predictions, predictAll } from './policy-curve.ts'
import type { Predictor } from './predictor.ts'
import type { QualityComparison } from './report.ts'
import { bestOnQuality } from './single-models.ts'
import type { OutcomeTable } from './table.ts'

/** Without prices: every row to the model of the best predicted quality (lambda 0), against the controls' same choice. */
export function compareQuality(
  why: string,
  fit: OutcomeTable,
  score: OutcomeTable,
  predictions: Predictions,
  options: BootstrapOptions,
): QualityComparison {
  const bestSingle = bestOnQuality(fit)
  const choices = chooseAt(predictions, 0)
  const controls = qualityControls(fit, score, bestSingle)
  const meansOf = (curve: Curve) => {
    const means = curveMeans(curve, score)
    return (weights: Float64Array) => means(weights)[0]!.quality
  }
  const router = meansOf({ name: 'router', choices: [choices] })
  const measured = controls.map((control) => ({ name: control.name, quality: meansOf(control) }))
  const figures = bootstrap(
    score.rows.length,
    (weights) => {
      const singles = singlePoints(score, weights).map(({ quality }) => quality)
      const random = singles.reduce((sum, quality) => sum + quality, 0) / singles.length
      const result: Record<string, number> = { router: router(weights), 'control random mix': random }
      for (const { name, quality } of measured) result[`control ${name}`] = quality(weights)
      for (const name of ['random mix', ...measured.map((control) => control.name)]) {
        result[`difference ${name}`] = result.router! - result[`control ${name}`]!
      }
      score.pool.forEach((model, place) => {
        result[`model ${model}`] = singles[place]!
      })
      return result
    },
    options,
  )
  const shares = sharesOf(choices, score.pool.length)
  const names = ['random mix', ...controls.map(({ name }) => name)]
  return {
    kind: 'quality-only',
    why,
    models: score.pool.map((model) => ({ model, quality: figures[`model ${model}`]! })),
    bestSingle: score.pool[bestSingle]!,
    router: {
      quality: figures.router!,
      shares: Object.fromEntries(score.pool.map((model, place) => [model, shares[place]!])),
    },
    controls: names.map((name) => ({
      name,
      quality: figures[`control ${name}`]!,
      difference: figures[`difference ${name}`]!,
    })),
    constant: oneModelWarning(choices, score.pool),
  }
}

function qualityControls(fit: OutcomeTable, score: OutcomeTable, bestSingle: number): Curve[] {
  const best = ({ predict, name }: Predictor, label: string): Curve => ({
    name: label,
    choices: [chooseAt(predictAll({ predict, name }, score.rows, score.pool, false), 0)],
  })
  return [
    { name: 'best single', choices: [constantChoice(score.rows.length, bestSingle)] },
    best(lengthBandPredictor(fit), 'prompt length'),
    ...perGroupPredictors(fit).map((predictor) => best(predictor, `${predictor.name} best`)),
    { name: 'oracle', choices: [oracleChoices(score)] },
  ]
}
