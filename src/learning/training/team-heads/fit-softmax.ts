/**
 * A softmax policy over linear scores, fitted to what came of choices that another policy made.
 *
 *   J(theta) = 1/n sum_i min(c, pi_theta(a_i | x_i) / p_i) (u_i - b_i)  -  l2/2 |theta - theta_0|^2
 *
 * the clipped inverse-propensity objective with a baseline (Swaminathan and Joachims 2015), whose gradient is REINFORCE's with
 * each choice weighted by how much likelier the policy has become to make it: MasRouter trains by plain REINFORCE on choices
 * of its own and without a baseline. A ratio that is clipped adds no gradient. theta_0 are the heads to start from, so that
 * what no outcome speaks of stays as it was. Plain gradient ascent over all choices at once: deterministic, and a pull that is
 * noise stays as small as it is (a step size that adapts to each weight would blow it up).
 */

import type { Alternative } from '../../../strategies/team/decide.ts'
import { type Head, scoreOf, softmax } from '../../../strategies/team/heads.ts'

export type Choice = {
  readonly alternatives: readonly Alternative[]
  readonly chosen: number
  /** With which it was chosen, in (0, 1]. */
  readonly propensity: number
  /** What came of it, less what was to be expected. */
  readonly advantage: number
}

export type FitOptions = {
  readonly steps: number
  readonly rate: number
  readonly l2: number
  /** The largest ratio of probabilities that counts. */
  readonly clip: number
}

export const defaultFit: FitOptions = { steps: 60, rate: 1, l2: 0.1, clip: 10 }

export type Heads = Readonly<Record<string, Head>>

type Weights = Map<string, Map<string, number>>

/** The bias is a feature that is always 1. */
const bias = '(bias)'

export function fitSoftmax(
  start: Heads,
  choices: readonly Choice[],
  options: FitOptions = defaultFit,
): Heads {
  if (choices.length === 0) return start
  const weights = weightsOf(start)
  const origin = weightsOf(start)
  for (let step = 0; step < options.steps; step++) {
    const gradient: Weights = new Map()
    const heads = headsOf(weights)
    for (const choice of choices) addGradient(gradient, heads, choice, options.clip, 1 / choices.length)
    ascend(weights, origin, gradient, options)
  }
  return headsOf(weights)
}

function addGradient(gradient: Weights, heads: Heads, choice: Choice, clip: number, share: number): void {
  const { alternatives, chosen, propensity, advantage } = choice
  const probabilities = softmax(
    alternatives.map(({ keys, features }) =>
      keys.reduce((sum, key) => sum + scoreOf(heads[key], features), 0),
    ),
  )
  const ratio = probabilities[chosen]! / propensity
  if (ratio > clip) return
  alternatives.forEach(({ keys, features }, place) => {
    const pull = share * ratio * advantage * ((place === chosen ? 1 : 0) - probabilities[place]!)
    if (pull === 0) return
    for (const key of keys) {
      add(gradient, key, bias, pull)
      for (const name in features) add(gradient, key, name, pull * features[name]!)
    }
  })
}

function ascend(weights: Weights, origin: Weights, gradient: Weights, { rate, l2 }: FitOptions): void {
  for (const [key, features] of gradient)
    for (const [name, pull] of features) {
      const now = weights.get(key)?.get(name) ?? 0
      add(weights, key, name, rate * (pull - l2 * (now - (origin.get(key)?.get(name) ?? 0))))
    }
}

function add(weights: Weights, key: string, name: string, value: number): void {
  let features = weights.get(key)
  if (!features) {
    features = new Map()
    weights.set(key, features)
  }
  features.set(name, (features.get(name) ?? 0) + value)
}

const weightsOf = (heads: Heads): Weights =>
  new Map(
    Object.entries(heads).map(([key, head]) => [
      key,
      new Map([[bias, head.bias], ...Object.entries(head.weights)]),
    ]),
  )

function headsOf(weights: Weights): Heads {
  const heads: Record<string, Head> = {}
  for (const [key, features] of weights) {
    const named: Record<string, number> = {}
    for (const [name, value] of features) if (name !== bias) named[name] = value
    heads[key] = { bias: features.get(bias) ?? 0, weights: named }
  }
  return heads
}
