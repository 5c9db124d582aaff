import { z } from 'zod'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy, modelName, probability } from './strategy.ts'

/**
 * RouteLLM's way (arXiv 2406.18665): of two models, the strong one answers when the probability that it beats the weak one
 * reaches a threshold. The threshold is the only knob of cost: it sets the share of calls that go to the strong model.
 */
export const threshold = defineStrategy({
  name: 'threshold',
  summary: 'two models; the strong one when it is likely enough to win',
  needs: { quality: true, cost: false },
  options: z.strictObject({ strong: modelName, weak: modelName, threshold: probability.default(0.55) }),
  models: ({ strong, weak }) => [modelId(strong), modelId(weak)],
  *choose({ candidates }, options) {
    const strong = candidates.find(({ id }) => id === options.strong)
    const weak = candidates.find((candidate) => candidate !== strong && candidate.id === options.weak)
    const others = candidates.filter((candidate) => candidate !== strong && candidate !== weak)
    if (!strong || !weak) {
      const only = strong ?? weak
      return only
        ? forward([only, ...others], `only ${only.id} of the two may serve this request`)
        : forward(candidates, `neither of the two may serve this request; ${candidates[0].id} stands in`)
    }
    const win = winProbability(strong, weak)
    const said = `${options.strong} beats ${options.weak} with probability ${win.toFixed(3)}; the threshold is ${options.threshold}`
    return win >= options.threshold
      ? forward([strong, weak, ...others], said)
      : forward([weak, strong, ...others], said)
  },
})

/**
 * P(strong is right and weak is wrong) + half of P(both or neither is right), for answers that are right independently with
 * probabilities q_s and q_w: q_s (1 - q_w) + (q_s q_w + (1 - q_s)(1 - q_w)) / 2 = 1/2 + (q_s - q_w) / 2.
 * A tie counts half, as in Bradley-Terry fits, and the order of prompts is the order of the quality gained.
 */
export const winProbability = (strong: Candidate, weak: Candidate): number =>
  0.5 + (strong.quality.mean - weak.quality.mean) / 2
