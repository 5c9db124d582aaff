/**
 * The server side of streamable HTTP for one session, as a transport of the SDK. In place of the SDK's own, which passes every
 * message through web streams: a call that is answered at once takes one write of plain JSON here, a stream begins only
 * where there is something to tell before the answer or where that takes a while.
 *
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type JSONRPCMessage, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js'
import { type HttpRefusal, refuse } from './http-refusal.ts'
import { readMessages } from './http-messages.ts'
import type { RequestId } from './party.ts'

export type HttpTransport = Transport & {
  /** Answers a request of the session. `body` is what JSON was sent, `undefined` where nothing was. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, body: unknown) => void
  /** Whether the introductions have been made. */
  readonly hasBegun: () => boolean
  /** The client does not take in what it was sent. */
  readonly isBehind: () => boolean
  /** Requests that are not over: answers under way, and those that the client has not taken in. */
  readonly openRequests: () => number
  /** Ends the stream on which the client only waits to be told something. */
  readonly endStream: () => void
}

export type HttpTransportOptions = {
  /** `null`: for one request that has no session. */
  readonly sessionId: string | null
  readonly maxOpenRequests: number
}

/** A call that takes longer gets a stream, so that whoever is between sees that it is alive. */
const streamAfterMs = 1_000
const keepAliveMs = 15_000

/** What one POST is answered on. */
type Stream = {
  readonly response: ServerResponse
  readonly unanswered: Set<RequestId>
  readonly isBatch: boolean
  isStreaming: boolean
  timer: NodeJS.Timeout | null
}

export function createHttpTransport({ sessionId, maxOpenRequests }: HttpTransportOptions): HttpTransport {
  const streams = new Map<RequestId, Stream>()
  const open = new Set<ServerResponse>()
  let waiting: ServerResponse | null = null
  let begun = sessionId === null
  let closed = false
  const sessionHeader: Record<string, string> = sessionId === null ? {} : { 'mcp-session-id': sessionId }

  const beginStream = (response: ServerResponse): NodeJS.Timeout => {
    response.writeHead(200, { ...sessionHeader, ...streamHeaders })
    response.flushHeaders()
    const timer = setInterval(() => {
      if (!response.writableNeedDrain) response.write(': keep-alive\n\n')
    }, keepAliveMs)
    timer.unref()
    response.once('close', () => clearInterval(timer))
    return timer
  }
  const stream = (to: Stream) => {
    if (to.isStreaming) return
    if (to.timer !== null) clearTimeout(to.timer)
    to.isStreaming = true
    to.timer = beginStream(to.response)
  }
  const finish = (to: Stream) => {
    if (to.timer !== null) clearTimeout(to.timer)
    to.timer = null
  }

  const transport: HttpTransport = {
    hasBegun: () => begun,
    isBehind: () => {
      for (const response of open) if (response.writableNeedDrain) return true
      return false
    },
    openRequests: () => open.size,
    endStream: () => void waiting?.end(),
    start: async () => {},
    handle: (request, response, body) => {
      if (closed) return refuse(response, sessionOver)
      if (open.size >= maxOpenRequests) return refuse(response, tooMany)
      const fault = headerFault(request)
      if (fault !== null) return refuse(response, fault)
      open.add(response)
      response.once('close', () => open.delete(response))
      if (request.method === 'POST') return receive(response, body)
      if (request.method === 'GET') return listen(response)
      response.writeHead(200, sessionHeader).end()
      void transport.close()
    },
    send: async (message, options) => {
      if ('method' in message) tell(message, options)
      else answer(message)
    },
    close: async () => {
      if (closed) return
      closed = true
      waiting?.end()
      for (const each of new Set(streams.values())) {
        finish(each)
        if (each.isStreaming) each.response.end()
        else refuse(each.response, sessionOver)
      }
      streams.clear()
      transport.onclose?.()
    },
  }
  // What is not known yet is left out, not undefined: the SDK takes a transport without an id for one without a session.
  if (sessionId !== null) transport.sessionId = sessionId

  function receive(response: ServerResponse, body: unknown): void {
    const messages = readMessages(body)
    if ('status' in messages) {
      refuse(response, messages)
      return
    }
    const { list, requests, isBatch } = messages
    const introduces = list.some((message) => 'method' in message && message.method === 'initialize')
    const isLate = introduces && (isBatch || (begun && sessionId !== null))
    if (isLate || requests.some((id) => streams.has(id))) {
      refuse(response, isLate ? begunAlready : idInUse)
      return
    }
    begun ||= introduces
    if (requests.length === 0) {
      response.writeHead(202, sessionHeader).end()
      for (const message of list) {
        transport.onmessage?.(message)
        const cancelled = cancelledId(message)
        if (cancelled !== null) giveUp(cancelled)
      }
      return
    }
    const to: Stream = { response, unanswered: new Set(requests), isBatch, isStreaming: false, timer: null }
    for (const id of requests) streams.set(id, to)
    to.timer = setTimeout(() => stream(to), streamAfterMs)
    response.once('close', () => {
      finish(to)
      for (const id of to.unanswered) if (streams.get(id) === to) streams.delete(id)
    })
    for (const message of list) transport.onmessage?.(message)
  }

  /** To a request that is cancelled no answer comes, and nobody waits for one. */
  function giveUp(id: RequestId): void {
    const to = streams.get(id)
    if (to === undefined) return
    streams.delete(id)
    to.unanswered.delete(id)
    if (to.unanswered.size > 0) return
    stream(to)
    finish(to)
    to.response.end()
  }

  function listen(response: ServerResponse): void {
    if (waiting !== null) {
      refuse(response, listensAlready)
      return
    }
    waiting = response
    beginStream(response)
    response.once('close', () => {
      waiting = null
    })
  }

  /** A request or a notification: beside the answer that it belongs to, else where the client waits for such. */
  function tell(message: JSONRPCMessage, options: TransportSendOptions | undefined): void {
    const related = options?.relatedRequestId
    const to = related === undefined ? undefined : streams.get(related)
    if (to !== undefined) {
      stream(to)
      to.response.write(eventOf(message))
    } else if (related === undefined && waiting !== null && !waiting.writableEnded)
      waiting.write(eventOf(message))
    // Whoever asks would wait for an answer that can't come.
    else if ('id' in message) throw new Error('the client listens on no stream that this could be asked on')
  }

  function answer(message: JSONRPCMessage): void {
    if (!('id' in message) || message.id === undefined) return
    const to = streams.get(message.id)
    // The client has left, and nobody else may see it.
    if (to === undefined) return
    streams.delete(message.id)
    to.unanswered.delete(message.id)
    if (to.isBatch) stream(to)
    if (to.isStreaming) to.response.write(eventOf(message))
    else sendJson(to.response, message, sessionHeader)
    if (to.unanswered.size > 0) return
    finish(to)
    if (to.isStreaming) to.response.end()
  }

  return transport
}

