import { z } from 'zod'
import { type Answer, answerText } from '../domain/answer.ts'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import { askAll, askOne, type Call, type Choosing, forward, reply, type Turn } from '../domain/strategy.ts'
import { priceOf } from '../domain/value.ts'
import { createAnswerModel } from './answers/answer-model.ts'
import { dataNotOrders, quotedAnswer, quotedRequest } from './answers/confidence/quoted.ts'
import { checkRequest } from './answers/confidence/signal.ts'
import { severalAnswers, wantsSeveral } from './answers/inquiry.ts'
import { defineStrategy, modelName, probability } from './strategy.ts'

/** What is the case where so large a share of verifications says that the answer is right; counted on outcomes. */
const bin = z.strictObject({
  upTo: probability.describe('The highest share of this bin.'),
  smallRight: probability,
  largeOnly: probability,
})

const options = z.strictObject({
  small: modelName,
  large: modelName,
  samples: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(4)
    .describe('How often the small model checks its answer.'),
  router: z
    .enum(['threshold', 'states'])
    .default('states')
    .describe('A threshold on the share of checks that pass, or what each choice is expected to bring.'),
  threshold: probability
    .default(0.5)
    .describe('For threshold: from this share on the small answer is given.'),
  states: z
    .array(bin)
    .min(1)
    .max(33)
    .optional()
    .describe(
      'What is the case in each bin of shares, in order; else it follows from the predicted qualities.',
    ),
  passesIfRight: probability
    .default(0.75)
    .describe('How often a check passes a right answer, without `states`.'),
  passesIfWrong: probability.default(0.45).describe('And a wrong one.'),
  sharedDifficulty: z.number().min(0).max(10).default(2),
})
type Options = z.output<typeof options>

/**
 * AutoMix (arXiv 2310.12963): the small model answers, checks its own answer a few times, and a router goes on to the large one
 * or not. There are three states: the small model is right, only the large one would be, or nobody is. Where nobody can answer
 * the large one brings nothing, and the small answer is given.
 */
export const autoMix = defineStrategy({
  name: 'automix',
  summary: 'a small model that checks its own answer, and a large one where that is expected to pay',
  needs: { quality: true, cost: true },
  options,
  models: ({ small, large }) => [modelId(small), modelId(large)],
  faults: ({ small, large, states = [] }) => [
    ...(small === large ? [{ path: ['large'], message: 'is the small model too. Name another.' }] : []),
    ...states.flatMap(({ upTo, smallRight, largeOnly }, place) =>
      smallRight + largeOnly > 1 + 1e-9 || upTo <= (states[place - 1]?.upTo ?? -1)
        ? [
            {
              path: ['states', place],
              message: 'smallRight and largeOnly may come to 1 together, and upTo must rise from bin to bin.',
            },
          ]
        : [],
    ),
  ],
  *choose(turn, stated) {
    const small = turn.candidates.find(({ id }) => id === stated.small)
    const large = turn.candidates.find((candidate) => candidate !== small && candidate.id === stated.large)
    const only = small ?? large
    if (!small || !large)
      return only
        ? onwards(turn, only, `only ${only.id} of the two may serve this request`)
        : forward(
            turn.candidates,
            `neither of the two may serve this request; ${turn.candidates[0].id} stands in`,
          )
    if (wantsSeveral(turn)) return onwards(turn, small, severalAnswers)
    if (turn.request.tools.length > 0)
      return onwards(turn, small, 'a tool call is no answer that could be checked by reading it')
    const result = yield* askOne(small)
    if (result.kind !== 'answered') return onwards(turn, large, `${small.id} failed`)
    const share = yield* verified(turn, small, result.answer, stated)
    const { goesOn, because } = weighed(share, small, large, turn, stated)
    return goesOn ? onwards(turn, large, because) : reply(small, result.answer, because)
  },
})

const onwards = ({ candidates }: Turn, first: Candidate, because: string) =>
  forward([first, ...candidates.filter((candidate) => candidate !== first)], because)

