/**
 * `fetch` for MCP servers over HTTP, as far as the SDK's transports use it, over connections of our own. Beside being quicker
 * it has what they leave open: a message that never ends is cut off, and a stream that ends without the answer it was opened
 * for is noticed, where its call would wait for its time limit.
 */

import type { Readable } from 'node:stream'
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js'
import { Agent, type Dispatcher, request } from 'undici'

export type BoundedFetchOptions = {
  readonly connections: Dispatcher
  readonly maxMessageBytes: number
  /** The stream that was to bring the answer to this message has ended, answered or not. */
  readonly onStreamEnd: (messageId: unknown) => void
}

/** Connections to one server. How long an answer may take is the caller's to say: a stream may be silent for hours. */
export const openConnections = (connectTimeoutMs: number): Agent =>
  new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs },
    // Shorter than servers have it, or a call would now and then meet a connection that is just being closed.
    keepAliveTimeout: 2_000,
    keepAliveMaxTimeout: 30_000,
  })

export function boundedFetch({ connections, maxMessageBytes, onStreamEnd }: BoundedFetchOptions): FetchLike {
  /** Streams that answers are to come on, by the id of their request. */
  const streams = new Map<unknown, Readable>()
  return async (url, init = {}) => {
    const { method = 'GET', body, signal } = init
    const posted = body === undefined || body === null ? null : String(body)
    const {
      statusCode,
      headers,
      body: incoming,
    } = await request(url, {
      dispatcher: connections,
      method: method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: posted,
      ...(signal && { signal }),
    })
    // A server is not bound to end the stream of a request that is cancelled, and nobody reads it any more.
    if (posted?.includes('"notifications/cancelled"')) streams.get(cancelledId(posted))?.destroy()
    const answer = { status: statusCode, headers: plainHeaders(headers) }
    if (!String(headers['content-type']).includes('text/event-stream')) {
      const text = await wholeText(incoming, maxMessageBytes)
      return new Response(text === '' ? null : text, answer)
    }
    const asked = posted === null ? null : messageId(posted)
    if (asked !== null) streams.set(asked, incoming)
    const onEnd = (resumable: boolean) => {
      streams.delete(asked)
      // Whoever reads it gets the last event first.
      if (asked !== null && !resumable) setImmediate(onStreamEnd, asked)
    }
    return new Response(boundedEvents(incoming, maxMessageBytes, onEnd), answer)
  }
}

async function wholeText(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop ends the connection.
    if (size > maxBytes) throw new MessageTooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A stream of events, of which none may be larger than `maxBytes`. */
function boundedEvents(
  body: Readable,
  maxBytes: number,
  onEnd: (resumable: boolean) => void,
): ReadableStream<Uint8Array> {
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  let pending = 0
  let resumable = false
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await chunks.next()
        if (done) {
          controller.close()
          onEnd(resumable)
          return
        }
        const end = lastEventEnd(value)
        pending = end === -1 ? pending + value.length : value.length - end
        if (pending > maxBytes || value.length > maxBytes) throw new MessageTooLarge(maxBytes)
        resumable ||= hasEventId(value)
        controller.enqueue(value)
      } catch (error) {
        body.destroy()
        controller.error(error)
        onEnd(resumable)
      }
    },
    cancel: () => {
      onEnd(true)
      body.destroy()
    },
  })
}

export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge'
  constructor(maxBytes: number) {
    super(`a message is over ${maxBytes} bytes`)
  }
}

const newline = 10
const carriageReturn = 13

/** Where the last whole event of a chunk ends; `-1`: none ends in it. */
function lastEventEnd(chunk: Uint8Array): number {
  for (let at = chunk.length - 1; at > 0; at--) {
    if (chunk[at] !== newline) continue
    const before = chunk[at - 1] === carriageReturn ? chunk[at - 2] : chunk[at - 1]
    if (before === newline) return at + 1
  }
  return -1
}

/** Events with ids can be asked for again: the SDK does that by itself. */
const hasEventId = (chunk: Buffer): boolean => /(^|\n)id:/.test(chunk.toString('latin1', 0, 200))

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const plain = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const each of [value].flat()) if (each !== undefined) plain.append(name, each)
  return plain
}

type Posted = {
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: { readonly requestId?: unknown }
}

const messageId = (body: string): unknown => {
  const { id, method } = JSON.parse(body) as Posted
  return method === undefined ? null : (id ?? null)
}

const cancelledId = (body: string): unknown => {
  const { method, params } = JSON.parse(body) as Posted
  return method === 'notifications/cancelled' ? params?.requestId : null
}
