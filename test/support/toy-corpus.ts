import { pick, seededDraw } from '../../src/domain/random.ts'
import type { Example } from '../../src/learning/training/corpus.ts'
import { defaultNetworkOptions, type NetworkOptions } from '../../src/learning/training/train-network.ts'

/** Small enough to learn the toy problem in a moment. */
export const toyNetwork: NetworkOptions = {
  ...defaultNetworkOptions,
  buckets: 1024,
  textDims: 6,
  hiddenDims: 3,
  epochs: 12,
  learningRate: 0.05,
  featureDropout: 0.2,
  seed: 'toy',
}

const topics = {
  easy: 'greet smile hello weather colour animal song friend lunch holiday'.split(' '),
  hard: 'theorem integral manifold lemma eigenvalue quantum topology axiom spectrum tensor'.split(' '),
} as const

/** Chances of a right answer, by model and kind of prompt. */
export const toySkill = {
  weak: { easy: 0.95, hard: 0.1 },
  strong: { easy: 0.97, hard: 0.9 },
} as const

/** A prompt of five words of its topic. */
export function toyPrompt(kind: keyof typeof topics, seed: string): string {
  const draw = seededDraw(seed)
  return Array.from({ length: 5 }, () => pick(draw, topics[kind])).join(' ')
}

/** Easy and hard prompts, told apart by their words; `weak` fails the hard ones. */
export function toyExamples(count: number, seed = 'toy'): Example[] {
  const draw = seededDraw(`${seed} outcomes`)
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 2 === 0 ? 'easy' : 'hard'
    return {
      text: toyPrompt(kind, `${seed} ${index}`),
      scores: Object.entries(toySkill).map(([model, skill]) => ({
        model,
        score: draw() < skill[kind] ? 1 : 0,
      })),
      labels: { subject: kind === 'easy' ? 'general' : 'math' },
      weight: 1,
    }
  })
}
