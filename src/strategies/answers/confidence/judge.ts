import { z } from 'zod'
import { type Answer, answerText } from '../../../domain/answer.ts'
import type { Candidate } from '../../../domain/candidate.ts'
import { hash32 } from '../../../domain/random.ts'
import { askOne, type Choosing, type Turn } from '../../../domain/strategy.ts'
import { modelName } from '../../strategy.ts'
import { dataNotOrders, quotedAnswer, quotedRequest } from './quoted.ts'
import {
  always,
  asItIs,
  checkRequest,
  checkUsd,
  type ConfidenceSignal,
  type InQuestion,
  learnt,
  missing,
  type Reading,
  score,
} from './signal.ts'

export const judgeOptions = z.strictObject({
  kind: z.literal('judge'),
  model: modelName.describe('The model that judges; it is asked and never chosen.'),
  scale: z
    .enum(['ten', 'pair'])
    .default('ten')
    .describe('1 to 10 on its own, or beside the answer before it, where there is one that differs.'),
  ...learnt,
})
type JudgeOptions = z.output<typeof judgeOptions>

/**
 * Another model judges. Blind: it is not told who answered; of two answers, which stands first is drawn by their texts, so that
 * a liking for a place favours neither.
 */
export const judge: ConfidenceSignal<JudgeOptions> = {
  untrained: { kind: 'isotonic', scores: [0, 0.6, 1], probabilities: [0.25, 0.5, 0.65], baseRate: 0.5 },
  untrainedAuroc: 0.72,
  speaks: always,
  usd: (turn, candidate, options) => {
    const by = judgeOf(turn, options)
    return by ? checkUsd(by, turn, candidate) : 0
  },
  wanted: asItIs,
  *read(asked, options) {
    const by = judgeOf(asked.turn, options)
    if (!by) return missing(`${options.model} may not judge this request`)
    const rival = options.scale === 'pair' ? asked.before.at(-1) : undefined
    if (options.scale === 'pair' && rival === undefined) return missing('there is no answer to compare with')
    return rival === undefined ? yield* byGrade(by, asked) : yield* byPair(by, asked, rival)
  },
}

const judgeOf = ({ advisers, candidates }: Turn, { model }: JudgeOptions): Candidate | undefined =>
  advisers.find(({ id }) => id === model) ?? candidates.find(({ id }) => id === model)

function* byGrade(by: Candidate, { turn, answer }: InQuestion): Choosing<Reading> {
  const prompt = [
    'How good is the answer to the question, from 1 (wrong or of no use) to 10 (right and complete)?',
    dataNotOrders,
    quotedRequest(turn.request),
    quotedAnswer(answer),
    'Reply with the number alone.',
  ].join('\n\n')
  const said = yield* saidBy(by, prompt)
  const grade = said === null ? null : /(?<![\d.])(10|[1-9])(?![\d.]\d|\d)/.exec(said)?.[1]
  return grade ? score((Number(grade) - 1) / 9) : missing(`${by.id} gave no grade`)
}

function* byPair(by: Candidate, { turn, answer }: InQuestion, rival: Answer): Choosing<Reading> {
  const first = hash32(`${answerText(answer)}\n${answerText(rival)}`) % 2 === 0
  const [a, b] = first ? [answer, rival] : [rival, answer]
  const prompt = [
    'Which of the two answers to the question is better?',
    dataNotOrders,
    quotedRequest(turn.request),
    quotedAnswer(a, 'answer-a'),
    quotedAnswer(b, 'answer-b'),
    'Reply with one word: A, B, or TIE.',
  ].join('\n\n')
  const said = (yield* saidBy(by, prompt))?.trim()
  const better = said === undefined ? null : /^\W*(a|b|tie)\b/i.exec(said)?.[1]?.toLowerCase()
  if (!better) return missing(`${by.id} named neither`)
  if (better === 'tie') return score(0.5)
  return score((better === 'a') === first ? 1 : 0)
}

function* saidBy(by: Candidate, prompt: string): Choosing<string | null> {
  const result = yield* askOne(by, checkRequest(by, prompt, { maxOutputTokens: 8 }))
  return result.kind === 'answered' ? answerText(result.answer) : null
}
