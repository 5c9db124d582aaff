/** What language models report at the end of an answer. Read leniently: two generations of packages differ in it. */

import type { Finish, Usage } from '../../domain/answer.ts'
import { asCount, asList, asObject, asText, isObject } from '../../wire/lenient.ts'

const kinds: Readonly<Record<string, Finish['kind']>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content-filter',
  'tool-calls': 'tool-calls',
}

/**
 * `null`: nothing says that the answer is whole. Packages end a stream that broke off with the reason `other` (`unknown`, in
 * the generation before) and no word of the vendor's for it.
 */
export function finishOf(reason: unknown): Finish | null {
  const unified = isObject(reason) ? asText(reason.unified) : asText(reason)
  const raw = isObject(reason) ? asText(reason.raw) : ''
  if ((unified === 'other' || unified === 'unknown' || unified === '') && raw === '') return null
  // The word `error` makes the wire format say that the answer was broken off, whatever the vendor's own word is.
  if (unified === 'error') return { kind: 'other', raw: 'error' }
  return { kind: kinds[unified] ?? 'other', raw: raw || unified }
}

/** `null`: none was reported. */
export function usageOf(value: unknown): Usage | null {
  const usage = asObject(value)
  const input = countsOf(usage.inputTokens)
  const output = countsOf(usage.outputTokens)
  if (input === null && output === null) return null
  return {
    inputTokens: asCount(input?.total),
    cachedReadTokens: asCount(input?.cacheRead ?? usage.cachedInputTokens),
    cacheWriteTokens: asCount(input?.cacheWrite),
    outputTokens: asCount(output?.total),
    reasoningTokens: asCount(output?.reasoning ?? usage.reasoningTokens),
    source: 'reported',
  }
}

type Counts = {
  readonly total: number
  readonly cacheRead?: unknown
  readonly cacheWrite?: unknown
  readonly reasoning?: unknown
}

function countsOf(value: unknown): Counts | null {
  if (typeof value === 'number' && Number.isFinite(value)) return { total: value }
  if (!isObject(value) || typeof value.total !== 'number') return null
  return { ...value, total: value.total }
}

/** The library's own remarks on what it could not pass on. */
export const warningsOf = (warnings: unknown): readonly string[] =>
  asList(warnings).map((item) => {
    const { type, feature, setting, message, details } = asObject(item)
    const subject = [asText(type), asText(feature) || asText(setting)].filter((text) => text !== '').join(' ')
    const said = asText(message) || asText(details)
    return said === '' ? subject : `${subject}: ${said}`
  })

export const fileWarning = (mediaType: unknown): string =>
  `a file (${asText(mediaType) || 'of unknown type'}) that the model made was left out: chat answers have no place for it`

export const hostedCallWarning = (name: unknown): string =>
  `a tool that the vendor ran itself (${asText(name)}) was left out: chat answers have no place for it`
