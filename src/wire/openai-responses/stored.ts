/**
 * Responses that are kept, so that a later request can go on from one by `previous_response_id`, whichever vendor answers
 * it. No I/O: who keeps them is somebody else.
 */
import { type Failure, failure } from '../../domain/failure.ts'
import {
  type Faults,
  optionalFlag,
  optionalText,
  optionalWhole,
  rejection,
  shown,
  wrongValue,
} from '../client-checks.ts'
import { editScanned, scanObject, valueText } from '../edit-json.ts'
import { asList, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import type { Decoded, ServerEvent } from '../wire-format.ts'
import { withItems } from './input-text.ts'

/** All of it is JSON, as the client sent and received it. */
export type StoredResponse = {
  readonly id: string
  readonly previousResponseId: string | null
  /** The items of this turn alone; those of the turns before it are stored with them. Instructions are not among them. */
  readonly input: readonly unknown[]
  readonly response: JsonObject
}

/** What a client's body says of storing. */
export type StoreWish = {
  /** OpenAI stores where nothing is said. */
  readonly store: boolean
  readonly previousResponseId: string | null
}

export function readStoreWish(body: unknown): Decoded<StoreWish> {
  if (!isObject(body)) return { kind: 'decoded', value: { store: false, previousResponseId: null } }
  const faults: Faults = []
  const store = optionalFlag(body, 'store', '', faults) ?? true
  const previousResponseId = optionalText(body, 'previous_response_id', '', faults)
  if (previousResponseId !== null && (body.conversation ?? null) !== null) {
    wrongValue(faults, 'previous_response_id', 'stands beside conversation. Leave one of them out.')
  }
  if (faults.length > 0) return { kind: 'failed', failure: rejection(faults) }
  return { kind: 'decoded', value: { store, previousResponseId } }
}

/** `body` is the client's own, before it was expanded; `response` the whole response that the client got. */
export function storedResponse(body: unknown, response: JsonObject): StoredResponse {
  const { input, previous_response_id: previous } = isObject(body) ? body : {}
  return {
    id: asText(response.id),
    previousResponseId: typeof previous === 'string' ? previous : null,
    input: typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : asList(input),
    response,
  }
}

/** The whole response that an event of a stream carries at its end, or `null`. */
export function responseAtEnd({ data }: ServerEvent): JsonObject | null {
  // Most events are deltas: only the few that may be the end are parsed.
  if (!/"response\.(?:completed|incomplete)"/.test(data.slice(0, 200))) return null
  const event = parsedJson(data)
  return isObject(event) && isObject(event.response) ? event.response : null
}

/** Far more turns than any context window holds. */
const mostTurns = 2000

/** The turns up to the response with this id, the oldest first. `find` gives `null` where there is none. */
export function turnsUpTo(
  id: string,
  find: (id: string) => StoredResponse | null,
): Decoded<readonly StoredResponse[]> {
  const turns: StoredResponse[] = []
  for (let next: string | null = id; next !== null; ) {
    const turn = find(next)
    if (turn === null || turns.length === mostTurns) {
      return { kind: 'failed', failure: previousResponseNotFound(next) }
    }
    turns.push(turn)
    next = turn.previousResponseId
  }
  return { kind: 'decoded', value: turns.reverse() }
}

/**
 * A client's body with what was said in these turns before its own input. Instructions of former turns are not carried
 * over. All other bytes stay as they were.
 */
export function expandRequest(text: string, turns: readonly StoredResponse[]): string {
  const body = scanObject(text)
  const before = turns.flatMap(({ input, response }) => [...input, ...asList(response.output)])
  const input = withItems(valueText(body, 'input'), { before })
  return editScanned(body, { set: { input }, remove: ['previous_response_id'] })
}

/** `GET /responses/{id}`. */
export const retrievedResponse = ({ response }: StoredResponse): JsonObject => response

/** `DELETE /responses/{id}`. */
export const deletedResponse = (id: string) => ({ id, object: 'response.deleted', deleted: true })

export const responseNotFound = (id: string): Failure =>
  failure('rejected', `There is no stored response ${shown(id)}. ${keepRemedy}`, {
    code: 'not_found',
    param: 'response_id',
  })

/** OpenAI's own code, by which clients know to send the whole conversation again. */
export const previousResponseNotFound = (id: string): Failure =>
  failure('rejected', `There is no stored response ${shown(id)} to go on from. ${keepRemedy}`, {
    code: 'previous_response_not_found',
    param: 'previous_response_id',
  })

const keepRemedy =
  'It was never stored ("store": false), was deleted, or has expired. Send the whole conversation in "input" instead.'

/** `GET /responses/{id}/input_items`: this turn's input, the last first unless asked otherwise. */
export function listInputItems(
  { id, input }: StoredResponse,
  query: Readonly<Record<string, unknown>>,
): Decoded<JsonObject> {
  const faults: Faults = []
  const limit = optionalWhole(numbered(query), 'limit', '', faults, 1) ?? 20
  if (limit > 100)
    wrongValue(faults, 'limit', `${limit} is above 100. Ask for fewer, and for the rest with after.`)
  const order = optionalText(query, 'order', '', faults) ?? 'desc'
  if (order !== 'asc' && order !== 'desc')
    wrongValue(faults, 'order', `${shown(order)} is none. Write asc or desc.`)
  const after = optionalText(query, 'after', '', faults)
  const items = input.map((item, index) => listedItem(item, id, index))
  if (order === 'desc') items.reverse()
  const from = after === null ? 0 : items.findIndex((item) => item.id === after) + 1
  if (after !== null && from === 0) {
    wrongValue(faults, 'after', `no item has the id ${shown(after)}. Write the last_id of the page before.`)
  }
  if (faults.length > 0) return { kind: 'failed', failure: rejection(faults) }
  const data = items.slice(from, from + limit)
  return {
    kind: 'decoded',
    value: {
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: from + limit < items.length,
    },
  }
}

/** A query string has texts alone. */
const numbered = (query: JsonObject): JsonObject =>
  typeof query.limit === 'string' && query.limit.trim() !== '' ? { limit: Number(query.limit) } : query

/** Each item with an id, and its content as a list of parts. */
function listedItem(value: unknown, responseId: string, index: number): JsonObject {
  const item = isObject(value) ? value : {}
  const type = asText(item.type) || 'message'
  const id = asText(item.id) || `${prefixes[type] ?? 'item'}_${responseId.replace(/^resp_/, '')}_in${index}`
  if (type !== 'message' || typeof item.content !== 'string') return { ...item, id, type }
  const part = item.role === 'assistant' ? 'output_text' : 'input_text'
  return { ...item, id, type, content: [{ type: part, text: item.content }] }
}

const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
}
