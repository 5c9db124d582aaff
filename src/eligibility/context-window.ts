import type { Rule } from './rule.ts'

/** Token counts are estimates: a prompt is refused only where it is too long even if the estimate is this much too high. */
const estimateError = 0.15

/** The prompt and the answer that it asks for fit the model's window. */
export const contextWindow: Rule = {
  name: 'context-window',
  refuse: ({ model }, { signals, request, windowOf }) => {
    const window = windowOf?.(model) ?? model.contextWindow
    const answer = Math.min(request.sampling.maxOutputTokens ?? 0, model.maxOutputTokens)
    const needed = Math.floor(signals.inputTokens * (1 - estimateError)) + answer
    return needed <= window
      ? null
      : `about ${signals.inputTokens + answer} tokens are over its window of ${window}`
  },
}
