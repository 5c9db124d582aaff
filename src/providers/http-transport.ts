import { LRUCache } from 'lru-cache'
import { Pool } from 'undici'
import { failure } from '../domain/failure.ts'
import type { Exchange, Outgoing, Transport } from '../domain/transport.ts'
import type { Target } from '../domain/vendor.ts'
import { decodedBody } from './decoded-body.ts'
import { bodyFailure, sendFailure } from './network-failure.ts'

export type HttpTransportOptions = {
  readonly connectMs: number
  /** Connections to one origin; requests beyond them wait for one. */
  readonly maxConnections: number
  /** Origins with open connections; the one not used for longest is closed for a new one. */
  readonly maxOrigins: number
}

export const defaultHttpTransportOptions: HttpTransportOptions = {
  connectMs: 5_000,
  maxConnections: 512,
  maxOrigins: 64,
}

/** Sends over HTTP/1.1 with one pool of connections per origin. */
export function createHttpTransport(options: HttpTransportOptions = defaultHttpTransportOptions): Transport {
  const pools = new LRUCache<string, Pool>({
    max: options.maxOrigins,
    dispose: (pool, _origin, reason) => {
      // Waits for the requests that are under way.
      if (reason === 'evict') void pool.close()
    },
  })
  const endpoints = new LRUCache<string, Endpoint>({ max: 4 * options.maxOrigins })
  return {
    send: (outgoing, signal) => {
      const { baseUrl } = outgoing.target
      const endpoint = endpoints.get(baseUrl) ?? remember(endpoints, baseUrl)
      const pool = pools.get(endpoint.origin) ?? open(pools, endpoint.origin, options)
      return send(pool, endpoint, outgoing, signal)
    },
    asFailure: bodyFailure,
    close: async () => {
      const opened = [...pools.values()]
      pools.clear()
      await Promise.all(opened.map((pool) => pool.destroy()))
    },
  }
}

/** A base URL, taken apart. */
type Endpoint = { readonly origin: string; readonly pathPrefix: string }

function remember(endpoints: LRUCache<string, Endpoint>, baseUrl: string): Endpoint {
  const { origin, pathname } = new URL(baseUrl)
  const endpoint = { origin, pathPrefix: pathname.replace(/\/+$/, '') }
  endpoints.set(baseUrl, endpoint)
  return endpoint
}

function open(pools: LRUCache<string, Pool>, origin: string, options: HttpTransportOptions): Pool {
  const pool = new Pool(origin, {
    connections: options.maxConnections,
    connect: { timeout: options.connectMs },
    // The engine's own limits say when a vendor is too slow.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  pools.set(origin, pool)
  return pool
}

async function send(
  pool: Pool,
  { pathPrefix }: Endpoint,
  { target, path, body, stream, clientHeaders }: Outgoing,
  signal: AbortSignal,
): Promise<Exchange> {
  try {
    const reply = await pool.request({
      method: 'POST',
      path: pathPrefix + path,
      headers: { ...clientHeaders, ...headersFor(target, stream) },
      body,
      signal,
    })
    const headers = flat(reply.headers)
    return { kind: 'replied', status: reply.statusCode, headers, body: decodedBody(reply.body, headers) }
  } catch (error) {
    if (signal.aborted) return { kind: 'failed', failure: failure('cancelled', 'the request was cancelled') }
    return { kind: 'failed', failure: sendFailure(error, target) }
  }
}

/** Compressed events would be held back until a block is full, so no encoding is asked for. */
function headersFor(
  { vendor: { auth, headers: fixed }, credential, headers: extra }: Target,
  stream: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'fairlead',
    ...fixed,
  }
  for (const name in extra) headers[name.toLowerCase()] = extra[name]!.reveal()
  if (credential !== null && auth.kind === 'bearer') headers.authorization = `Bearer ${credential.reveal()}`
  if (credential !== null && auth.kind === 'header') headers[auth.name.toLowerCase()] = credential.reveal()
  for (const name in extra) headers[name.toLowerCase()] = extra[name]!.reveal()
  return headers
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flattened: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) flattened[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return flattened
}
