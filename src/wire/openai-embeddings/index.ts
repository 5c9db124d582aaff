/**
 * OpenAI's `POST /embeddings`, and that of the vendors compatible with it. Bodies go through as they are, both ways. To the
 * attempt engine it is one more wire format, whose answers have no words: what it needs to see of one is that the vectors are
 * there, and what they cost.
 */

import { type Answer, noUsage } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import { type Message, plainRequest } from '../../domain/request.ts'
import { type Faults, kindOf, rejection, wrongType } from '../client-checks.ts'
import { editScanned, scanObject } from '../edit-json.ts'
import { asList, asText, isObject, type JsonObject } from '../lenient.ts'
import { decodeFailure, failureInBody } from '../openai/decode-failure.ts'
import { encodeFailure } from '../openai/encode-failure.ts'
import { decodeUsage } from '../openai-chat/usage.ts'
import { readRouting, routingFields } from '../routing-fields.ts'
import type { ClientRequest, Decoded, StreamRead, WireFormat } from '../wire-format.ts'

const never = (): never => {
  throw new Error('embeddings are not streamed, and nothing goes on from them')
}

export const openaiEmbeddings: WireFormat = {
  // Under this name the engine finds it for vendors that speak OpenAI's formats.
  name: 'openai-chat',
  path: '/embeddings',
  decodeRequest,
  encodeRequest: ({ extra }, { model }) => JSON.stringify({ ...extra, model }),
  losses: () => [],
  editRequest: (text, { model }) =>
    editScanned(scanObject(text), { set: { model: JSON.stringify(model) }, remove: routingFields }),
  continueRequest: never,
  decodeAnswer,
  encodeAnswer: never,
  streamDecoder: { start: null, read: (): StreamRead<unknown> => never() },
  encodeStream: () => ({ part: () => '', end: () => '' }),
  resumeStream: never,
  decodeFailure: (reply) => decodeFailure(reply),
  encodeFailure,
  encodeStreamFailure: never,
}

function decodeRequest(body: unknown): Decoded<ClientRequest> {
  if (!isObject(body)) {
    const message = `The body: expected a JSON object, got ${kindOf(body)}. Write {"model": "…", "input": "…"}.`
    return { kind: 'failed', failure: rejection([{ param: '', code: 'invalid_type', message }]) }
  }
  const faults: Faults = []
  const routing = readRouting(body, faults)
  const text = longestInput(body.input, faults)
  if (faults.length > 0) return { kind: 'failed', failure: rejection(faults) }
  const message: Message = { role: 'user', content: [{ kind: 'text', text }], name: null }
  const extra = Object.fromEntries(
    Object.entries(body).filter(([key]) => !(routingFields as readonly string[]).includes(key)),
  )
  const request = { ...plainRequest(''), messages: [message], from: 'openai-chat' as const, extra }
  return { kind: 'decoded', value: { ...routing, request, usageWanted: true } }
}

/** Of the texts of a batch, each of which has the window for itself. Tokens count as about four characters each. */
function longestInput(input: unknown, faults: Faults): string {
  const remedy = 'Write a text, or a list of texts or of tokens.'
  const inputs = Array.isArray(input) && !isTokens(input) ? input : [input]
  let longest = ''
  for (const one of inputs) {
    const text = textOf(one)
    if (text === null || text === '' || inputs.length === 0) {
      wrongType(faults, 'input', 'a text that is not empty, or a list of such', input, remedy)
      return ''
    }
    if (text.length > longest.length) longest = text
  }
  if (inputs.length === 0)
    wrongType(faults, 'input', 'a text that is not empty, or a list of such', input, remedy)
  return longest
}

const isTokens = (input: readonly unknown[]): boolean =>
  input.length > 0 && input.every((token) => typeof token === 'number')

const textOf = (input: unknown): string | null => {
  if (typeof input === 'string') return input
  return Array.isArray(input) && isTokens(input) ? 'word'.repeat(input.length) : null
}

function decodeAnswer(body: unknown): Decoded<Answer> {
  if (!isObject(body)) return unreadable('it is not a JSON object')
  const said = failureInBody(body)
  if (said !== null) return { kind: 'failed', failure: said }
  const rows = asList(body.data)
  if (rows.length === 0) return unreadable('it has no vectors')
  if (!rows.every(hasVector)) return unreadable('not every row of it has a vector')
  const usage = decodeUsage(usageIn(body)) ?? noUsage
  return {
    kind: 'decoded',
    value: {
      model: asText(body.model),
      parts: [],
      finish: { kind: 'stop', raw: 'stop' },
      usage,
      logprobs: [],
    },
  }
}

/** A list of numbers, or base64 of them. */
const hasVector = (row: unknown): boolean =>
  isObject(row) &&
  (Array.isArray(row.embedding) || typeof row.embedding === 'string') &&
  row.embedding.length > 0

/** Some report the total alone. */
function usageIn({ usage }: JsonObject): unknown {
  if (!isObject(usage)) return undefined
  const prompt = usage.prompt_tokens ?? usage.total_tokens
  return { prompt_tokens: prompt, completion_tokens: 0, total_tokens: prompt }
}

const unreadable = (why: string): Decoded<Answer> => ({
  kind: 'failed',
  failure: failure(
    'unreadable',
    `The vendor's vectors can't be read: ${why}. Check that its base URL has an OpenAI-compatible /embeddings.`,
  ),
})
