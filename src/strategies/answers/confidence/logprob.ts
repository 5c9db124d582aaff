import { z } from 'zod'
import type { TokenLogprob } from '../../../domain/answer.ts'
import { answerSpan, type Span } from '../answer-span.ts'
import { type ConfidenceSignal, free, learnt, missing, score } from './signal.ts'

export const logprobOptions = z.strictObject({
  kind: z.literal('logprob'),
  of: z
    .enum(['mean', 'min'])
    .default('mean')
    .describe("The geometric mean of the tokens' probabilities, or the least of them."),
  span: z
    .enum(['answer', 'all'])
    .default('answer')
    .describe('The tokens of the final answer alone, where one is stated, or all of them.'),
  ...learnt,
})

/**
 * How sure the model was of its own tokens. Of the final answer alone it tells most: working is worded in many ways that are
 * all right. Many vendors give none; then nothing is said.
 */
export const logprob: ConfidenceSignal<z.output<typeof logprobOptions>> = {
  untrained: { kind: 'isotonic', scores: [0.4, 0.8, 0.99], probabilities: [0.35, 0.5, 0.6], baseRate: 0.5 },
  // Zero-shot mean log-probabilities: 0.65 to 0.71 on the data that they were tried on (arXiv 2605.02241).
  untrainedAuroc: 0.67,
  speaks: ({ candidates }) => candidates.some(({ model }) => model.capabilities.has('logprobs')),
  usd: free,
  wanted: (request, { model }) =>
    request.topLogprobs === null && model.capabilities.has('logprobs')
      ? { ...request, topLogprobs: 0 }
      : null,
  *read({ answer: { logprobs } }, { of, span }) {
    const logs = (span === 'answer' ? ofAnswer(logprobs) : logprobs)
      .map(({ logprob: log }) => log)
      .filter((log) => Number.isFinite(log) || log === Number.NEGATIVE_INFINITY)
    if (logs.length === 0) return missing('the vendor gave no log-probabilities')
    const log = of === 'min' ? Math.min(...logs) : logs.reduce((sum, one) => sum + one, 0) / logs.length
    return score(Math.exp(Math.min(0, log)))
  },
}

/** All tokens where no answer is stated. */
function ofAnswer(tokens: readonly TokenLogprob[]): readonly TokenLogprob[] {
  const span = answerSpan(tokens.map(({ token }) => token).join(''))
  const kept = span === null ? [] : tokensWithin(tokens, span)
  return kept.length > 0 ? kept : tokens
}

function tokensWithin(tokens: readonly TokenLogprob[], { from, to }: Span): readonly TokenLogprob[] {
  let start = 0
  return tokens.filter(({ token }) => {
    const end = start + token.length
    const overlaps = start < to && end > from
    start = end
    return overlaps
  })
}
