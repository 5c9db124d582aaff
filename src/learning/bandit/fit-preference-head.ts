/**
 * Trains the head of the strategy `barp` from choices that were made and what came of them, and of nothing else (BaRP, arXiv
 * 2510.07429):
 *
 *     maximise  E_w [ 1/n sum_i ( sum_a pi(a) R(a) + min(pi(a_i) / p_i, clip) (r_i - R(a_i) - b) ) + entropy H(pi) ] - l2/2 |u, v|^2
 *
 * by REINFORCE with Adam, w drawn anew at each visit so that one head serves every setting of the dial. BaRP draws from its own
 * policy as it trains and has a running mean for its only baseline. Here the log is of whoever served, so each choice counts by
 * how much likelier the policy has become to make it (a ratio beyond the clip adds no gradient); and R, what the predictions
 * that stood in the log promise of each candidate, is a baseline for each (the doubly robust form: what is learnt from is how
 * far the outcome was from the prediction, which is much less noise). b is the running mean of that. Where predictions say the
 * same of all, it is BaRP's baseline. The reward r of a choice with quality q and dollars c, share = min(c / scale, 1):
 *
 *     clipped: (1 - w) q - w share          success-gated: q (1 - w share)
 *
 * the first is what the objective weighs. The second pays nothing for being cheap and wrong (xRouter's lesson), which is what a
 * policy learns first where costs are mis-scaled.
 */

import type { ModelId } from '../../domain/model.ts'
import { type Draw, seededDraw, shuffle } from '../../domain/random.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { banditDims, banditFeatures } from '../../strategies/bandit/features.ts'
import { type PreferenceHead, softmax } from '../../strategies/bandit/head.ts'
import { dot } from '../../strategies/bandit/vectors.ts'

/** One choice of a log, of those that were drawn; what was pinned or fallen back on has no propensity and says nothing here. */
export type LoggedChoice = {
  readonly features: Float64Array
  /** The candidates with known prices, and what was predicted of them. */
  readonly candidates: readonly { readonly id: ModelId; readonly quality: number; readonly usd: number }[]
  /** Place of the chosen one. */
  readonly chosen: number
  readonly propensity: number
  readonly quality: number
  readonly usd: number
}

export type HeadFitOptions = {
  readonly seed: string
  readonly reward: 'clipped' | 'success-gated'
  readonly sharpness: number
  readonly epochs: number
  readonly batch: number
  readonly rate: number
  readonly entropy: number
  readonly l2: number
  readonly clip: number
  /** Names the encoder of the features' text part; `null`: that part is left out, and the head serves any encoder. */
  readonly encoder: string | null
  readonly onEpoch?: (epoch: number, epochs: number) => void
}

export const defaultHeadFit: HeadFitOptions = {
  seed: '1',
  reward: 'clipped',
  sharpness: 20,
  epochs: 30,
  batch: 32,
  rate: 0.001,
  entropy: 0.005,
  l2: 0.02,
  clip: 10,
  encoder: null,
}

type Weights = { readonly quality: Float64Array; readonly thrift: Float64Array }

/** Throws where there is nothing to learn from, or a choice that can't have been drawn. */
export function fitPreferenceHead(
  log: readonly LoggedChoice[],
  changes: Partial<HeadFitOptions> = {},
): PreferenceHead {
  const options = { ...defaultHeadFit, ...changes }
  const choices = log.map((choice) => checked(choice, options.encoder !== null))
  if (choices.length === 0) throw new Error('There are no choices to learn from. Log some with explore set.')
  const scaleUsd = scaleOf(choices)
  const models = new Map<string, Weights>()
  for (const { candidates } of choices)
    for (const { id } of candidates)
      if (!models.has(id))
        models.set(id, { quality: new Float64Array(banditDims), thrift: new Float64Array(banditDims) })
  const adam = createAdam(options.rate)
  const baseline = { quality: 0, cost: 0, count: 0 }
  const draw = seededDraw(`preference head ${options.seed}`)
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = shuffle(draw, choices)
    for (let begin = 0; begin < order.length; begin += options.batch)
      ascend(order.slice(begin, begin + options.batch), { models, scaleUsd, baseline, adam, draw, options })
    options.onEpoch?.(epoch + 1, options.epochs)
  }
  return headOf(models, scaleUsd, options)
}

const textPlaces = banditFeatures.flatMap((name, place) => (name.startsWith('text:') ? [place] : []))

function checked(choice: LoggedChoice, withText: boolean): LoggedChoice {
  const { features, candidates, chosen, propensity, quality, usd } = choice
  if (features.length !== banditDims)
    throw new Error(`A choice has ${features.length} features in the place of ${banditDims}.`)
  if (!(propensity > 0 && propensity <= 1)) throw new Error(`A choice has the propensity ${propensity}.`)
  if (candidates[chosen] === undefined)
    throw new Error(`A choice is of place ${chosen}, where no candidate is.`)
  if (![quality, usd, ...candidates.flatMap((one) => [one.quality, one.usd])].every(Number.isFinite))
    throw new Error(`A choice of ${candidates[chosen].id} has a quality or dollars that are no number.`)
  if (withText) return choice
  const without = Float64Array.from(features)
  for (const place of textPlaces) without[place] = 0
  return { ...choice, features: without }
}

/** The 95th percentile of what candidates were expected to cost: beyond it, dear is dear. */
function scaleOf(choices: readonly LoggedChoice[]): number {
  const sorted = choices.flatMap(({ candidates }) => candidates.map(({ usd }) => usd)).sort((a, b) => a - b)
  const scale = sorted[Math.floor(0.95 * (sorted.length - 1))]!
  return scale > 0 ? scale : 1
}

