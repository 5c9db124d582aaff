/** A strategy of one's own: a pure generator. It asks through Fairlead, and knows no network, clock or dice. */

import {
  answerText,
  askOne,
  byCost,
  byQuality,
  defineStrategy,
  forward,
  isNonEmpty,
  lastUserText,
  reply,
  z,
} from 'fairlead/strategies'

/** Hard words go to the best model at once; for all else the cheapest is asked, and kept unless it says too little. */
export const keywords = defineStrategy({
  name: 'keywords',
  summary: 'The best model for prompts with certain words, else the cheapest whose answer is long enough.',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    words: z.array(z.string()).min(1),
    atLeastChars: z.number().int().positive().default(20),
  }),
  models: () => null,
  *choose({ request, candidates }, { words, atLeastChars }) {
    const best = byQuality(candidates)
    const text = lastUserText(request).toLowerCase()
    const found = words.find((word) => text.includes(word.toLowerCase()))
    if (found !== undefined && isNonEmpty(best)) return forward(best, `the prompt says ${found}`)
    const [cheapest] = byCost(candidates)
    // Of a tool call the length says nothing.
    if (cheapest === undefined || request.tools.length > 0) return forward(candidates, 'there are tools')
    const result = yield* askOne(cheapest)
    if (result.kind === 'answered' && answerText(result.answer).length >= atLeastChars)
      return reply(cheapest, result.answer, 'the cheapest said enough')
    const others = best.filter((one) => one !== cheapest)
    return forward(isNonEmpty(others) ? others : candidates, 'the cheapest did not say enough')
  },
})
