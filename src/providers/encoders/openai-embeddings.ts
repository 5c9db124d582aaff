import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { type Failure, failure } from '../../domain/failure.ts'
import type { Secret } from '../../domain/secret.ts'
import type { SentenceEncoder, TextResults } from '../../domain/text-model.ts'
import type { VendorAuth } from '../../domain/vendor.ts'
import { decodeFailure } from '../../wire/openai/decode-failure.ts'
import { bodyFailure, sendFailure } from '../network-failure.ts'
import { readEmbeddings } from './embeddings-reply.ts'

/** Any endpoint that speaks OpenAI's `POST /embeddings`. */
export type EmbeddingsOptions = {
  readonly endpoint: {
    readonly baseUrl: string
    readonly vendor: { readonly name: string; readonly title: string; readonly local: boolean }
    readonly auth: VendorAuth
    readonly credential: Secret | null
    readonly headers: Readonly<Record<string, Secret>>
  }
  readonly model: string
  /** Asked for where it is not null; models that can't shorten their vectors refuse it. */
  readonly dimensions: number | null
  readonly limits: EmbeddingsLimits
}

export type EmbeddingsLimits = {
  readonly maxTextsPerCall: number
  readonly maxCharsPerCall: number
  /** Longer texts are cut: an endpoint refuses what is over its window. */
  readonly maxCharsPerText: number
  /** For one call, its one retry included. */
  readonly callMs: number
  readonly maxReplyBytes: number
  readonly maxConnections: number
}

export const defaultEmbeddingsLimits: EmbeddingsLimits = {
  maxTextsPerCall: 128,
  maxCharsPerCall: 200_000,
  // 8,000 characters are at most 8,191 tokens, the window of the most common models, in all but the rarest scripts.
  maxCharsPerText: 8_000,
  callMs: 10_000,
  maxReplyBytes: 50_000_000,
  maxConnections: 16,
}

/** Where nothing says how long to wait before the one retry. */
const retryWaitMs = 200

export function createEmbeddingsEncoder(options: EmbeddingsOptions): SentenceEncoder {
  const { endpoint, model, dimensions, limits } = options
  const { origin, pathname } = new URL(endpoint.baseUrl)
  const pool = new Pool(origin, { connections: limits.maxConnections })
  const path = `${pathname.replace(/\/+$/, '')}/embeddings`
  let dims = dimensions

  const call = async (texts: readonly string[], signal: AbortSignal): Promise<TextResults<Float32Array>> => {
    const until = performance.now() + limits.callMs
    const within = AbortSignal.any([signal, AbortSignal.timeout(limits.callMs)])
    const send = () => post(pool, path, bodyOf(texts, options), options, within)
    const first = await send()
    const reply =
      first.kind === 'failed' && (await worthRetrying(first.failure, until, within)) ? await send() : first
    if (reply.kind === 'failed') return reply
    const read = readEmbeddings(reply.body, texts.length, dims)
    if (read.kind === 'read') dims ??= read.values[0]?.length ?? null
    return read
  }

  return {
    id: `embeddings ${model}${dimensions === null ? '' : ` ${dimensions}`}`,
    read: async (texts, signal) => {
      const values: Float32Array[] = []
      for (const part of parts(texts, limits)) {
        const results = await call(part, signal)
        if (results.kind === 'failed') return results
        values.push(...results.values)
      }
      return { kind: 'read', values }
    },
    close: () => pool.destroy(),
  }
}

/** Texts by calls: none over the limits, and a text over them by a call of its own. */
function* parts(texts: readonly string[], limits: EmbeddingsLimits): Generator<readonly string[]> {
  let part: string[] = []
  let chars = 0
  for (const whole of texts) {
    const text = sendable(whole, limits.maxCharsPerText)
    if (
      part.length > 0 &&
      (part.length === limits.maxTextsPerCall || chars + text.length > limits.maxCharsPerCall)
    ) {
      yield part
      part = []
      chars = 0
    }
    part.push(text)
    chars += text.length
  }
  if (part.length > 0) yield part
}