function cancelledId(message: JSONRPCMessage): RequestId | null {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return null
  const id: unknown = message.params?.requestId
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

const eventOf = (message: JSONRPCMessage): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`

function sendJson(response: ServerResponse, message: JSONRPCMessage, headers: Record<string, string>): void {
  const bytes = Buffer.from(JSON.stringify(message))
  response
    .writeHead(200, { ...headers, 'content-type': 'application/json', 'content-length': bytes.length })
    .end(bytes)
}

function headerFault({ method, headers, rawHeaders }: IncomingMessage): HttpRefusal | null {
  const { accept = '' } = headers
  const version = headers['mcp-protocol-version']
  if (typeof version === 'string' && !SUPPORTED_PROTOCOL_VERSIONS.includes(version))
    return {
      status: 400,
      code: -32000,
      message: `Version ${version.slice(0, 30)} of the protocol is not known. Use one of ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')}.`,
    }
  if (method === 'GET' && !accepts(accept, 'text/event-stream'))
    return { status: 406, code: -32000, message: 'Accept text/event-stream.' }
  if (method !== 'POST') return null
  if (!accepts(accept, 'application/json') || !accepts(accept, 'text/event-stream'))
    return { status: 406, code: -32000, message: 'Accept both application/json and text/event-stream.' }
  // As it was sent: a server in front may have put something of its own in its place.
  if (!/^application\/json\s*(;|$)/i.test(rawHeader(rawHeaders, 'content-type')))
    return { status: 415, code: -32000, message: 'Send JSON, and say so: content-type: application/json.' }
  return null
}

const accepts = (accept: string, type: string): boolean => accept.includes(type) || accept.includes('*/*')

function rawHeader(rawHeaders: readonly string[], name: string): string {
  const at = rawHeaders.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name)
  return at === -1 ? '' : (rawHeaders[at + 1] ?? '')
}

const sessionOver: HttpRefusal = {
  status: 404,
  code: -32001,
  message: 'Session not found. Begin with initialize.',
}
const begunAlready: HttpRefusal = {
  status: 400,
  code: -32600,
  message: 'initialize comes once, alone, and without the id of a session.',
}
const idInUse: HttpRefusal = {
  status: 400,
  code: -32600,
  message: 'A request with this id is under way in this session. Number requests anew.',
}
const listensAlready: HttpRefusal = {
  status: 409,
  code: -32000,
  message: 'This session has a stream to listen on. Only one is possible.',
}
const tooMany: HttpRefusal = {
  status: 429,
  code: -32000,
  message: 'Too many requests of this session are not over yet. Read their answers first.',
  headers: { 'retry-after': '1' },
}
