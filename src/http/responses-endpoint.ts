/** OpenAI's Responses: answers that are kept, so that a client can go on from one by its id. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { failure, type Failure } from '../domain/failure.ts'
import type { Incoming, Reply } from '../gateway/gateway.ts'
import type { Identity } from '../governance/key-ring.ts'
import type { Replies } from '../gateway/replies.ts'
import { asObject, parsedJson } from '../wire/lenient.ts'
import { openaiResponses } from '../wire/openai-responses/index.ts'
import {
  deletedResponse,
  expandRequest,
  listInputItems,
  readStoreWish,
  responseAtEnd,
  responseNotFound,
  retrievedResponse,
  type StoredResponse,
  storedResponse,
  turnsUpTo,
} from '../wire/openai-responses/stored.ts'
import { readSse, startSse } from '../wire/sse.ts'
import { bodyText, type ChatEndpoint, readText, sendFailure, sendReply } from './chat-endpoint.ts'

export function addResponses(app: FastifyInstance, shared: Omit<ChatEndpoint, 'format'>): void {
  const endpoint: ChatEndpoint = { ...shared, format: openaiResponses }
  const { replies } = shared.gateway
  app.post('/v1/responses', (request, reply) => serveResponse(endpoint, request, reply))
  type ById = { Params: { id: string }; Querystring: Record<string, unknown> }
  app.get<ById>('/v1/responses/:id', async ({ params, query, identity }, reply) => {
    const stored = await findStored(replies, params.id, identity)
    if (stored === null) return sendFailure(openaiResponses, reply, responseNotFound(params.id))
    if (query.stream === 'true') return sendFailure(openaiResponses, reply, noStreamAgain())
    return reply.send(retrievedResponse(stored))
  })
  app.delete<ById>('/v1/responses/:id', async ({ params, identity }, reply) =>
    (await replies.forget(params.id, ownerOf(identity)))
      ? reply.send(deletedResponse(params.id))
      : sendFailure(openaiResponses, reply, responseNotFound(params.id)),
  )
  app.get<ById>('/v1/responses/:id/input_items', async ({ params, query, identity }, reply) => {
    const stored = await findStored(replies, params.id, identity)
    if (stored === null) return sendFailure(openaiResponses, reply, responseNotFound(params.id))
    const items = listInputItems(stored, query)
    return items.kind === 'failed'
      ? sendFailure(openaiResponses, reply, items.failure)
      : reply.send(items.value)
  })
}

const noStreamAgain = (): Failure =>
  failure('rejected', 'A stored response is given whole. Leave stream out.', { param: 'stream' })

async function serveResponse(endpoint: ChatEndpoint, request: FastifyRequest, reply: FastifyReply) {
  const { gateway, inFlight } = endpoint
  const text = bodyText(request)
  if (typeof text !== 'string') return sendFailure(openaiResponses, reply, text)
  const body = parsedJson(text)
  const wish = readStoreWish(body)
  if (wish.kind === 'failed') return sendFailure(openaiResponses, reply, wish.failure)
  const expanded = await expand(gateway.replies, text, wish.value.previousResponseId, request.identity)
  if (typeof expanded !== 'string') return sendFailure(openaiResponses, reply, expanded)
  const incoming: Incoming | Failure = readText(openaiResponses, expanded, request, gateway.headersRead)
  if ('kind' in incoming) return sendFailure(openaiResponses, reply, incoming)
  const answer = await gateway.chat(incoming, inFlight.signal(reply.raw))
  const keep = keeper(endpoint, body, request.identity)
  return sendReply(endpoint, reply, wish.value.store ? await keeping(answer, keep) : answer)
}

/** The client's text with all that was said before it. */
async function expand(
  replies: Replies,
  text: string,
  previous: string | null,
  identity: Identity | null,
): Promise<string | Failure> {
  if (previous === null) return text
  const found = new Map<string, StoredResponse>()
  // Read first: who puts the turns together does no I/O. A chain that is too long is told of there.
  for (let id: string | null = previous; id !== null && !found.has(id); ) {
    const stored: StoredResponse | null = await findStored(replies, id, identity)
    if (stored === null) break
    found.set(id, stored)
    id = stored.previousResponseId
  }
  const turns = turnsUpTo(previous, (id) => found.get(id) ?? null)
  return turns.kind === 'failed' ? turns.failure : expandRequest(text, turns.value)
}

/** What was stored for one key is another's no more than their own: it is not found. */
const ownerOf = (identity: Identity | null): string | null => identity?.key.id ?? null

async function findStored(
  replies: Replies,
  id: string,
  identity: Identity | null,
): Promise<StoredResponse | null> {
  const text = await replies.find(id, ownerOf(identity))
  return text === null ? null : (JSON.parse(text) as StoredResponse)
}

type Keep = (response: Record<string, unknown>) => Promise<void>

/** An answer that can't be kept is an answer all the same: the client gets it, and the log the error. */
const keeper =
  ({ gateway, onError }: ChatEndpoint, body: unknown, identity: Identity | null): Keep =>
  async (response) => {
    const stored = storedResponse(body, response)
    if (stored.id === '') return
    const { id, previousResponseId: previous } = stored
    const kept = { id, previous, owner: ownerOf(identity), text: JSON.stringify(stored) }
    await gateway.replies.keep(kept).catch(onError)
  }

/** Kept before the client has the end of it: it may go on from it at once. */
async function keeping(answer: Reply, keep: Keep): Promise<Reply> {
  switch (answer.kind) {
    case 'failed':
      return answer
    case 'buffered':
      await keep(asObject(parsedJson(Buffer.from(answer.bytes).toString('utf8'))))
      return answer
    case 'stream':
      return { ...answer, frames: keepingFrames(answer.frames, keep) }
  }
}

async function* keepingFrames(frames: AsyncIterable<Uint8Array>, keep: Keep): AsyncGenerator<Uint8Array> {
  for await (const bytes of frames) {
    // Frames are whole events.
    for (const { event } of readSse(startSse(), bytes).frames) {
      const response = event && responseAtEnd(event)
      if (response) await keep(response)
    }
    yield bytes
  }
}
