import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Failure, failure } from '../domain/failure.ts'
import type { Gateway, Incoming, Reply } from '../gateway/gateway.ts'
import type { ClientFormat, ClientRequest, Decoded } from '../wire/wire-format.ts'
import type { InFlight } from './in-flight.ts'
import { decisionHeaders, withRoutingHeaders } from './routing-headers.ts'
import { streamTo } from './stream-to.ts'

/** One endpoint that speaks one wire format. */
export type ChatEndpoint = {
  readonly gateway: Gateway
  readonly format: ClientFormat
  readonly inFlight: InFlight
  /** Where a bug shows when the status has gone out already. */
  readonly onError: (error: unknown) => void
}

export async function serveChat(endpoint: ChatEndpoint, request: FastifyRequest, reply: FastifyReply) {
  const { gateway, format, inFlight } = endpoint
  const incoming = readIncoming(format, request, gateway.headersRead)
  if ('kind' in incoming) return sendFailure(format, reply, incoming)
  const answer = await gateway.chat(incoming, inFlight.signal(reply.raw))
  return sendReply(endpoint, reply, answer)
}

/** Bytes to a request in our own form, or what is wrong with them. `headersRead`: the names of those that policies go by. */
export function readIncoming(
  format: ClientFormat,
  request: FastifyRequest,
  headersRead: readonly string[],
): Incoming | Failure {
  const text = bodyText(request)
  return typeof text === 'string' ? readText(format, text, request, headersRead) : text
}

/** A body as the client wrote it. */
export function bodyText(request: FastifyRequest): string | Failure {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return compressed(encoding)
  return withoutByteOrderMark((request.body as Buffer | undefined)?.toString('utf8') ?? '')
}

/** `decode` stands in where less than a whole request is asked for. */
export function readText(
  format: ClientFormat,
  text: string,
  request: FastifyRequest,
  headersRead: readonly string[],
  decode: (body: unknown) => Decoded<ClientRequest> = format.decodeRequest,
): Incoming | Failure {
  const body = parseJson(text)
  if (body.kind === 'failed') return body.failure
  const decoded = decode(body.value)
  if (decoded.kind === 'failed') return decoded.failure
  const options = withRoutingHeaders(decoded.value.options, request.headers, headersRead)
  if ('kind' in options) return options
  const { identity, headers } = request
  return {
    format,
    text,
    asked: { ...decoded.value, options },
    headers: handedOn(format, request),
    ...(identity !== null && { identity }),
    ...(typeof headers.traceparent === 'string' && { traceparent: headers.traceparent }),
  }
}

function handedOn(
  { clientHeaders = [] }: ClientFormat,
  { headers }: FastifyRequest,
): Readonly<Record<string, string>> | undefined {
  let found: Record<string, string> | undefined
  for (const name of clientHeaders) {
    const value = headers[name]
    if (typeof value === 'string') found = { ...found, [name]: value }
  }
  return found
}

/** Some editors and shells put one before a file; JSON has no place for it. */
const withoutByteOrderMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text)

const compressed = (encoding: string): Failure =>
  failure('rejected', `The body is compressed (${encoding.slice(0, 40)}). Send it as it is.`, {
    code: 'unsupported_encoding',
  })

export function parseJson(
  text: string,
):
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure } {
  try {
    return { kind: 'parsed', value: JSON.parse(text) }
  } catch (error) {
    const where = text.trim() === '' ? 'it is empty' : (error as Error).message
    return {
      kind: 'failed',
      failure: failure(
        'rejected',
        `The body is not JSON (${where}). Send a JSON object with \`model\` and what you ask of it.`,
        {
          code: 'invalid_json',
        },
      ),
    }
  }
}

export function sendReply({ format, onError }: ChatEndpoint, reply: FastifyReply, answer: Reply) {
  if (answer.served) reply.headers(decisionHeaders(answer.served))
  switch (answer.kind) {
    case 'failed':
      return sendFailure(format, reply, answer.failure)
    case 'buffered':
      return reply.type('application/json').send(answer.bytes)
    case 'stream':
      return streamTo(reply, answer.frames).catch(onError)
  }
}

export function sendFailure(format: ClientFormat, reply: FastifyReply, problem: Failure) {
  const { status, body } = format.encodeFailure(problem)
  if (problem.retryAfterMs !== null) reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1000))
  return reply.code(status).type('application/json').send(JSON.stringify(body))
}
