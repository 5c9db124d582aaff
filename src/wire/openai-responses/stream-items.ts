/** What events say of one item: each adds its parts to `parts` and gives the state as it is then. */
import type { StreamPart } from '../../domain/answer.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../lenient.ts'
import { decodeTokens } from '../openai/logprobs.ts'
import { callIdOf } from './decode-answer.ts'
import { argumentsOfInput } from './freeform.ts'
import { isOwnReasoning, opaquePart, reasoningText, sealOf, summaryBreak } from './items.ts'
import { noSpeech, type OutputItem, type Speech } from './output.ts'
import {
  callIndex,
  itemAt,
  nextPlace,
  type ResponsesStreamState as State,
  type StreamItem,
  withItem,
  withSpeech,
} from './stream-state.ts'

const placeOf = (state: State, data: JsonObject): number => {
  const place = data.output_index
  return typeof place === 'number' && Number.isSafeInteger(place) && place >= 0 ? place : nextPlace(state)
}

export function itemAdded(state: State, data: JsonObject, parts: StreamPart[]): State {
  const place = placeOf(state, data)
  if (!isObject(data.item) || itemAt(state, place) !== null) return state
  return added(state, place, emptyItem(data.item, place), parts)
}

function added(state: State, place: number, item: OutputItem, parts: StreamPart[]): State {
  const next = withItem(state, { place, item, open: true, partOpen: false })
  if (item.kind === 'call') {
    const { callId: id, name, freeform } = item
    const index = callIndex(next.items, place)
    parts.push({ kind: 'tool-call-start', index, id, name, ...(freeform && { freeform: true as const }) })
  }
  return next
}

function emptyItem(item: JsonObject, place: number): OutputItem {
  const id = asText(item.id)
  switch (item.type) {
    case 'message':
      return { kind: 'message', id, speech: [] }
    case 'reasoning':
      return { kind: 'reasoning', id, text: '', sealed: null }
    case 'function_call':
    case 'custom_tool_call':
      return {
        kind: 'call',
        id,
        callId: callIdOf(item, place),
        name: asText(item.name),
        argumentsText: '',
        freeform: item.type === 'custom_tool_call',
        sentInput: '',
        readTo: 0,
      }
    default:
      return { kind: 'opaque', value: item }
  }
}

/** The item of a kind that a delta belongs to; one that nobody announced begins with its first delta. */
function found<Kind extends OutputItem['kind']>(
  state: State,
  data: JsonObject,
  kind: Kind,
  type: string,
  parts: StreamPart[],
): { state: State; at: (StreamItem & { item: OutputItem & { kind: Kind } }) | null } {
  const place = placeOf(state, data)
  const known = itemAt(state, place) !== null
  const begun = known ? state : added(state, place, emptyItem({ type, id: data.item_id }, place), parts)
  const at = itemAt(begun, place)
  return { state: begun, at: at?.item.kind === kind && at.open ? (at as never) : null }
}

/** `content_part.added`, `output_text.delta`, `refusal.delta`. */
export function speechDelta(state: State, data: JsonObject, parts: StreamPart[]): State {
  const { state: begun, at } = found(state, data, 'message', 'message', parts)
  if (at === null) return begun
  const part = isObject(data.part) ? data.part : null
  const type = part === null ? asText(data.type) : asText(part.type)
  const kind = type.includes('refusal') ? 'refusal' : 'text'
  const text = part === null ? asText(data.delta) : asText(part[kind])
  const speech: Speech = { ...noSpeech(kind), text, logprobs: decodeTokens((part ?? data).logprobs) }
  sayAll(speech, parts)
  return withItem(begun, withSpeech(at, speech, part !== null || at.item.speech.at(-1)?.kind !== kind))
}

function sayAll({ kind, text, logprobs }: Speech, parts: StreamPart[]): void {
  if (text !== '')
    parts.push(kind === 'text' ? { kind: 'text-delta', text } : { kind: 'refusal-delta', text })
  if (logprobs.length > 0) parts.push({ kind: 'logprobs', tokens: logprobs })
}

/** The second part of a summary, and those after it, stand apart from what was said before. */
export function summaryPart(state: State, data: JsonObject, parts: StreamPart[]): State {
  const { state: begun, at } = found(state, data, 'reasoning', 'reasoning', parts)
  if (at === null) return begun
  const said = at.item.text === '' ? '' : summaryBreak
  return thought(begun, at, said + asText(asObject(data.part).text), parts)
}

export function reasoningDelta(state: State, data: JsonObject, parts: StreamPart[]): State {
  const { state: begun, at } = found(state, data, 'reasoning', 'reasoning', parts)
  return at === null ? begun : thought(begun, at, asText(data.delta), parts)
}

function thought(
  state: State,
  at: StreamItem & { item: OutputItem & { kind: 'reasoning' } },
  text: string,
  parts: StreamPart[],
): State {
  if (text !== '') parts.push({ kind: 'reasoning-delta', text })
  return withItem(state, { ...at, item: { ...at.item, text: at.item.text + text }, partOpen: true })
}

