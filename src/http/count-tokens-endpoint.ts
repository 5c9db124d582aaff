import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Gateway } from '../gateway/gateway.ts'
import { decodeCountTokens, encodeTokenCount } from '../wire/anthropic-messages/count-tokens.ts'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { bodyText, readText, sendFailure } from './chat-endpoint.ts'

/** An estimate, as eligibility makes it: which model's vocabulary would count is not decided before it is asked. */
export function countTokens(gateway: Gateway, request: FastifyRequest, reply: FastifyReply) {
  const text = bodyText(request)
  if (typeof text !== 'string') return sendFailure(anthropicMessages, reply, text)
  const incoming = readText(anthropicMessages, text, request, [], decodeCountTokens)
  if ('kind' in incoming) return sendFailure(anthropicMessages, reply, incoming)
  const { asked } = incoming
  const known = gateway.countTokens(asked)
  return known.kind === 'failed'
    ? sendFailure(anthropicMessages, reply, known.failure)
    : reply.send(encodeTokenCount(known.inputTokens))
}
