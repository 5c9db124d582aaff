import { noUsage, type Usage } from '../../domain/answer.ts'
import { asCount, asObject, isObject, type JsonObject } from '../lenient.ts'

const counted = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens', 'output_tokens']

/**
 * `null` where the vendor reported none: a message has a token at least, so all zeros are what stands there before anything
 * is known. The vendor's `input_tokens` are those that neither came from the cache nor went into it.
 */
export function decodeUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null
  // Counts that can't be true are none: booked as they stand they would make an answer free.
  const counts = counted.map((name) => value[name]).filter((count) => typeof count === 'number')
  if (counts.some((count) => !(count >= 0 && count < Number.MAX_SAFE_INTEGER))) return null
  if (counts.every((count) => count === 0)) return null
  const cachedReadTokens = asCount(value.cache_read_input_tokens)
  const cacheWriteTokens = asCount(value.cache_creation_input_tokens)
  const longCacheWriteTokens = asCount(asObject(value.cache_creation).ephemeral_1h_input_tokens)
  return {
    inputTokens: asCount(value.input_tokens) + cachedReadTokens + cacheWriteTokens,
    cachedReadTokens,
    cacheWriteTokens,
    ...(longCacheWriteTokens > 0 && { longCacheWriteTokens }),
    outputTokens: asCount(value.output_tokens),
    reasoningTokens: asCount(asObject(value.output_tokens_details).thinking_tokens),
    source: 'reported',
  }
}

export const usageOrNone = (value: unknown): Usage => decodeUsage(value) ?? noUsage

/** Counts of a stream are those of the whole message so far: a later one takes an earlier one's place. */
export function laterUsage(before: JsonObject, later: unknown): JsonObject {
  const told = Object.entries(asObject(later)).filter(([, value]) => value !== null)
  return told.length === 0 ? before : { ...before, ...Object.fromEntries(told) }
}

/** Before anything is known. */
export const noTokens: JsonObject = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
}

export function encodeUsage(usage: Usage): JsonObject {
  const { inputTokens, cachedReadTokens, cacheWriteTokens, longCacheWriteTokens = 0 } = usage
  return {
    input_tokens: Math.max(0, inputTokens - cachedReadTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedReadTokens,
    ...(cacheWriteTokens > 0 && {
      cache_creation: {
        ephemeral_5m_input_tokens: Math.max(0, cacheWriteTokens - longCacheWriteTokens),
        ephemeral_1h_input_tokens: longCacheWriteTokens,
      },
    }),
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens > 0 && { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  }
}
