import { type AddressInfo, isIPv6, type Socket } from 'node:net'
import fastify, { type ConnectionError, type FastifyError, type FastifyInstance } from 'fastify'
import { type Failure, failure } from '../domain/failure.ts'
import { type Gateway, shuttingDown } from '../gateway/gateway.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import type { ClientFormat } from '../wire/wire-format.ts'
import { type ChatEndpoint, readIncoming, sendFailure, serveChat } from './chat-endpoint.ts'
import { chatPaths, formatOfPath } from './client-formats.ts'
import { countTokens } from './count-tokens-endpoint.ts'
import { addAdmin } from './admin-endpoint.ts'
import { addDashboard, findDashboard } from './dashboard.ts'
import { addEmbeddings } from './embeddings-endpoint.ts'
import { addFeedback } from './feedback-endpoint.ts'
import { identifyClients } from './identity.ts'
import { createInFlight, type InFlight } from './in-flight.ts'
import type { McpGateway } from '../mcp/gateway.ts'
import { addMcp } from './mcp-endpoint.ts'
import { addModels } from './models-endpoint.ts'
import { addResponses } from './responses-endpoint.ts'

export type ServerOptions = {
  readonly host: string
  readonly port: number
  readonly bodyLimitBytes: number
  /** How long `close` waits for answers under way before it cuts them short. */
  readonly shutdownGraceMs: number
  /** Answers at `/mcp`; absent: nobody does. The server closes it. */
  readonly mcp?: McpGateway
  /** A bug: the request gets a 500, and this gets the error. */
  readonly onError: (error: unknown) => void
}

export type RunningServer = {
  /** `http://host:port` */
  readonly url: string
  /** Takes no more requests, waits for those under way, cuts what takes too long, then closes the gateway. */
  readonly close: () => Promise<void>
  /** Cuts what is being answered short now; a `close` under way waits no longer. */
  readonly cut: () => void
}

/** How long clients have to take the last words of answers that were cut short. */
const lastWordsMs = 1_000

/** How long a client may take to send a request; Fastify would wait for ever. */
const requestTimeoutMs = 300_000

/** @throws Error with code `EADDRINUSE` and the like when the port can't be had; the gateway stays open. */
export async function startServer(gateway: Gateway, options: ServerOptions): Promise<RunningServer> {
  const inFlight = createInFlight()
  let closing = false
  const app = createApp(gateway, inFlight, options, () => closing)
  await app.listen({ host: options.host, port: options.port })
  const { address, port } = app.server.address() as AddressInfo
  const host = isIPv6(address) ? `[${address}]` : address
  return {
    url: `http://${host}:${port}`,
    close: async () => {
      closing = true
      options.mcp?.endStreams()
      await inFlight.settled(options.shutdownGraceMs)
      inFlight.cut()
      await inFlight.settled(lastWordsMs)
      await options.mcp?.close()
      await app.close()
      await gateway.close()
    },
    cut: inFlight.cut,
  }
}

function createApp(
  gateway: Gateway,
  inFlight: InFlight,
  options: ServerOptions,
  isClosing: () => boolean,
): FastifyInstance {
  const { bodyLimitBytes, onError } = options
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // By the time the app is closed, whoever is still connected sends nothing, or reads nothing.
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) =>
      sendFailure(formatOfPath(request.url), reply, asFailure(error, bodyLimitBytes)),
    clientErrorHandler: refuseUnreadable,
    logger: false,
  })
  // The body is read as bytes, whatever it says it is: it is passed on as it came.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', (request, reply, done) => {
    inFlight.open(reply.raw)
    // Fastify refuses a type that is missing or that it can't read, and the type doesn't matter here.
    request.raw.headers['content-type'] = 'application/json'
    if (isClosing())
      sendFailure(formatOfPath(request.url), reply.header('connection', 'close'), shuttingDown())
    else done()
  })
  identifyClients(app, gateway)
  addRoutes(app, { gateway, inFlight, onError }, options.mcp ?? null)
  if (options.mcp !== undefined) addMcp(app, options.mcp, onError)
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if ((error.statusCode ?? 500) >= 500) onError(error)
    return sendFailure(formatOfPath(request.url), reply, asFailure(error, bodyLimitBytes))
  })
  return app
}

