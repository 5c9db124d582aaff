/** Whose request it is, by the key that it came with. */

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Failure } from '../domain/failure.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Identity } from '../governance/key-ring.ts'
import { sendFailure } from './chat-endpoint.ts'
import { formatOfPath } from './client-formats.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** `null`: the client needs no key, and has shown none. */
    identity: Identity | null
  }
}

/** Clients of OpenAI show their key as a bearer token, those of Anthropic in a header of its own. */
export function secretOf({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string | null {
  const bearer = authorization === undefined ? null : /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1]
  return bearer ?? (typeof apiKey === 'string' && apiKey !== '' ? apiKey : null)
}

/** Before anything else is done for a client, it is known who they are. */
export function identifyClients(app: FastifyInstance, gateway: Gateway): void {
  app.decorateRequest('identity', null)
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/v1/')) return done()
    const found = gateway.identify(secretOf(request.headers))
    if (found instanceof Promise) found.then((one) => settle(request, reply, one, done), done)
    else settle(request, reply, found, done)
  })
}

function settle(
  request: FastifyRequest,
  reply: FastifyReply,
  found: Identity | Failure | null,
  done: () => void,
): void {
  if (found !== null && 'kind' in found) {
    // The body may be long, and nobody is going to read it.
    sendFailure(formatOfPath(request.url), reply.header('connection', 'close'), found)
    return
  }
  request.identity = found
  done()
}
