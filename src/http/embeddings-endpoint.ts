import type { FastifyInstance } from 'fastify'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import { type ChatEndpoint, readIncoming, sendFailure, sendReply } from './chat-endpoint.ts'

/** `POST /v1/embeddings`: OpenAI's, by any vendor that has it. */
export function addEmbeddings(app: FastifyInstance, shared: Omit<ChatEndpoint, 'format'>): void {
  const endpoint: ChatEndpoint = { ...shared, format: openaiEmbeddings }
  app.post('/v1/embeddings', async (request, reply) => {
    const incoming = readIncoming(openaiEmbeddings, request, [])
    if ('kind' in incoming) return sendFailure(openaiEmbeddings, reply, incoming)
    const answer = await shared.gateway.embed(incoming, shared.inFlight.signal(reply.raw))
    return sendReply(endpoint, reply, answer)
  })
}
