/** The MCP endpoint over HTTP: who may come in, and to which session a request belongs. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { McpCaller, McpHost } from './host.ts'
import { type HttpRefusal, refuse } from './http-refusal.ts'
import type { HttpSessions } from './http-sessions.ts'
import { corsHeaders, originFault } from './origin.ts'
import type { McpSettings } from './settings.ts'

export type HttpExchange = {
  readonly request: IncomingMessage
  /** Nothing has been written to it. */
  readonly response: ServerResponse
  /** Whole; `null`: there is none. */
  readonly body: Uint8Array | null
}

/** Rejects on a bug alone, when the client has its answer. */
export type HttpDoor = (exchange: HttpExchange) => Promise<void>

export function createHttpDoor(settings: McpSettings, host: McpHost, sessions: HttpSessions): HttpDoor {
  return async (exchange) => {
    try {
      await enter(exchange)
    } catch (error) {
      // A bug: the client is not left waiting, and learns nothing of it.
      if (!exchange.response.headersSent) refuse(exchange.response, bug)
      throw error
    }
  }

  async function enter({ request, response, body }: HttpExchange): Promise<void> {
    const { method, headers, socket } = request
    const fault = originFault({ headers, localAddress: socket.localAddress }, settings)
    if (fault !== null) return refuse(response, { status: 403, code: -32000, message: fault })
    if (headers.origin !== undefined)
      for (const [name, value] of Object.entries(corsHeaders(headers.origin))) response.setHeader(name, value)
    if (method === 'OPTIONS') return void response.writeHead(204).end()
    const admission = await host.authorize(headers)
    if (admission.kind === 'refused') return refuse(response, asRefusal(admission))
    const message = method === 'POST' ? readMessage(body, settings.maxRequestBytes) : { value: undefined }
    if ('status' in message) return refuse(response, message)
    await admit(sessions, request, response, message.value, admission.caller)
  }
}

async function admit(
  sessions: HttpSessions,
  request: IncomingMessage,
  response: ServerResponse,
  message: unknown,
  caller: McpCaller,
): Promise<void> {
  const id = request.headers['mcp-session-id']
  if (typeof id === 'string') {
    const session = sessions.find(id, caller)
    // 404 tells a client to begin anew, whether the session has expired or the gateway was started again.
    if (session === null)
      return refuse(response, {
        status: 404,
        code: -32001,
        message: 'Session not found. Begin with initialize.',
      })
    return session.handle(request, response, message, caller)
  }
  if (request.method === 'POST' && !isInitialize(message)) {
    if (!(await sessions.once(request, response, message, caller))) refuse(response, full)
    return
  }
  if (request.method !== 'POST') return refuse(response, noSession(request.method ?? ''))
  const session = await sessions.begin(caller)
  if (session === null) return refuse(response, full)
  await session.handle(request, response, message, caller)
}

const bug: HttpRefusal = {
  status: 500,
  code: -32603,
  message: 'Something went wrong inside Fairlead; its log says what.',
}

const full: HttpRefusal = {
  status: 503,
  code: -32000,
  message: 'All sessions are in use. Try again later, or raise mcp.sessions.max.',
  headers: { 'retry-after': '30' },
}

const noSession = (method: string): HttpRefusal =>
  ['GET', 'DELETE'].includes(method)
    ? {
        status: 400,
        code: -32000,
        message: `${method} needs the header Mcp-Session-Id. Begin with initialize, by POST.`,
      }
    : {
        status: 405,
        code: -32000,
        message: `${method.slice(0, 20)} is not possible here. Use POST, GET or DELETE.`,
        headers: { allow: 'GET, POST, DELETE, OPTIONS' },
      }

function asRefusal({ status, message }: { readonly status: number; readonly message: string }): HttpRefusal {
  const headers = status === 401 ? { 'www-authenticate': 'Bearer realm="fairlead"' } : {}
  return { status, code: -32000, message, headers }
}

function readMessage(body: Uint8Array | null, maxBytes: number): { readonly value: unknown } | HttpRefusal {
  if (body !== null && body.length > maxBytes)
    return {
      status: 413,
      code: -32000,
      message: `The body is over ${maxBytes} bytes. Send less, or raise mcp.maxRequestBytes.`,
    }
  try {
    return { value: JSON.parse(Buffer.from(body ?? []).toString('utf8')) as unknown }
  } catch {
    return { status: 400, code: -32700, message: 'The body is no JSON. Send one message of JSON-RPC.' }
  }
}

const isInitialize = (message: unknown): boolean =>
  (Array.isArray(message) ? message : [message]).some(
    (each) => typeof each === 'object' && each !== null && each.method === 'initialize',
  )
