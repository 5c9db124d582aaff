/** A language model's stream as a reducer: what its parts say in Fairlead's own words. No I/O. */

import type { StreamPart } from '../../domain/answer.ts'
import { asText, type JsonObject } from '../../wire/lenient.ts'
import { fileWarning, finishOf, hostedCallWarning, usageOf, warningsOf } from './reports.ts'
import { argumentsOf } from './whole-answer.ts'

export type StreamState = {
  readonly id: string
  readonly model: string
  readonly calls: readonly CallSlot[]
  readonly warnings: readonly string[]
}

/** A tool call that has begun. `said`: some of its arguments have been handed on. */
type CallSlot = { readonly id: string; readonly said: boolean; readonly hosted: boolean }

export type StreamPartEnd =
  | { readonly kind: 'finished' }
  /** Nothing says that the answer is whole. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'error'; readonly error: unknown }

/** What a part says; `end` says that it is the last. An error's value is for others to name. */
export type PartRead = {
  readonly state: StreamState
  readonly parts: readonly StreamPart[]
  readonly end: StreamPartEnd | null
}

export const startStream = (warnings: readonly string[]): StreamState => ({
  id: '',
  model: '',
  calls: [],
  warnings,
})

export function readPart(state: StreamState, part: JsonObject): PartRead {
  switch (part.type) {
    case 'stream-start':
      return { ...nothing(state), state: warned(state, warningsOf(part.warnings)) }
    case 'response-metadata': {
      const { id, modelId } = part
      return nothing({ ...state, id: asText(id) || state.id, model: asText(modelId) || state.model })
    }
    case 'text-delta':
      return says(state, { kind: 'text-delta', text: asText(part.delta) })
    case 'reasoning-delta':
      return says(state, { kind: 'reasoning-delta', text: asText(part.delta) })
    case 'tool-input-start':
      return beginCall(state, part.id, part)
    case 'tool-input-delta':
      return addArguments(state, asText(part.id), asText(part.delta))
    case 'tool-call':
      return wholeCall(state, part)
    case 'file':
      return nothing(warned(state, [fileWarning(part.mediaType)]))
    case 'error':
      return { ...nothing(state), end: { kind: 'error', error: part.error } }
    case 'finish':
      return finish(state, part)
    // Beginnings and ends of blocks, sources, raw chunks, results of tools that the vendor ran.
    default:
      return nothing(state)
  }
}

const nothing = (state: StreamState): PartRead => ({ state, parts: [], end: null })

const says = (state: StreamState, ...parts: readonly StreamPart[]): PartRead => ({ state, parts, end: null })

/** No more of them than a person would read. */
const mostWarnings = 20

const warned = (state: StreamState, more: readonly string[]): StreamState =>
  more.length === 0
    ? state
    : { ...state, warnings: [...new Set([...state.warnings, ...more])].slice(0, mostWarnings) }

function beginCall(state: StreamState, id: unknown, { toolName, providerExecuted }: JsonObject): PartRead {
  const hosted = providerExecuted === true
  const slot = { id: asText(id), said: false, hosted }
  const begun = { ...state, calls: [...state.calls, slot] }
  if (hosted) return nothing(warned(begun, [hostedCallWarning(toolName)]))
  return says(begun, {
    kind: 'tool-call-start',
    index: indexOf(begun, slot.id),
    id: slot.id,
    name: asText(toolName),
  })
}

/** The place of a call among those that the client is to run. */
const indexOf = ({ calls }: StreamState, id: string): number =>
  calls.filter(({ hosted }) => !hosted).findIndex((slot) => slot.id === id)

function addArguments(state: StreamState, id: string, argumentsText: string): PartRead {
  const slot = state.calls.find((call) => call.id === id)
  if (slot === undefined || slot.hosted || argumentsText === '') return nothing(state)
  const calls = slot.said
    ? state.calls
    : state.calls.map((call) => (call === slot ? { ...call, said: true } : call))
  return says({ ...state, calls }, { kind: 'tool-call-delta', index: indexOf(state, id), argumentsText })
}

/** Most packages have streamed its arguments by then; those of a few come with it. */
function wholeCall(state: StreamState, part: JsonObject): PartRead {
  const id = asText(part.toolCallId)
  const begun = state.calls.some((slot) => slot.id === id) ? nothing(state) : beginCall(state, id, part)
  const slot = begun.state.calls.find((call) => call.id === id)
  if (slot === undefined || slot.said) return begun
  const added = addArguments(begun.state, id, argumentsOf(part.input))
  return { ...added, parts: [...begun.parts, ...added.parts] }
}

function finish(state: StreamState, part: JsonObject): PartRead {
  const finished = finishOf(part.finishReason)
  if (finished === null) return { ...nothing(state), end: { kind: 'cut' } }
  const usage = usageOf(part.usage)
  return {
    state,
    parts: [
      { kind: 'finish', finish: finished },
      ...(usage === null ? [] : [{ kind: 'usage' as const, usage }]),
    ],
    end: { kind: 'finished' },
  }
}