type Training = {
  readonly models: ReadonlyMap<string, Weights>
  readonly scaleUsd: number
  readonly baseline: { quality: number; cost: number; count: number }
  readonly adam: Adam
  readonly draw: Draw
  readonly options: HeadFitOptions
}

function ascend(batch: readonly LoggedChoice[], training: Training): void {
  const { models, adam, options } = training
  const gradients = new Map<string, Weights>()
  for (const choice of batch) addGradient(gradients, choice, training.draw(), 1 / batch.length, training)
  for (const [id, gradient] of gradients) {
    const weights = models.get(id)!
    for (const part of ['quality', 'thrift'] as const) {
      for (let place = 0; place < banditDims; place++)
        gradient[part][place]! -= options.l2 * weights[part][place]!
      adam(`${part} ${id}`, weights[part], gradient[part])
    }
  }
}

function addGradient(
  gradients: Map<string, Weights>,
  { features, candidates, chosen, propensity, quality, usd }: LoggedChoice,
  w: number,
  share: number,
  { models, scaleUsd, baseline, options }: Training,
): void {
  const values = candidates.map(({ id, quality: expected, usd: expectedUsd }) => {
    const own = models.get(id)!
    return (
      (1 - w) * (expected + dot(own.quality, features)) -
      w * (Math.min(1, expectedUsd / scaleUsd) - dot(own.thrift, features))
    )
  })
  const chances = softmax(values, options.sharpness)
  const promised = candidates.map((one) =>
    partsOf(one.quality, Math.min(1, one.usd / scaleUsd), options.reward),
  )
  const promises = promised.map((parts) => weighed(parts, w, options.reward))
  const promise = promises.reduce((sum, value, place) => sum + chances[place]! * value, 0)
  const came = partsOf(quality, Math.min(1, usd / scaleUsd), options.reward)
  const surprise = weighed(beyondMean(came, promised[chosen]!, baseline), w, options.reward)
  const ratio = chances[chosen]! / propensity
  const push = ratio > options.clip ? 0 : ratio * surprise
  const entropy = chances.reduce((sum, chance) => (chance > 0 ? sum - chance * Math.log(chance) : sum), 0)
  candidates.forEach(({ id }, place) => {
    const chance = chances[place]!
    const spread = chance > 0 ? -options.entropy * chance * (Math.log(chance) + entropy) : 0
    const expected = chance * (promises[place]! - promise)
    const pull =
      share * options.sharpness * (expected + push * ((place === chosen ? 1 : 0) - chance) + spread)
    let gradient = gradients.get(id)
    if (!gradient) {
      gradient = { quality: new Float64Array(banditDims), thrift: new Float64Array(banditDims) }
      gradients.set(id, gradient)
    }
    for (let at = 0; at < banditDims; at++) {
      gradient.quality[at]! += (1 - w) * pull * features[at]!
      gradient.thrift[at]! += w * pull * features[at]!
    }
  })
}

/** What came beyond what was promised, less the running mean of that. */
function beyondMean(came: Parts, promised: Parts, baseline: Training['baseline']): Parts {
  const [gain, cost] = [came[0] - promised[0], came[1] - promised[1]]
  baseline.count++
  baseline.quality += (gain - baseline.quality) / baseline.count
  baseline.cost += (cost - baseline.cost) / baseline.count
  return [gain - baseline.quality, cost - baseline.cost]
}

/** Of a reward, which is linear in w, what is gained and what w takes off. */
type Parts = readonly [gain: number, cost: number]

const weighed = ([gain, cost]: Parts, w: number, reward: HeadFitOptions['reward']): number =>
  (reward === 'clipped' ? 1 - w : 1) * gain - w * cost

function partsOf(quality: number, costShare: number, reward: HeadFitOptions['reward']): Parts {
  switch (reward) {
    case 'clipped':
      return [quality, costShare]
    case 'success-gated':
      return [quality, quality * costShare]
    default:
      return unreachable(reward)
  }
}

type Adam = (name: string, weights: Float64Array, gradient: Float64Array) => void

/** Kingma and Ba 2015, upwards. */
function createAdam(rate: number): Adam {
  const moments = new Map<string, { first: Float64Array; second: Float64Array; steps: number }>()
  return (name, weights, gradient) => {
    let own = moments.get(name)
    if (!own) {
      own = { first: new Float64Array(weights.length), second: new Float64Array(weights.length), steps: 0 }
      moments.set(name, own)
    }
    own.steps++
    for (let place = 0; place < weights.length; place++) {
      own.first[place] = 0.9 * own.first[place]! + 0.1 * gradient[place]!
      own.second[place] = 0.999 * own.second[place]! + 0.001 * gradient[place]! ** 2
      const mean = own.first[place]! / (1 - 0.9 ** own.steps)
      const size = Math.sqrt(own.second[place]! / (1 - 0.999 ** own.steps))
      weights[place]! += (rate * mean) / (size + 1e-8)
    }
  }
}

/** To four decimals: what is smaller changes nothing, and a head is read by people. */
function headOf(
  models: ReadonlyMap<string, Weights>,
  scaleUsd: number,
  { sharpness, encoder }: HeadFitOptions,
): PreferenceHead {
  const named = (weights: Float64Array) =>
    Object.fromEntries(
      banditFeatures.flatMap((name, place) => {
        const rounded = Number(weights[place]!.toFixed(4))
        return rounded === 0 ? [] : [[name, rounded] as const]
      }),
    )
  return {
    scaleUsd,
    sharpness,
    ...(encoder !== null && { encoder }),
    models: Object.fromEntries(
      [...models].map(([id, { quality, thrift }]) => [
        id,
        { quality: named(quality), thrift: named(thrift) },
      ]),
    ),
  }
}
