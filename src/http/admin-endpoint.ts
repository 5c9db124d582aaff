import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AdminAnswer, type AdminCall, AdminError, value } from '../gateway/admin/call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { McpGateway } from '../mcp/gateway.ts'
import { StoreError } from '../storage/store-error.ts'
import { administratorOf, mayCall } from './administrators.ts'
import { serveMetrics } from './metrics-endpoint.ts'
import { sendEvents } from './send-events.ts'

/** Everything below `/admin`: each call of the gateway's, for those who may administer. */
export function addAdmin(
  app: FastifyInstance,
  { admin, metrics }: Gateway,
  mcp: McpGateway | null,
  onError: (error: unknown) => void,
): void {
  app.get('/metrics', ({ socket, headers }, reply) => {
    const visitor = { address: socket.remoteAddress, headers }
    const administrator = admin.openMetrics() ? null : administratorOf(visitor, admin.tokens())
    return administrator?.kind === 'may-not'
      ? refuse(reply, administrator.status, administrator)
      : serveMetrics(metrics, reply)
  })
  // Whom the gateway takes the caller for: what a page that administers may offer.
  app.get('/admin/me', ({ socket, headers }, reply) => {
    const administrator = administratorOf({ address: socket.remoteAddress, headers }, admin.tokens())
    reply.header('cache-control', 'no-store')
    if (administrator.kind === 'may-not') return refuse(reply, administrator.status, administrator)
    return reply.send({ name: administrator.name, role: administrator.role })
  })
  const mcpCall: AdminCall = {
    method: 'GET',
    path: '/mcp',
    run: async () => value({ mcp: mcp?.status() ?? null }),
  }
  for (const call of [...admin.calls, mcpCall])
    app.route({
      method: call.method,
      url: `/admin${call.path}`,
      handler: (request, reply) => serve(admin, call, request, reply, onError),
    })
}

async function serve(
  admin: Gateway['admin'],
  call: AdminCall,
  request: FastifyRequest,
  reply: FastifyReply,
  onError: (error: unknown) => void,
) {
  const { headers, socket, method } = request
  const administrator = administratorOf({ address: socket.remoteAddress, headers }, admin.tokens())
  reply.header('cache-control', 'no-store')
  if (administrator.kind === 'may-not') return refuse(reply, administrator.status, administrator)
  const { name } = administrator
  if (!mayCall(administrator, method))
    return refuse(reply, 403, { code: 'read_only', message: 'This token may look, and change nothing.' })
  const action = `${method} /admin${call.path}`
  const audit = (ok: boolean, subject: string | null) => {
    if (call.method !== 'GET') admin.audited({ actor: name, action, subject, ok })
  }
  const { id = null } = request.params as { id?: string }
  try {
    const answer = await call.run({
      params: request.params as Record<string, string>,
      query: textsOf(request.query),
      body: bodyOf(request),
    })
    audit(true, answer.kind === 'value' ? (answer.subject ?? id) : id)
    return await send(request, reply, answer)
  } catch (error) {
    audit(false, id)
    if (error instanceof AdminError) return refuse(reply, error.status, error)
    onError(error)
    if (error instanceof StoreError)
      return refuse(reply, 503, { code: 'store_unavailable', message: error.message })
    return refuse(reply, 500, {
      code: 'internal_error',
      message: 'Something went wrong inside Fairlead; its log says what.',
    })
  }
}

const refuse = (
  reply: FastifyReply,
  status: number,
  { code, message }: { readonly code: string; readonly message: string },
) => reply.code(status).send({ error: { code, message } })

function bodyOf({ body }: FastifyRequest): unknown {
  const text = (body as Buffer | undefined)?.toString('utf8') ?? ''
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AdminError(400, 'invalid_json', `The body is not JSON: ${(error as Error).message}.`)
  }
}

/** Of a parameter that is given twice the last counts. */
const textsOf = (query: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((query ?? {}) as Record<string, unknown>).map(([name, found]) => [
      name,
      String(Array.isArray(found) ? found.at(-1) : found),
    ]),
  )

function send(request: FastifyRequest, reply: FastifyReply, answer: AdminAnswer) {
  switch (answer.kind) {
    case 'value':
      return reply.send(answer.value)
    case 'lines':
      return reply.type(`${answer.type}; charset=utf-8`).send(Readable.from(answer.lines))
    case 'events':
      return sendEvents(request, reply, answer)
  }
}