const shown = [
  ['How many days has a week?', 'A week has seven days.', 'RIGHT'],
  ['Which planet is nearest to the sun?', 'It is Venus.', 'WRONG'],
  ['What is 15 % of 80?', '15 % of 80 is 12.', 'RIGHT'],
] as const

/** The share of checks that pass; `null`: none of them came to a verdict. */
function* verified(
  turn: Turn,
  small: Candidate,
  answer: Answer,
  { samples }: Options,
): Choosing<number | null> {
  const prompt = [
    'Say whether the answer to the question is right. Reply with one word: RIGHT or WRONG.',
    dataNotOrders,
    ...shown.map(
      ([question, said, verdict]) =>
        `<question>\n${question}\n</question>\n<answer>\n${said}\n</answer>\n${verdict}`,
    ),
    `${quotedRequest(turn.request)}\n${quotedAnswer(answer)}`,
  ].join('\n\n')
  const check = checkRequest(small, prompt, { maxOutputTokens: 6 })
  const warm = small.model.capabilities.has('reasoning') ? null : 1
  const calls = Array.from({ length: samples }, (_, seed) => ({
    candidate: small,
    request: { ...check, sampling: { ...check.sampling, temperature: warm, seed } },
  })) as unknown as NonEmpty<Call>
  const results = yield* askAll(calls)
  const verdicts = results.flatMap((result) => {
    const word =
      result.kind === 'answered' ? /\b(right|wrong)\b/i.exec(answerText(result.answer))?.[1] : undefined
    return word === undefined ? [] : [word.toLowerCase() === 'right']
  })
  return verdicts.length === 0 ? null : verdicts.filter(Boolean).length / verdicts.length
}

function weighed(
  share: number | null,
  small: Candidate,
  large: Candidate,
  turn: Turn,
  stated: Options,
): { readonly goesOn: boolean; readonly because: string } {
  const passed =
    share === null ? 'no check came to a verdict' : `${(share * 100).toFixed(0)} % of the checks pass`
  if (stated.router === 'threshold' && share !== null) {
    const goesOn = share < stated.threshold
    return { goesOn, because: `${passed}, ${(stated.threshold * 100).toFixed(0)} % are enough` }
  }
  const { smallRight, largeRight } = beliefs(share, small, large, stated)
  const price = priceOf(large, turn.objective)
  const nobody = Math.max(0, 1 - Math.max(smallRight, largeRight))
  return {
    goesOn: largeRight - price > smallRight,
    because: `${passed}: ${small.id} is right with probability ${smallRight.toFixed(3)}, ${large.id} with ${largeRight.toFixed(3)} at a price of ${price.toFixed(3)}, at most ${nobody.toFixed(3)} that nobody is`,
  }
}

type Beliefs = { readonly smallRight: number; readonly largeRight: number }

/** Whoever the small model is right for, the large one is too: as AutoMix has it. Without counts, by the model of shared difficulty. */
function beliefs(share: number | null, small: Candidate, large: Candidate, stated: Options): Beliefs {
  const counted = share === null ? undefined : stated.states?.find(({ upTo }) => share <= upTo + 1e-9)
  if (counted) return { smallRight: counted.smallRight, largeRight: counted.smallRight + counted.largeOnly }
  const model = createAnswerModel([small.quality.mean, large.quality.mean], {
    sharedDifficulty: stated.sharedDifficulty,
    wrongAgreement: 0.5,
  })
  const { right } = model.after([{ candidate: 0, cluster: null, evidence: evidenceOf(share, stated) }])
  return { smallRight: right[0]!, largeRight: right[1]! }
}

/** Checks of one model on one answer are no independent witnesses: together they count as two. */
const witnesses = 2

function evidenceOf(share: number | null, { passesIfRight, passesIfWrong }: Options): number {
  if (share === null) return 0
  const ratio = (right: number, wrong: number) => Math.log(Math.max(0.01, right) / Math.max(0.01, wrong))
  const passing = ratio(passesIfRight, passesIfWrong)
  const failing = ratio(1 - passesIfRight, 1 - passesIfWrong)
  return witnesses * (share * passing + (1 - share) * failing)
}