/** What Node can't read as HTTP gets an answer by hand; the connection is of no use after it. */
function refuseUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const { status, reason, message } = explainUnreadable(error.code)
  const { body } = openaiChat.encodeFailure(failure('rejected', message))
  const text = JSON.stringify(body)
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  )
}

function explainUnreadable(code: string) {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        reason: 'Request Header Fields Too Large',
        message: 'The headers are too large. Send fewer.',
      }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        reason: 'Request Timeout',
        message: 'The request took too long to arrive. Send it again.',
      }
    default:
      return {
        status: 400,
        reason: 'Bad Request',
        message: `This is not HTTP that can be read (${code}). Use http://, not https://, and an HTTP client.`,
      }
  }
}

function addRoutes(app: FastifyInstance, shared: Omit<ChatEndpoint, 'format'>, mcp: McpGateway | null): void {
  const { gateway } = shared
  for (const [path, format] of Object.entries(chatPaths)) {
    const endpoint: ChatEndpoint = { ...shared, format }
    app.post(path, (request, reply) => serveChat(endpoint, request, reply))
  }
  addResponses(app, shared)
  app.post('/v1/messages/count_tokens', (request, reply) => countTokens(gateway, request, reply))
  app.post('/v1/route', async (request, reply) => {
    const format = routedFormat(request.query)
    const incoming = readIncoming(format, request, gateway.headersRead)
    if ('kind' in incoming) return sendFailure(format, reply, incoming)
    const text = (await gateway.readText?.(incoming.asked)) ?? null
    const routed = gateway.route(incoming.asked, text, incoming.identity)
    return routed.kind === 'failed' ? sendFailure(format, reply, routed.failure) : reply.send(routed.decision)
  })
  addEmbeddings(app, shared)
  addFeedback(app, gateway)
  addModels(app, gateway)
  addAdmin(app, gateway, mcp, shared.onError)
  app.get('/healthz', () => ({ status: 'ok' }))
  // While the server closes, this too is answered with 503: no more requests, please.
  app.get('/readyz', () => ({ status: 'ready' }))
  addDashboard(app, findDashboard(), () => ({
    name: 'fairlead',
    endpoints: [
      'POST /v1/chat/completions',
      'POST /v1/messages',
      'POST /v1/messages/count_tokens',
      'POST /v1/responses',
      'GET /v1/responses/{id}',
      'GET /v1/responses/{id}/input_items',
      'DELETE /v1/responses/{id}',
      'POST /v1/completions',
      'POST /v1/embeddings',
      'POST /v1/route',
      'POST /v1/feedback',
      'GET /v1/models',
      ...(mcp ? ['POST /mcp'] : []),
      'GET /v1/models/{name}',
      'GET /admin/decisions',
      'GET /admin/keys',
      'GET /admin/report',
      'GET /metrics',
      'GET /healthz',
      'GET /readyz',
    ],
  }))
  app.setNotFoundHandler(({ method, url }, reply) => {
    const message = `There is no ${method} ${url.slice(0, 200)}. GET / lists the endpoints.`
    return sendFailure(formatOfPath(url), reply, failure('rejected', message, { code: 'not_found' }))
  })
}

/** `?format=anthropic-messages`: the body is a request of that format; chat, where nothing is said. */
const routedFormat = (query: unknown): ClientFormat =>
  Object.values(chatPaths).find(({ name }) => name === (query as { format?: unknown }).format) ?? openaiChat

/** What Fastify refuses is the client's to mend. Of a bug the client learns neither stack nor secret. */
function asFailure({ code, message, statusCode = 500 }: FastifyError, bodyLimitBytes: number): Failure {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return failure(
      'rejected',
      `The body is over ${bodyLimitBytes} bytes. Send less, or raise server.bodyLimitBytes.`,
      { code: 'body_too_large' },
    )
  if (statusCode < 500) return failure('rejected', message, { code: 'invalid_request' })
  return failure('unavailable', 'Something went wrong inside Fairlead; its log says what.', {
    code: 'internal_error',
  })
}
