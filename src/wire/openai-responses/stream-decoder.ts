import type { StreamPart } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { asList, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import { failureOfError } from '../openai/decode-failure.ts'
import type { ServerEvent, StreamDecoder, StreamRead } from '../wire-format.ts'
import { endingOf } from './finish.ts'
import { awaitsClient } from './items.ts'
import {
  argumentsDelta,
  itemAdded,
  itemDone,
  reasoningDelta,
  speechDelta,
  summaryPart,
} from './stream-items.ts'
import { type ResponsesStreamState, startState } from './stream-state.ts'
import { decodeUsage } from './usage.ts'

type State = ResponsesStreamState
type Read = StreamRead<State>

/** Usage comes with the end, and complete means that `response.completed` or `response.incomplete` was seen. */
export const streamDecoder: StreamDecoder<State> = {
  start: startState,
  read: (state, event) => {
    // None of OpenAI's, but gateways end every stream of theirs with it.
    if (event.data === '[DONE]') return nothing(state)
    const data = parsedJson(event.data)
    if (isObject(data)) return readEvent(state, data, event)
    if (event.name === 'error') return failed(state, failureOfError(data ?? event.data))
    // Half an event had words in it that are lost: what follows would look whole and have a hole. Anything else is noise.
    return event.data.trimStart().startsWith('{')
      ? failed(state, brokenEvent())
      : { ...nothing(state), malformed: true }
  },
}

const nothing = (state: State): Read => ({ state, parts: [], failure: null, usageOnly: false })

/** Of several reports of one failure the first counts. */
const failed = (state: State, why: Failure): Read =>
  state.ended ? nothing(state) : { ...nothing({ ...state, ended: true }), failure: why }

const brokenEvent = (): Failure =>
  failure('unreadable', "An event of the vendor's stream is broken, so that a part of the answer is lost.")

function readEvent(before: State, data: JsonObject, event: ServerEvent): Read {
  const type = asText(data.type) || event.name
  const number = data.sequence_number
  const sequence = (Number.isSafeInteger(number) ? (number as number) : before.sequence) + 1
  const state = { ...before, sequence }
  if (type === 'error' || (!type.startsWith('response.') && data.error))
    return failed(state, failureOfError(data))
  if (state.ended) return nothing(state)
  switch (type) {
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      return readEnd(state, type, data)
    default: {
      const reader = readers[type]
      if (reader === undefined) return { ...nothing(state), malformed: type === '' }
      const parts: StreamPart[] = []
      const begun = begin(state, data, parts)
      return { state: reader(begun, data, parts), parts, failure: null, usageOnly: false }
    }
  }
}

type Reader = (state: State, data: JsonObject, parts: StreamPart[]) => State

/** Events that are left out say what others say as well: that a part is done, that a hosted tool is at work. */
const readers: Readonly<Record<string, Reader | undefined>> = {
  __proto__: undefined,
  'response.created': (state) => state,
  'response.in_progress': (state) => state,
  'response.output_item.added': itemAdded,
  'response.output_item.done': itemDone,
  'response.content_part.added': speechDelta,
  'response.content_part.done': partDone,
  'response.output_text.delta': speechDelta,
  'response.refusal.delta': speechDelta,
  'response.reasoning_summary_part.added': summaryPart,
  'response.reasoning_summary_text.delta': reasoningDelta,
  'response.reasoning_text.delta': reasoningDelta,
  'response.function_call_arguments.delta': argumentsDelta,
  'response.custom_tool_call_input.delta': argumentsDelta,
}

function begin(state: State, data: JsonObject, parts: StreamPart[]): State {
  if (state.response !== null) return state
  const response = isObject(data.response) ? data.response : {}
  parts.push({ kind: 'start', model: asText(response.model) })
  return { ...state, response }
}

function partDone(state: State, data: JsonObject): State {
  const items = state.items.map((one) =>
    one.place === data.output_index && one.item.kind === 'message' ? { ...one, partOpen: false } : one,
  )
  return { ...state, items }
}

function readEnd(state: State, type: string, data: JsonObject): Read {
  const parts: StreamPart[] = []
  const begun = begin(state, data, parts)
  const response = isObject(data.response) ? data.response : {}
  // Vendors that stream no items have them here.
  let whole = begun
  asList(response.output).forEach((item, place) => {
    if (isObject(item)) whole = itemDone(whole, { item, output_index: place }, parts)
  })
  const calls = whole.items.some(
    ({ item }) => item.kind === 'call' || (item.kind === 'opaque' && awaitsClient(asText(item.value.type))),
  )
  const status = asText(response.status) || type.slice('response.'.length)
  const ending = endingOf({ ...response, status }, calls)
  const ended = { ...whole, ended: true }
  if (ending.kind === 'failed') return { state: ended, parts, failure: ending.failure, usageOnly: false }
  parts.push({ kind: 'finish', finish: ending.finish })
  const usage = decodeUsage(response.usage)
  if (usage !== null) parts.push({ kind: 'usage', usage })
  return { state: ended, parts, failure: null, usageOnly: false, ended: true }
}