/** Endpoints refuse the empty text, and half of a surrogate pair. */
function sendable(text: string, maxChars: number): string {
  const cut = text.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '')
  return cut === '' ? ' ' : cut
}

const bodyOf = (input: readonly string[], { model, dimensions }: EmbeddingsOptions): string =>
  JSON.stringify({ model, input, encoding_format: 'float', ...(dimensions !== null && { dimensions }) })

type Reply =
  | { readonly kind: 'replied'; readonly body: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure }

async function post(
  pool: Pool,
  path: string,
  body: string,
  { endpoint, limits }: EmbeddingsOptions,
  signal: AbortSignal,
): Promise<Reply> {
  const failed = (problem: Failure): Reply => ({ kind: 'failed', failure: problem })
  const stopped = () => failed(stoppedFailure(signal, endpoint.vendor.title))
  let reply: Awaited<ReturnType<Pool['request']>>
  try {
    reply = await pool.request({ method: 'POST', path, headers: headersOf(endpoint), body, signal })
  } catch (error) {
    return signal.aborted ? stopped() : failed(sendFailure(error, endpoint))
  }
  try {
    const text = await textOf(reply.body, limits.maxReplyBytes)
    if (text === null) return failed(tooLarge(endpoint.vendor.title, limits.maxReplyBytes))
    if (reply.statusCode !== 200) {
      const body = withoutSecrets(text, endpoint)
      return failed(decodeFailure({ status: reply.statusCode, headers: flat(reply.headers), body }))
    }
    return { kind: 'replied', body: parsed(text) }
  } catch (error) {
    return signal.aborted ? stopped() : failed(bodyFailure(error, endpoint))
  }
}

function headersOf({ auth, credential, headers }: EmbeddingsOptions['endpoint']): Record<string, string> {
  const sent: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' }
  if (credential !== null && auth.kind === 'bearer') sent.authorization = `Bearer ${credential.reveal()}`
  if (credential !== null && auth.kind === 'header') sent[auth.name.toLowerCase()] = credential.reveal()
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value.reveal()
  return sent
}

/** The whole text, or null where it is longer than `maxBytes`. */
async function textOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]))

/** A header as short as this is no secret, and its letters may stand in any message. */
const shortestSecret = 6

/** Some endpoints quote the key that they refuse. */
function withoutSecrets(text: string, { credential, headers }: EmbeddingsOptions['endpoint']): string {
  let clean = text
  for (const secret of [credential, ...Object.values(headers)]) {
    const value = secret?.reveal() ?? ''
    if (value.length >= shortestSecret) clean = clean.replaceAll(value, '[secret]')
  }
  return clean
}

/** Not JSON: `readEmbeddings` says that it has no vectors. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const tooLarge = (title: string, bytes: number): Failure =>
  failure('unreadable', `${title} sent an embeddings reply of more than ${bytes} bytes. Check the base URL.`)

function stoppedFailure({ reason }: AbortSignal, title: string): Failure {
  const timedOut = reason instanceof DOMException && reason.name === 'TimeoutError'
  return timedOut
    ? failure('timed-out', `${title} did not answer an embeddings request in time. Check its load.`)
    : failure('cancelled', 'the request was cancelled')
}

/** Waits as long as was asked for, where that leaves time for another call. */
async function worthRetrying(
  { kind, vendorStatus, retryAfterMs }: Failure,
  until: number,
  signal: AbortSignal,
): Promise<boolean> {
  const passing = vendorStatus === null ? kind === 'unavailable' : vendorStatus === 429 || vendorStatus >= 500
  const wait = retryAfterMs ?? retryWaitMs
  if (!passing || kind === 'quota' || performance.now() + wait >= until) return false
  return sleep(wait, true, { signal }).catch(() => false)
}
