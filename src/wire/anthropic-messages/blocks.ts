/** What all content blocks share in both directions: hints for the cache, and fields that only this format knows. */
import type { CacheHint, OwnFields } from '../../domain/request.ts'
import { type Faults, optionalObject, shown, within, wrongValue } from '../client-checks.ts'
import type { JsonObject } from '../lenient.ts'

export const formatName = 'anthropic-messages'

export type Hints = { readonly cache?: CacheHint; readonly own?: OwnFields }

/** `known` are the block's members that have a place of their own in Fairlead's form. */
export function decodeHints(
  block: JsonObject,
  path: string,
  known: readonly string[],
  faults: Faults,
): Hints {
  return { ...decodeCache(block, path, faults), ...ownFields(block, known) }
}

export function decodeCache(block: JsonObject, path: string, faults: Faults): { readonly cache?: CacheHint } {
  const control = optionalObject(block, 'cache_control', path, faults)
  if (control === null) return {}
  const ttl = control.ttl ?? '5m'
  if (ttl === '5m' || ttl === '1h') return { cache: { ttl } }
  wrongValue(faults, within(path, 'cache_control.ttl'), `there is no time ${shown(ttl)}. Write "5m" or "1h".`)
  return {}
}

/** Members that are null say nothing. */
export function ownFields(block: JsonObject, known: readonly string[]): { readonly own?: OwnFields } {
  const others = Object.entries(block).filter(
    ([key, value]) => key !== 'type' && key !== 'cache_control' && value !== null && !known.includes(key),
  )
  return others.length === 0 ? {} : { own: { format: formatName, fields: Object.fromEntries(others) } }
}

/** The whole block, for one that Fairlead's form has only a likeness of. */
export function wholeBlock({ cache_control: _, ...block }: JsonObject): { readonly own: OwnFields } {
  return { own: { format: formatName, fields: block } }
}

export const fieldsOf = (own: OwnFields | undefined): JsonObject =>
  own?.format === formatName ? own.fields : {}

/** Five minutes is what the vendor takes where nothing is said. */
export const encodeCache = (cache: CacheHint | undefined): JsonObject => {
  if (cache === undefined) return {}
  return {
    cache_control: cache.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' },
  }
}

export const encodeHints = ({ cache, own }: Hints): JsonObject => ({
  ...fieldsOf(own),
  ...encodeCache(cache),
})

/** A text without a visible character is refused by the vendor, wherever it stands. */
export const isBlank = (text: string): boolean => text.trim() === ''

export const notEmpty = (object: JsonObject): JsonObject | null =>
  Object.keys(object).length === 0 ? null : object
