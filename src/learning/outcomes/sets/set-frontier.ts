/**
 * Models, controls and exchange rates on the plane of cost and quality, by true outcomes: what is chosen hangs on predictions
 * alone, what it comes to is looked up. Intervals are those of a bootstrap over rows, in which every figure is computed on the
 * same draws, so that differences are paired (evaluation/bootstrap.ts).
 */

import type { Mean, PlanePoint } from '../../../domain/plane.ts'

import type { MeasuredFrontier } from '../../../domain/measured-frontier.ts'
import { highestLambda, lowestLambda } from '../../../estimate/staircase.ts'
import { type BootstrapOptions, bootstrap, type Interval, quantile } from '../../evaluation/bootstrap.ts'
import { oracleChoices, singlePoints } from '../../evaluation/controls.ts'
import type { Point } from '../../evaluation/cost-quality.ts'
import { constantChoice, type CurveMeans, curveMeans, sharesOf } from '../../evaluation/curve.ts'
import { chooseAt, lambdaGrid, type Predictions } from '../../evaluation/policy-curve.ts'
import { type Corners, cornersOf } from '../../evaluation/single-models.ts'
import type { OutcomeTable } from '../../evaluation/table.ts'
import { estimatedInputTokens } from '../costing.ts'

type Plane = Pick<
  MeasuredFrontier,
  'bestModel' | 'bestSingle' | 'models' | 'controls' | 'oracle' | 'frontier'
>

type SetFrontierParts = {
  readonly table: OutcomeTable
  readonly predictions: Predictions
  /** What to call the models of the pool, in its order. */
  readonly names: readonly string[]
  /** The share of the best model's quality that a rate promises. */
  readonly promised: (lambda: number) => number | null
  readonly bootstrap: BootstrapOptions
}

const settings = 64
const mixes = 5
const lengthCuts = 8

/** All that is measured, in a form that can be summed anew for each resample. */
type Field = {
  readonly table: OutcomeTable
  readonly corners: Corners
  readonly lambdas: readonly number[]
  /** Of each rate the choice, of each row, as a place in the pool. */
  readonly choices: readonly Uint16Array[]
  readonly rates: CurveMeans
  /** Prompts from so many tokens on go to the best model. */
  readonly cuts: readonly number[]
  readonly lengths: CurveMeans
  readonly oracle: CurveMeans
}

/** Figures by their keys, as `figuresOf` names them. */
type Figures = (key: string) => Mean

export function setFrontier({ table, predictions, names, promised, ...rest }: SetFrontierParts): Plane {
  const field = fieldOf(table, predictions)
  const { corners, lambdas } = field
  const count = table.rows.length
  const found = bootstrap(count, (weights) => figuresOf(field, weights), rest.bootstrap)
  const figure: Figures = (key) => meanOf(found[key]!, count)
  const models = names.map((name, place) => pointOf(name, `model ${place}`, figure))
  return {
    bestModel: names[corners.bestSingle]!,
    bestSingle: models[corners.bestSingle]!.quality.mean,
    models: [...models].sort((a, b) => a.usd.mean - b.usd.mean || (a.name < b.name ? -1 : 1)),
    controls: controlsOf(field, figure),
    oracle: pointOf('oracle of the outcomes', 'oracle', figure),
    frontier: lambdas.map((lambda, at) => ({
      lambda,
      promised: promised(lambda),
      ...settingOf(field, at, names, figure),
    })),
  }
}

function fieldOf(table: OutcomeTable, predictions: Predictions): Field {
  const corners = cornersOf(table)
  const lambdas = risingRates(predictions)
  const choices = lambdas.map((lambda) => chooseAt(predictions, lambda))
  const byLength = lengthControls(table, corners)
  const means = (name: string, list: readonly Uint16Array[]) => curveMeans({ name, choices: list }, table)
  return {
    table,
    corners,
    lambdas,
    choices,
    rates: means('rates', choices),
    cuts: byLength.map(({ cut }) => cut),
    lengths: means(
      'lengths',
      byLength.map((one) => one.choices),
    ),
    oracle: means('oracle', [oracleChoices(table)]),
  }
}

const pointOf = (name: string, key: string, figure: Figures): PlanePoint => ({
  name,
  quality: figure(`${key} quality`),
  usd: figure(`${key} usd`),
})

