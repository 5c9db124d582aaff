/** Messages of JSON-RPC in a body: what they must be to be handed to the SDK, and no more. */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import type { HttpRefusal } from './http-refusal.ts'
import type { RequestId } from './party.ts'

export type Messages = {
  readonly list: readonly JSONRPCMessage[]
  /** Ids of those that want an answer. */
  readonly requests: readonly RequestId[]
  readonly isBatch: boolean
}

const maxBatch = 100

export function readMessages(body: unknown): Messages | HttpRefusal {
  const isBatch = Array.isArray(body)
  const list: readonly unknown[] = isBatch ? body : [body]
  if (list.length > maxBatch)
    return { status: 400, code: -32600, message: `A batch holds at most ${maxBatch} messages.` }
  if (!list.every(isMessage))
    return { status: 400, code: -32600, message: 'The body is no message of JSON-RPC 2.0.' }
  const requests = list.flatMap((message) =>
    'method' in message && 'id' in message ? [message.id as RequestId] : [],
  )
  if (new Set(requests).size < requests.length)
    return { status: 400, code: -32600, message: 'Two requests of the batch have the same id.' }
  return { list, requests, isBatch }
}

function isMessage(value: unknown): value is JSONRPCMessage {
  if (!isObject(value) || value.jsonrpc !== '2.0') return false
  const { id, method, params, result, error } = value
  if ('id' in value && typeof id !== 'string' && !Number.isSafeInteger(id)) return false
  if (method !== undefined) return typeof method === 'string' && (params === undefined || isObject(params))
  return 'id' in value && (isObject(result) || isObject(error))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
