import type { StreamPart } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { asCount, asList, asObject, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import type { StreamDecoder, StreamRead } from '../wire-format.ts'
import { failureInBody, failureOfError } from '../openai/decode-failure.ts'
import { decodeFinish, interruptedFinish } from './finish.ts'
import { decodeLogprobs } from './logprobs.ts'
import { decodeSpeech } from './speech.ts'
import { type CallSlot, readToolCallDelta } from './tool-call-deltas.ts'
import { decodeUsage } from './usage.ts'

/** What every chunk of a stream repeats. */
export type ChunkHead = { readonly id: string; readonly created: number; readonly model: string }

export type ChatStreamState = {
  /** As the first chunk has it; `null` before. */
  readonly head: ChunkHead | null
  readonly calls: readonly CallSlot[]
  /** The finish part went out. */
  readonly ended: boolean
}

export const streamDecoder: StreamDecoder<ChatStreamState> = {
  start: { head: null, calls: [], ended: false },
  read: (state, event) => {
    // `[DONE]` says nothing about the answer: complete means that a finish reason was seen.
    if (event.data === '[DONE]') return nothing(state)
    if (event.name === 'error') return failed(state, failureOfError(parsedJson(event.data) ?? event.data))
    const chunk = parsedJson(event.data)
    if (isObject(chunk)) return readChunk(state, chunk)
    // Half a chunk had words in it that are lost: what follows would look whole and have a hole. Anything else is noise.
    return event.data.trimStart().startsWith('{')
      ? failed(state, brokenChunk())
      : { ...nothing(state), malformed: true }
  },
}

type Read = StreamRead<ChatStreamState>

const nothing = (state: ChatStreamState): Read => ({ state, parts: [], failure: null, usageOnly: false })

const failed = (state: ChatStreamState, why: Failure): Read => ({ ...nothing(state), failure: why })

const brokenChunk = (): Failure =>
  failure('unreadable', "An event of the vendor's stream is broken, so that a part of the answer is lost.")

function readChunk(state: ChatStreamState, chunk: JsonObject): Read {
  const said = failureInBody(chunk)
  if (said !== null) return failed(state, said)
  // Groq reports usage under its own name, unasked.
  const usage = decodeUsage(chunk.usage) ?? decodeUsage(asObject(chunk.x_groq).usage)
  const parts: StreamPart[] = []
  const choices = asList(chunk.choices)
  if (choices.length === 0) {
    if (usage !== null) parts.push({ kind: 'usage', usage })
    return { state, parts, failure: null, usageOnly: usage !== null }
  }
  if (state.head === null) parts.push({ kind: 'start', model: asText(chunk.model) })
  const begun = state.head === null ? { ...state, head: headOf(chunk) } : state
  const choice = choices.find((item) => isObject(item) && (item.index ?? 0) === 0)
  // Made member by member: to spread objects and lists here took a tenth of the time of an event.
  const read = isObject(choice) ? readChoice(begun, choice, parts) : null
  if (usage !== null) parts.push({ kind: 'usage', usage })
  return { state: read?.state ?? begun, parts, failure: read?.failure ?? null, usageOnly: false }
}

const headOf = ({ id, created, model }: JsonObject): ChunkHead => ({
  id: asText(id),
  created: asCount(created),
  model: asText(model),
})

type ChoiceRead = { readonly state: ChatStreamState; readonly failure: Failure | null }

function readChoice(state: ChatStreamState, choice: JsonObject, parts: StreamPart[]): ChoiceRead {
  const delta = asObject(choice.delta)
  readSpeech(delta, parts)
  const withCalls = readToolCalls(state, delta, parts)
  if (isObject(choice.logprobs)) {
    const tokens = decodeLogprobs(choice.logprobs)
    if (tokens.length > 0) parts.push({ kind: 'logprobs', tokens })
  }
  const said = failureInBody(choice)
  return said === null ? readFinish(withCalls, choice, parts) : { state: withCalls, failure: said }
}

function readSpeech(delta: JsonObject, parts: StreamPart[]): void {
  const { reasoning, text, refusal } = decodeSpeech(delta)
  if (reasoning !== '') parts.push({ kind: 'reasoning-delta', text: reasoning })
  if (text !== '') parts.push({ kind: 'text-delta', text })
  if (refusal !== '') parts.push({ kind: 'refusal-delta', text: refusal })
}

function readToolCalls(state: ChatStreamState, delta: JsonObject, parts: StreamPart[]): ChatStreamState {
  let calls = state.calls
  for (const call of asList(delta.tool_calls)) calls = readToolCallDelta(calls, call, parts)
  const legacy = delta.function_call
  if (isObject(legacy)) {
    calls = readToolCallDelta(calls, { index: 0, id: legacy.name, function: legacy }, parts)
  }
  return calls === state.calls ? state : { ...state, calls }
}

function readFinish(state: ChatStreamState, choice: JsonObject, parts: StreamPart[]): ChoiceRead {
  const raw = asText(choice.finish_reason)
  if (raw === '' || state.ended) return { state, failure: null }
  const interrupted = interruptedFinish(raw)
  if (interrupted !== null) return { state, failure: interrupted }
  parts.push({ kind: 'finish', finish: decodeFinish(raw, state.calls.length > 0) })
  return { state: { ...state, ended: true }, failure: null }
}