/** Routers that know nothing: what a policy has to beat. */
const controlsOf = ({ corners, cuts }: Field, figure: Figures): Plane['controls'] => [
  { family: 'cheapest', ...pointOf('cheapest', `model ${corners.cheapest}`, figure) },
  ...inner(mixes).map((step) => ({
    family: 'random-mix' as const,
    ...pointOf(`random mix, ${Math.round((step / mixes) * 100)} % strongest`, `mix ${step}`, figure),
  })),
  ...cuts.map((cut, at) => ({
    family: 'prompt-length' as const,
    ...pointOf(`longer than ${cut} tokens to the strongest`, `length ${at}`, figure),
  })),
  { family: 'strongest', ...pointOf('strongest', `model ${corners.bestSingle}`, figure) },
]

function settingOf({ choices, corners }: Field, at: number, names: readonly string[], figure: Figures) {
  const shares = sharesOf(choices[at]!, names.length)
  const named = names.map((name, place) => [name, shares[place]!] as const)
  return {
    quality: figure(`rate ${at} quality`),
    usd: figure(`rate ${at} usd`),
    shares: Object.fromEntries(named.filter(([, share]) => share > 0)),
    changed: 1 - shares[corners.bestSingle]!,
    versus: { quality: figure(`rate ${at} - quality`), usd: figure(`rate ${at} - usd`) },
  }
}

/** Rates at which choices change, between one at which money hardly counts and one at which nothing else does. */
function risingRates(predictions: Predictions): readonly number[] {
  const inside = lambdaGrid(predictions, settings)
    .filter((lambda) => lambda > 0 && Number.isFinite(lambda))
    .map(possible)
    .sort((a, b) => a - b)
  const [least = 1, most = 1] = [inside[0], inside.at(-1)]
  return [...new Set([possible(least / 10), ...inside, possible(most * 10)])]
}

const possible = (lambda: number): number => Math.min(highestLambda, Math.max(lowestLambda, lambda))

/** The steps between none and all: 1 to `steps` - 1. */
const inner = (steps: number): readonly number[] => Array.from({ length: steps - 1 }, (_, at) => at + 1)

function lengthControls({ rows }: OutcomeTable, { cheapest, bestSingle }: Corners) {
  const tokens = Float64Array.from(rows, estimatedInputTokens)
  const sorted = Float64Array.from(tokens).sort()
  return inner(lengthCuts).map((step) => {
    const cut = Math.round(quantile(sorted, step / lengthCuts))
    const choices = constantChoice(rows.length, cheapest)
    tokens.forEach((length, row) => {
      if (length > cut) choices[row] = bestSingle
    })
    return { cut, choices }
  })
}

function figuresOf(field: Field, weights: Float64Array): Record<string, number> {
  const { table, corners, rates, lengths, oracle } = field
  const figures: Record<string, number> = {}
  const put = (key: string, { quality, costUsd }: Point): void => {
    figures[`${key} quality`] = quality
    figures[`${key} usd`] = costUsd
  }
  const singles = singlePoints(table, weights)
  const [cheapest, best] = [singles[corners.cheapest]!, singles[corners.bestSingle]!]
  for (const [place, single] of singles.entries()) put(`model ${place}`, single)
  for (const step of inner(mixes)) put(`mix ${step}`, between(cheapest, best, step / mixes))
  for (const [at, one] of lengths(weights).entries()) put(`length ${at}`, one)
  put('oracle', oracle(weights)[0]!)
  for (const [at, one] of rates(weights).entries()) {
    put(`rate ${at}`, one)
    put(`rate ${at} -`, { quality: one.quality - best.quality, costUsd: one.costUsd - best.costUsd })
  }
  return figures
}

/** What tossing a coin for each request comes to on average. */
const between = (from: Point, to: Point, share: number): Point => ({
  quality: from.quality + share * (to.quality - from.quality),
  costUsd: from.costUsd + share * (to.costUsd - from.costUsd),
})

const meanOf = ({ value, low, high }: Interval, count: number): Mean => ({
  mean: value,
  low: Number.isFinite(low) ? low : null,
  high: Number.isFinite(high) ? high : null,
  count,
})
