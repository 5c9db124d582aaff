import { z } from 'zod'
import type { Answer } from '../domain/answer.ts'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import {
  askOne,
  type Choosing,
  consult,
  forward,
  reply,
  type Turn,
  type Verdict,
} from '../domain/strategy.ts'
import {
  checkersOf,
  confidenceOptions,
  gatherEvidence,
  judgesOf,
  switchedOff,
  wantedRequest,
} from './answers/confidence/index.ts'
import { logit } from './answers/confidence/score-calibration.ts'
import { severalAnswers, wantsSeveral } from './answers/inquiry.ts'
import { defineStrategy, modelName, probability } from './strategy.ts'

const options = z.strictObject({
  order: z
    .array(z.strictObject({ model: modelName, accept: probability.default(0.8) }))
    .min(1)
    .max(4)
    .describe(
      "Models in the order in which they are asked, with the score from which each one's answer is given.",
    ),
  scorer: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A consultant that scores answers, 0 to 1. Without one: the predicted quality and the signals.',
    ),
  confidence: confidenceOptions,
})
type Options = z.output<typeof options>

/**
 * FrugalGPT's cascade (arXiv 2305.05176): a short list of models, each with a threshold on the score of its answer, both learnt
 * from outcomes (learning/calibration/fit-frugalgpt.ts). Each answer is scored by itself. The last one streams.
 */
export const frugalGpt = defineStrategy({
  name: 'frugalgpt',
  summary: 'a learnt order of models, each with a learnt threshold on what a scorer says of its answer',
  needs: { quality: true, cost: false },
  options,
  models: ({ order }) => order.map(({ model }) => modelId(model)),
  advisers: ({ confidence }) => judgesOf(confidence).map(modelId),
  consultants: ({ scorer, confidence }) => [
    ...(scorer === undefined ? [] : [scorer]),
    ...checkersOf(confidence),
  ],
  faults: ({ order }) =>
    order.flatMap(({ model }, place) =>
      order.findIndex((one) => one.model === model) < place
        ? [{ path: ['order', place, 'model'], message: `${model} stands there twice. Name each model once.` }]
        : [],
    ),
  *choose(turn, stated) {
    const list = stated.order.flatMap(({ model, accept }) => {
      const candidate = turn.candidates.find(({ id }) => id === model)
      return candidate ? [{ candidate, accept }] : []
    })
    const last = list.at(-1)
    if (!last)
      return forward(turn.candidates, 'no model of the list may serve this request; another stands in')
    if (wantsSeveral(turn)) return onwards(turn, list[0]!.candidate, [severalAnswers])
    const scores: string[] = []
    for (const { candidate, accept } of list.slice(0, -1)) {
      const result = yield* askOne(candidate, wantedRequest(turn, candidate, stated.confidence))
      if (result.kind !== 'answered') {
        scores.push(`${candidate.id} failed`)
        continue
      }
      const { score, said } = yield* scoreOf(turn, candidate, result.answer, stated)
      scores.push(`${candidate.id} scores ${score.toFixed(3)} of ${accept}${said}`)
      if (score >= accept)
        return given(turn, candidate, result.answer, [...scores, ...switchedOff(stated.confidence)])
    }
    return onwards(turn, last.candidate, [
      ...scores,
      `${last.candidate.id} is the last of the list`,
      ...switchedOff(stated.confidence),
    ])
  },
})

/** A scorer that says nothing is not one that says no: then the score is what was predicted of the model. */
function* scoreOf(
  turn: Turn,
  candidate: Candidate,
  answer: Answer,
  { scorer, confidence }: Options,
): Choosing<{ readonly score: number; readonly said: string }> {
  if (scorer !== undefined) {
    const [result] = yield* consult([
      { consultant: scorer, request: turn.request, about: { candidate, answer }, models: [] },
    ])
    const score =
      result?.kind === 'said' ? (result.opinion.score ?? result.opinion.scores?.[candidate.id]) : undefined
    if (score !== undefined && Number.isFinite(score))
      return { score: Math.min(1, Math.max(0, score)), said: ` by ${scorer}` }
  }
  const { logRatio, said } = yield* gatherEvidence({ turn, candidate, answer, before: [] }, confidence)
  const score = 1 / (1 + Math.exp(-(logit(candidate.quality.mean) + logRatio)))
  const silent = scorer === undefined ? '' : `${scorer} is silent; by what is predicted`
  return {
    score,
    said: [silent, ...said]
      .filter(Boolean)
      .map((text) => ` (${text})`)
      .join(''),
  }
}

const given = (turn: Turn, candidate: Candidate, answer: Answer, because: readonly string[]): Verdict =>
  reply(
    candidate,
    turn.request.topLogprobs === null ? { ...answer, logprobs: [] } : answer,
    because.join('; '),
  )

function onwards(turn: Turn, first: Candidate, because: readonly string[]): Verdict {
  const order = [first, ...turn.candidates.filter((candidate) => candidate !== first)]
  return forward(isNonEmpty(order) ? order : turn.candidates, because.join('; '))
}
