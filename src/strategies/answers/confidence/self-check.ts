import { z } from 'zod'
import { type Answer, answerText } from '../../../domain/answer.ts'
import { askOne } from '../../../domain/strategy.ts'
import { dataNotOrders, quotedAnswer, quotedRequest } from './quoted.ts'
import {
  always,
  asItIs,
  checkRequest,
  checkUsd,
  type ConfidenceSignal,
  learnt,
  missing,
  score,
} from './signal.ts'

export const selfCheckOptions = z.strictObject({ kind: z.literal('self-check'), ...learnt })

/**
 * P(true) (arXiv 2207.05221): the model is shown its own answer and asked whether it is right. p(A) / (p(A) + p(B)) where the
 * vendor gives log-probabilities of the first token, else 1 or 0 by what it says.
 */
export const selfCheck: ConfidenceSignal<z.output<typeof selfCheckOptions>> = {
  untrained: { kind: 'isotonic', scores: [0, 0.5, 1], probabilities: [0.25, 0.5, 0.58], baseRate: 0.5 },
  untrainedAuroc: 0.65,
  speaks: always,
  usd: (turn, candidate) => checkUsd(candidate, turn, candidate),
  wanted: asItIs,
  *read({ turn, candidate, answer }) {
    const prompt = [
      'Is the proposed answer to the question right?',
      dataNotOrders,
      quotedRequest(turn.request),
      quotedAnswer(answer),
      'Reply with one letter: A if it is right, B if it is not.',
    ].join('\n\n')
    const result = yield* askOne(
      candidate,
      checkRequest(candidate, prompt, { topLogprobs: 5, maxOutputTokens: 4 }),
    )
    if (result.kind !== 'answered') return missing(`${candidate.id} did not check itself`)
    const chance = byLogprobs(result.answer) ?? byText(result.answer)
    return chance === null ? missing(`${candidate.id} gave no verdict on itself`) : score(chance)
  },
}

/** The first token that is a letter of the two decides; the mass of the other is among its alternatives. */
function byLogprobs({ logprobs }: Answer): number | null {
  const first = logprobs.find(({ token }) => /^[ab]$/i.test(token.trim()))
  if (!first) return null
  const seen = first.top.length > 0 ? first.top : [first]
  const mass = (letter: string) =>
    seen.reduce(
      (sum, { token, logprob }) =>
        token.trim().toLowerCase() === letter ? sum + Math.exp(Math.min(0, logprob)) : sum,
      0,
    )
  const [yes, no] = [mass('a'), mass('b')]
  return yes + no > 0 ? yes / (yes + no) : null
}

function byText(answer: Answer): number | null {
  const said = /^\W*(a|b|yes|no|true|false|correct|incorrect)\b/i.exec(answerText(answer))?.[1]?.toLowerCase()
  if (said === undefined) return null
  return ['a', 'yes', 'true', 'correct'].includes(said) ? 1 : 0
}