export function argumentsDelta(state: State, data: JsonObject, parts: StreamPart[]): State {
  const type = asText(data.type).startsWith('response.custom') ? 'custom_tool_call' : 'function_call'
  const { state: begun, at } = found(state, data, 'call', type, parts)
  return at === null ? begun : argued(begun, at, asText(data.delta), parts)
}

/** A bare text becomes the inside of a JSON string, piece by piece; `callDone` closes it. */
function argued(
  state: State,
  at: StreamItem & { item: OutputItem & { kind: 'call' } },
  delta: string,
  parts: StreamPart[],
): State {
  if (delta === '') return state
  const { item } = at
  const opening = item.argumentsText === '' ? argumentsOfInput('').slice(0, -2) : ''
  const argumentsText = item.freeform ? opening + JSON.stringify(delta).slice(1, -1) : delta
  parts.push({ kind: 'tool-call-delta', index: callIndex(state.items, at.place), argumentsText })
  return withItem(state, {
    ...at,
    item: {
      ...item,
      argumentsText: item.argumentsText + argumentsText,
      sentInput: item.freeform ? item.sentInput + delta : '',
      readTo: item.argumentsText.length + argumentsText.length,
    },
  })
}

/** What the whole item has beyond what was streamed of it is made up for. */
export function itemDone(state: State, data: JsonObject, parts: StreamPart[]): State {
  if (!isObject(data.item)) return state
  const place = placeOf(state, data)
  const announced = itemAt(state, place)
  if (announced?.open === false) return state
  const begun = announced === null ? added(state, place, emptyItem(data.item, place), parts) : state
  const at = itemAt(begun, place)!
  const done = restOf(begun, at, data.item, parts)
  return withItem(done, { ...itemAt(done, place)!, open: false, partOpen: false })
}

function restOf(state: State, at: StreamItem, whole: JsonObject, parts: StreamPart[]): State {
  const { item } = at
  switch (item.kind) {
    case 'message':
      return speechRest(state, at as StreamItem & { item: typeof item }, whole, parts)
    case 'reasoning': {
      const own = { ...at, item }
      const missing = thought(state, own, beyond(item.text, reasoningText(whole)), parts)
      const found = sealOf(whole)
      if (found === null) return missing
      const sealed = found.redacted && sealsBefore(state, at) ? { ...found, redacted: false } : found
      parts.push({ kind: 'reasoning-seal', sealed })
      const after = itemAt(missing, at.place)!.item as typeof item
      return withItem(missing, { ...at, item: { ...after, sealed } })
    }
    case 'call':
      return callDone(state, { ...at, item }, whole, parts)
    default:
      parts.push(opaquePart(whole))
      return withItem(state, { ...at, item: { kind: 'opaque', value: whole } })
  }
}

/** The item is the proof of a reasoning that stands before it, in an item that Fairlead wrote. */
function sealsBefore({ items }: State, { place }: StreamItem): boolean {
  const before = items.find((one) => one.place === place - 1)?.item
  return before?.kind === 'reasoning' && isOwnReasoning(before.id) && before.sealed === null
}

function speechRest(
  state: State,
  at: StreamItem & { item: OutputItem & { kind: 'message' } },
  whole: JsonObject,
  parts: StreamPart[],
): State {
  if (!Array.isArray(whole.content)) return state
  const speech = asList(whole.content).flatMap((value, index): Speech[] => {
    const part = asObject(value)
    const kind = part.type === 'refusal' ? 'refusal' : 'text'
    if (kind === 'text' && part.type !== 'output_text') return []
    const before = at.item.speech[index]
    const text = beyond(before?.text ?? '', asText(kind === 'text' ? part.text : part.refusal))
    const logprobs = before === undefined ? decodeTokens(part.logprobs) : []
    sayAll({ ...noSpeech(kind), text, logprobs }, parts)
    const said = { text: (before?.text ?? '') + text, logprobs: before?.logprobs ?? logprobs }
    return [{ kind, ...said, annotations: asList(part.annotations) }]
  })
  return withItem(state, { ...at, item: { ...at.item, speech } })
}

function callDone(
  state: State,
  at: StreamItem & { item: OutputItem & { kind: 'call' } },
  whole: JsonObject,
  parts: StreamPart[],
): State {
  const { freeform, argumentsText, sentInput } = at.item
  const rest = freeform
    ? beyond(sentInput, asText(whole.input))
    : beyond(argumentsText, asText(whole.arguments))
  const told = argued(state, at, rest, parts)
  if (!freeform) return told
  const after = itemAt(told, at.place) as typeof at
  const closing = after.item.argumentsText === '' ? argumentsOfInput('') : '"}'
  parts.push({ kind: 'tool-call-delta', index: callIndex(told.items, at.place), argumentsText: closing })
  return withItem(told, {
    ...after,
    item: { ...after.item, argumentsText: after.item.argumentsText + closing },
  })
}

const beyond = (streamed: string, whole: string): string =>
  whole.startsWith(streamed) ? whole.slice(streamed.length) : ''
