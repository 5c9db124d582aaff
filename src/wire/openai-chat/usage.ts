import { noUsage, type Usage } from '../../domain/answer.ts'
import { asCount, asObject, isObject } from '../lenient.ts'

/** `null` where the vendor reported none. */
export function decodeUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null
  // Counts that can't be true are none: booked as they stand they would make an answer free.
  const counts = [value.prompt_tokens, value.completion_tokens].filter((count) => typeof count === 'number')
  if (counts.length === 0 || counts.some((count) => !(count >= 0 && count < Number.MAX_SAFE_INTEGER)))
    return null
  const prompt = asObject(value.prompt_tokens_details)
  const inputTokens = asCount(value.prompt_tokens)
  const completionTokens = asCount(value.completion_tokens)
  const reported = asCount(asObject(value.completion_tokens_details).reasoning_tokens)
  const apart = reasoningApart(inputTokens + completionTokens, reported, asCount(value.total_tokens))
  return {
    inputTokens,
    cachedReadTokens: asCount(prompt.cached_tokens ?? value.prompt_cache_hit_tokens ?? value.cached_tokens),
    cacheWriteTokens: asCount(prompt.cache_write_tokens),
    outputTokens: completionTokens + apart,
    reasoningTokens: Math.max(reported, apart),
    source: 'reported',
  }
}

/**
 * Reasoning tokens that the vendor bills but leaves out of `completion_tokens`: only the total shows them. xAI reports
 * them beside it, Gemini's compatible endpoint not at all.
 */
function reasoningApart(sum: number, reported: number, total: number): number {
  const gap = total - sum
  return gap > 0 && (reported === 0 || reported === gap) ? gap : 0
}

export const usageOrNone = (value: unknown): Usage => decodeUsage(value) ?? noUsage

export const encodeUsage = (usage: Usage): unknown => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
  prompt_tokens_details: {
    cached_tokens: usage.cachedReadTokens,
    ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
  },
  completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
})
