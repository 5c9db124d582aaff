import { z } from 'zod'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import { forward, reply, type Turn, type Verdict } from '../domain/strategy.ts'
import { createAnswerModel } from './answers/answer-model.ts'
import { checkersOf, confidenceOptions, judgesOf, switchedOff } from './answers/confidence/index.ts'
import {
  comparisons,
  type Given,
  type Inquiry,
  inquire,
  isComparable,
  openInquiry,
  severalAnswers,
  wantsSeveral,
} from './answers/inquiry.ts'
import { defineStrategy, modelName, probability } from './strategy.ts'

const stage = z.strictObject({
  model: modelName,
  accept: probability
    .default(0.7)
    .describe(
      'The best answer in hand is given when it is right with this probability; of the last it is not read.',
    ),
})

/**
 * Models in a fixed order: each is asked when the best answer of those before it is not sure enough. How sure follows from what
 * is predicted of the models, whether their answers agree, and the signals of confidence. The last one streams.
 */
export const thresholdedCascade = defineStrategy({
  name: 'thresholded-cascade',
  summary: 'models in a fixed order, the next one where the answers in hand are not sure enough',
  needs: { quality: true, cost: false },
  options: z.strictObject({
    stages: z.array(stage).min(1).max(5).describe('Models in the order in which they are asked.'),
    comparable: z.enum(comparisons).default('auto').describe('Whether answers can be compared.'),
    sharedDifficulty: z.number().min(0).max(10).default(2),
    wrongAgreement: z.number().min(0.01).max(0.99).default(0.4),
    confidence: confidenceOptions,
  }),
  models: ({ stages }) => stages.map(({ model }) => modelId(model)),
  faults: ({ stages }) =>
    stages.flatMap(({ model }, place) =>
      stages.findIndex((one) => one.model === model) < place
        ? [
            {
              path: ['stages', place, 'model'],
              message: `${model} stands there twice. Name each model once.`,
            },
          ]
        : [],
    ),
  advisers: ({ confidence }) => judgesOf(confidence).map(modelId),
  consultants: ({ confidence }) => checkersOf(confidence),
  *choose(turn, options) {
    const stages = options.stages.flatMap(({ model, accept }) => {
      const candidate = turn.candidates.find(({ id }) => id === model)
      return candidate ? [{ candidate, accept }] : []
    })
    const order = stages.map(({ candidate }) => candidate)
    const off = switchedOff(options.confidence)
    if (wantsSeveral(turn)) return onwards(turn, order, [severalAnswers])
    const inquiry = openInquiry(turn, order, {
      confidence: options.confidence,
      comparable: isComparable(turn, options.comparable),
    })
    const model = createAnswerModel(
      order.map(({ quality }) => quality.mean),
      options,
    )
    for (const [place, { accept }] of stages.slice(0, -1).entries()) {
      yield* inquire(inquiry, place)
      const { right } = model.after(inquiry.given.map(({ seen }) => seen))
      const best = surest(inquiry, right)
      if (best && right[best.seen.candidate]! >= accept)
        return accepted(inquiry, best, right[best.seen.candidate]!, accept, off)
    }
    const left = order.filter((_, place) => !inquiry.failed.includes(place))
    return onwards(turn, left.slice(-1), [whyOnwards(inquiry), ...off])
  },
})

function surest({ given }: Inquiry, right: Float64Array): Given | null {
  let best: Given | null = null
  for (const one of given)
    if (best === null || right[one.seen.candidate]! > right[best.seen.candidate]!) best = one
  return best
}

function accepted(
  { candidates, given }: Inquiry,
  { seen, answer, said }: Given,
  right: number,
  accept: number,
  off: readonly string[],
): Verdict {
  const because = [
    `right with probability ${right.toFixed(3)}, ${accept} is enough after ${given.length} of ${candidates.length} models`,
    ...(said.length > 0 ? [said.join(', ')] : []),
    ...off,
  ]
  return reply(candidates[seen.candidate]!, answer, because.join('; '))
}

function whyOnwards({ given, failed, candidates }: Inquiry): string {
  if (candidates.length === 0) return 'none of the models may serve this request; another stands in'
  if (given.length + failed.length === 0) return `only ${candidates[0]!.id} may serve this request`
  const asked = [
    ...(given.length > 0 ? [`${given.length} answers were not sure enough`] : []),
    ...(failed.length > 0 ? [`${failed.length} models failed`] : []),
  ]
  return `${asked.join(', ')}: the last model answers whatever it says`
}

function onwards(turn: Turn, first: readonly Candidate[], because: readonly string[]): Verdict {
  const order = [...first, ...turn.candidates.filter((candidate) => !first.includes(candidate))]
  return forward(isNonEmpty(order) ? order : turn.candidates, because.join('; '))
}
