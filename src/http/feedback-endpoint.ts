import type { FastifyInstance } from 'fastify'
import type { Gateway } from '../gateway/gateway.ts'
import { asObject } from '../wire/lenient.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { bodyText, parseJson, sendFailure } from './chat-endpoint.ts'

/** `POST /v1/feedback`: what a client says of an answer. */
export function addFeedback(app: FastifyInstance, { feedback }: Gateway): void {
  app.post('/v1/feedback', async (request, reply) => {
    const text = bodyText(request)
    if (typeof text !== 'string') return sendFailure(openaiChat, reply, text)
    const body = parseJson(text)
    if (body.kind === 'failed') return sendFailure(openaiChat, reply, body.failure)
    const received = await feedback.receive(asObject(body.value), request.identity)
    return received.kind === 'received'
      ? reply.send({ object: 'feedback', feedback: received.feedback })
      : sendFailure(openaiChat, reply, received)
  })
}
