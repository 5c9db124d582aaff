/** Opens a connection to one MCP server: the wire, the SDK's client over it, and the introductions. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js'
import { methodNotFound } from './asked.ts'
import { classify, streamEnded } from './classify.ts'
import type { ConnectionOptions } from './connection.ts'
import { floodGuard, floodRules } from './flood.ts'
import { type ProgressReader, readProgress } from './progress-reader.ts'
import { openWire, type Wire } from './transport.ts'

/** Schemas of tools are their callers' business; the SDK would build a validator for every connection. */
export const noValidator: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input) => ({
      valid: true,
      data: input as T,
      errorMessage: undefined,
    }),
}

export type Fall = { readonly reason: string; readonly details: string }

export type Live = {
  readonly client: Client
  readonly wire: Wire
  readonly since: number
  readonly progress: ProgressReader
}

type Dialled =
  | { readonly kind: 'open'; readonly live: Live }
  | { readonly kind: 'failed'; readonly fall: Fall }

export async function dial(
  { settings, connections, capabilities, authProvider, events, implementation }: ConnectionOptions,
  onLost: (lost: Live, fall: Fall) => void,
  leaving: AbortSignal,
): Promise<Dialled> {
  const client = new Client(implementation, { capabilities, jsonSchemaValidator: noValidator })
  const wire = openWire(settings.reach, {
    connections,
    maxMessageBytes: settings.maxMessageBytes,
    authProvider,
    onStreamEnd: (id) =>
      wire.transport.onmessage?.({
        jsonrpc: '2.0',
        id: id as number,
        error: { code: -32000, message: 'the stream ended before the answer', data: streamEnded },
      }),
  })
  const live: Live = { client, wire, since: performance.now(), progress: readProgress(wire.transport) }
  let open = false
  let lastError: string | null = null
  const details = () => [wire.lastWords(), lastError ?? ''].filter((text) => text !== '').join('; ')
  const lose = (reason: string) => {
    if (open) onLost(live, { reason, details: details() })
    else void client.close().catch(() => {})
  }
  const takes = floodGuard(floodRules)
  const count = () => {
    if (takes(performance.now())) return
    wire.cut()
    lose('it floods the gateway with messages')
  }
  // Handlers that are set before connecting are called first, and stay.
  const { onmessage } = wire.transport
  wire.transport.onmessage = (message, extra) => {
    onmessage?.(message, extra)
    if ('method' in message) count()
  }
  wire.transport.onerror = (error) => {
    lastError = wire.withoutSecrets(messageOf(error)).slice(0, 200)
    count()
  }
  client.onclose = () => lose('its connection ended')
  client.fallbackRequestHandler = (request, { signal }) => {
    if (request.method.startsWith('tasks/')) throw methodNotFound('Tasks are not supported.')
    return events.onRequest(request.method, request.params ?? {}, signal)
  }
  client.fallbackNotificationHandler = async ({ method, params }) =>
    events.onNotification(method, (params ?? {}) as Readonly<Record<string, unknown>>)
  const ending = new AbortController()
  const end = () => ending.abort()
  leaving.addEventListener('abort', end)
  try {
    await client.connect(wire.transport, { timeout: settings.connectTimeoutMs, signal: ending.signal })
    open = true
    return { kind: 'open', live }
  } catch (error) {
    // Who could not introduce itself in time is not to stay.
    wire.cut()
    void client.close().catch(() => {})
    const circumstances = { server: settings.name, method: 'initialize', cancelled: false, gone: false }
    const found = classify(error, circumstances)
    const why = found.kind === 'error' ? found.error.message.slice(0, 200) : found.failure.message
    return { kind: 'failed', fall: { reason: why, details: details() } }
  } finally {
    leaving.removeEventListener('abort', end)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
