import { z } from 'zod'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import type { Objective, WinThreshold } from '../domain/objective.ts'
import type { Draw } from '../domain/random.ts'
import { forward, type Turn } from '../domain/strategy.ts'
import { defineStrategy, modelName, probability } from './strategy.ts'

const defaultThreshold = 0.55

/**
 * RouteLLM's way (arXiv 2406.18665): of two models, the strong one answers when the probability that it beats the weak one
 * reaches a threshold. The threshold is the only knob of cost: it sets the share of calls that go to the strong model, and
 * where a policy states that share instead, the objective brings the threshold.
 *
 * The probability is what the router learnt from comparisons of the two models, where it did, else that of its estimates of
 * their quality; or it is a classifier's: RouteLLM's own BERT router says how likely the
 * strong model wins, the two tie, or the weak one wins. A classifier has a threshold of its own, for the two are no measures of
 * one another; where it has said nothing in time, the estimates and their threshold decide.
 */
export const threshold = defineStrategy({
  name: 'threshold',
  summary: 'two models; the strong one when it is likely enough to win',
  needs: { quality: true, cost: false },
  options: z.strictObject({
    strong: modelName,
    weak: modelName,
    threshold: probability.optional(),
    classifier: z
      .strictObject({
        name: z.string().min(1),
        winLabels: z.array(z.string().min(1)).min(1),
        threshold: probability,
      })
      .optional()
      .describe(
        'A classifier, its labels that mean that the strong model wins, and the threshold on their sum.',
      ),
  }),
  models: ({ strong, weak }) => [modelId(strong), modelId(weak)],
  objectives: ['threshold', 'strongShare'],
  classifiers: ({ classifier }) =>
    classifier ? [{ name: classifier.name, labels: classifier.winLabels }] : [],
  *choose(turn, options) {
    const { candidates, draw } = turn
    const strong = candidates.find(({ id }) => id === options.strong)
    const weak = candidates.find((candidate) => candidate !== strong && candidate.id === options.weak)
    const others = candidates.filter((candidate) => candidate !== strong && candidate !== weak)
    if (!strong || !weak) {
      const only = strong ?? weak
      return only
        ? forward([only, ...others], `only ${only.id} of the two may serve this request`)
        : forward(candidates, `neither of the two may serve this request; ${candidates[0].id} stands in`)
    }
    const { win, said, limit } = winOf(strong, weak, options, turn)
    const { wins, because, propensity } = judged(win, limit, draw)
    const [first, second] = wins ? [strong, weak] : [weak, strong]
    return forward([first, second, ...others], `${said}; ${because}`, propensity)
  },
})

type Options = {
  readonly strong: string
  readonly threshold?: number | undefined
  readonly classifier?: ClassifierOption | undefined
}
type ClassifierOption = {
  readonly name: string
  readonly winLabels: readonly string[]
  readonly threshold: number
}

function winOf(
  strong: Candidate,
  weak: Candidate,
  options: Options,
  { signals: { classes }, objective, wins }: Turn,
): { readonly win: number; readonly said: string; readonly limit: WinThreshold } {
  const { classifier } = options
  const classified = classifier ? classifiedWin(classifier, classes?.[classifier.name]) : null
  const beats = (win: number) => `${strong.id} beats ${weak.id} with probability ${win.toFixed(3)}`
  if (classifier && classified !== null) {
    const said = `${classifier.name} says that ${beats(classified)}`
    return { win: classified, said, limit: { probability: classifier.threshold } }
  }
  const win = wins?.(strong.id, weak.id) ?? winProbability(strong, weak)
  const missing = classifier ? `${classifier.name} has not said who wins; by the estimates ` : ''
  return { win, said: missing + beats(win), limit: limitOf(options, objective) }
}

/** `null` where the classifier has not said, or has other labels. */
function classifiedWin(
  { winLabels }: ClassifierOption,
  probabilities: Readonly<Record<string, number>> | undefined,
): number | null {
  let win = 0
  for (const label of winLabels) {
    const probability = probabilities?.[label]
    if (probability === undefined) return null
    win += probability
  }
  return Math.min(1, win)
}

/** A written threshold, else that of the stated share, else the default. */
function limitOf({ threshold: written, strong }: Options, { strongFrom }: Objective): WinThreshold {
  if (written !== undefined) return { probability: written }
  return strongFrom?.[modelId(strong)] ?? { probability: defaultThreshold }
}

const short = (probability: number): number => Number(probability.toPrecision(4))

type Judgement = { readonly wins: boolean; readonly because: string; readonly propensity: number }

function judged(win: number, { probability: limit, mixture }: WinThreshold, draw: Draw): Judgement {
  const certain = win >= limit
  if (!mixture || win >= mixture.probability === certain) {
    return { wins: certain, because: `the threshold is ${short(limit)}`, propensity: 1 }
  }
  const other = draw() < mixture.share
  const propensity = other ? mixture.share : 1 - mixture.share
  return {
    wins: other ? !certain : certain,
    because: `between the thresholds ${short(limit)} and ${short(mixture.probability)}, drawn with probability ${propensity.toFixed(3)}`,
    propensity,
  }
}

/**
 * P(strong is right and weak is wrong) + half of P(both or neither is right), for answers that are right independently with
 * probabilities q_s and q_w: q_s (1 - q_w) + (q_s q_w + (1 - q_s)(1 - q_w)) / 2 = 1/2 + (q_s - q_w) / 2.
 * A tie counts half, as in Bradley-Terry fits, and the order of prompts is the order of the quality gained.
 */
export const winProbability = (strong: Candidate, weak: Candidate): number =>
  0.5 + (strong.quality.mean - weak.quality.mean) / 2
