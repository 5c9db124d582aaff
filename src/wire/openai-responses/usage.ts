import { noUsage, type Usage } from '../../domain/answer.ts'
import { asCount, asObject, isObject } from '../lenient.ts'

/** `null` where the vendor reported none. */
export function decodeUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null
  // Counts that can't be true are none: booked as they stand they would make an answer free.
  const counts = [value.input_tokens, value.output_tokens].filter((count) => typeof count === 'number')
  if (counts.length === 0 || counts.some((count) => !(count >= 0 && count < Number.MAX_SAFE_INTEGER)))
    return null
  const input = asObject(value.input_tokens_details)
  return {
    inputTokens: asCount(value.input_tokens),
    cachedReadTokens: asCount(input.cached_tokens),
    cacheWriteTokens: asCount(input.cache_write_tokens),
    outputTokens: asCount(value.output_tokens),
    reasoningTokens: asCount(asObject(value.output_tokens_details).reasoning_tokens),
    source: 'reported',
  }
}

export const usageOrNone = (value: unknown): Usage => decodeUsage(value) ?? noUsage

export const encodeUsage = (usage: Usage): unknown => ({
  input_tokens: usage.inputTokens,
  input_tokens_details: {
    cached_tokens: usage.cachedReadTokens,
    ...(usage.cacheWriteTokens > 0 && { cache_write_tokens: usage.cacheWriteTokens }),
  },
  output_tokens: usage.outputTokens,
  output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  total_tokens: usage.inputTokens + usage.outputTokens,
})
