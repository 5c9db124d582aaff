import { type AddressInfo, isIPv6 } from 'node:net'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { failure } from '../domain/failure.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { type ChatEndpoint, readIncoming, sendFailure, serveChat } from './chat-endpoint.ts'
import { createInFlight, type InFlight } from './in-flight.ts'
import { listModels } from './models-endpoint.ts'

export type ServerOptions = {
  readonly host: string
  readonly port: number
  readonly bodyLimitBytes: number
  /** How long `close` waits for answers under way before it cuts them short. */
  readonly shutdownGraceMs: number
  /** A bug: the request gets a 500, and this gets the error. */
  readonly onError: (error: unknown) => void
}

export type RunningServer = {
  /** `http://host:port` */
  readonly url: string
  /** Takes no more requests, waits for those under way, cuts what takes too long, then closes the gateway. */
  readonly close: () => Promise<void>
}

/** @throws Error with code `EADDRINUSE` and the like when the port can't be had; the gateway stays open. */
export async function startServer(gateway: Gateway, options: ServerOptions): Promise<RunningServer> {
  const inFlight = createInFlight()
  const app = createApp(gateway, inFlight, options)
  await app.listen({ host: options.host, port: options.port })
  const { address, port } = app.server.address() as AddressInfo
  const host = isIPv6(address) ? `[${address}]` : address
  return {
    url: `http://${host}:${port}`,
    close: async () => {
      const cutting = setTimeout(inFlight.cut, options.shutdownGraceMs)
      await app.close()
      clearTimeout(cutting)
      await gateway.close()
    },
  }
}

function createApp(gateway: Gateway, inFlight: InFlight, options: ServerOptions): FastifyInstance {
  const app = fastify({ bodyLimit: options.bodyLimitBytes, forceCloseConnections: 'idle', logger: false })
  // The body is read as bytes, whatever it says it is: it is passed on as it came.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const chat: ChatEndpoint = { gateway, format: openaiChat, inFlight }
  app.post('/v1/chat/completions', (request, reply) => serveChat(chat, request, reply))
  app.post('/v1/route', (request, reply) => {
    const incoming = readIncoming(openaiChat, request)
    if ('kind' in incoming) return sendFailure(openaiChat, reply, incoming)
    const routed = gateway.route(incoming.asked)
    return routed.kind === 'failed'
      ? sendFailure(openaiChat, reply, routed.failure)
      : reply.send(routed.decision)
  })
  app.get('/v1/models', () => listModels(gateway))
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/', () => ({
    name: 'fairlead',
    endpoints: ['POST /v1/chat/completions', 'POST /v1/route', 'GET /v1/models', 'GET /healthz'],
  }))
  app.setNotFoundHandler((request, reply) =>
    sendFailure(
      openaiChat,
      reply,
      failure('rejected', `There is no ${request.method} ${request.url}. GET / lists the endpoints.`, {
        code: 'not_found',
      }),
    ),
  )
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      const limit = `The body is over ${options.bodyLimitBytes} bytes. Send less, or raise server.bodyLimitBytes.`
      return sendFailure(openaiChat, reply, failure('rejected', limit, { code: 'body_too_large' }))
    }
    const status = error.statusCode ?? 500
    if (status < 500) {
      return sendFailure(openaiChat, reply, failure('rejected', error.message, { code: 'invalid_request' }))
    }
    options.onError(error)
    // What went wrong inside is for the log; the client gets no stack and no secret.
    const problem = failure('unavailable', 'Something went wrong inside Fairlead; its log says what.', {
      code: 'internal_error',
    })
    return sendFailure(openaiChat, reply, problem)
  })
  return app
}
