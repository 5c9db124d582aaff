/**
 * Which call a delta of `tool_calls` belongs to. OpenAI numbers calls with `index` and sends the id once; other vendors
 * leave out the index, the id or both, repeat them on every delta, or give several whole calls one index.
 */
import type { StreamPart } from '../../domain/answer.ts'
import { asObject, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import { argumentsTextOf } from './speech.ts'

/** A call that has begun; its place in the list is its index for the client. */
export type CallSlot = {
  readonly vendorIndex: number | null
  /** '' where the vendor gave none. */
  readonly vendorId: string
  /** It came whole, in one delta: a further name begins another call. */
  readonly whole: boolean
}

type Delta = {
  readonly vendorIndex: number | null
  readonly vendorId: string
  readonly name: string
  readonly argumentsText: string
}

/** Adds the delta's parts to `parts` and gives the calls as they are then. */
export function readToolCallDelta(
  calls: readonly CallSlot[],
  value: unknown,
  parts: StreamPart[],
): readonly CallSlot[] {
  if (!isObject(value)) return calls
  const delta = deltaOf(value)
  const place = placeOf(calls, delta)
  if (place === null) return calls
  if (delta.argumentsText === '' && place < calls.length) return calls
  const begins = place === calls.length
  if (begins) {
    const id = delta.vendorId || `call_${place}`
    parts.push({ kind: 'tool-call-start', index: place, id, name: delta.name })
  }
  if (delta.argumentsText !== '') {
    parts.push({ kind: 'tool-call-delta', index: place, argumentsText: delta.argumentsText })
  }
  if (!begins) return calls
  const { vendorIndex, vendorId, argumentsText } = delta
  return [...calls, { vendorIndex, vendorId, whole: isWhole(argumentsText) }]
}

function deltaOf(value: JsonObject): Delta {
  const called = asObject(value.function)
  const custom = asObject(value.custom)
  return {
    vendorIndex: typeof value.index === 'number' ? value.index : null,
    vendorId: asText(value.id),
    name: asText(called.name) || asText(custom.name),
    argumentsText: argumentsTextOf(called.arguments ?? custom.input),
  }
}

/** The place of the call that the delta goes on with, `calls.length` for a new one, `null` for nothing at all. */
function placeOf(calls: readonly CallSlot[], delta: Delta): number | null {
  const { vendorIndex, vendorId, name } = delta
  const known = lastPlace(calls, (call) =>
    vendorIndex === null ? vendorId !== '' && call.vendorId === vendorId : call.vendorIndex === vendorIndex,
  )
  if (known !== null) return beginsAnother(calls[known]!, delta) ? calls.length : known
  if (vendorId !== '' || name !== '') return calls.length
  if (vendorIndex === null) return calls.length > 0 ? calls.length - 1 : null
  return delta.argumentsText === '' ? null : calls.length
}

function beginsAnother(call: CallSlot, { vendorId, name }: Delta): boolean {
  if (name === '') return false
  return vendorId === '' ? call.whole : call.vendorId !== '' && call.vendorId !== vendorId
}

function lastPlace(calls: readonly CallSlot[], matches: (call: CallSlot) => boolean): number | null {
  const place = calls.findLastIndex(matches)
  return place === -1 ? null : place
}

const isWhole = (argumentsText: string): boolean =>
  argumentsText.startsWith('{') && argumentsText.endsWith('}') && isObject(parsedJson(argumentsText))
