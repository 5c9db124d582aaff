import type { Answer } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import type { AssistantPart } from '../../domain/request.ts'
import { asText, isObject, type JsonObject } from '../lenient.ts'
import type { Decoded } from '../wire-format.ts'
import { formatName, ownFields } from './blocks.ts'
import { redactedOf, thoughtOf } from './decode-assistant-block.ts'
import { failureInBody } from './decode-failure.ts'
import { decodeFinish } from './finish.ts'
import { usageOrNone } from './usage.ts'

export function decodeAnswer(body: unknown): Decoded<Answer> {
  if (!isObject(body)) return unreadable('it is not a JSON object')
  const said = failureInBody(body)
  if (said !== null) return { kind: 'failed', failure: said }
  if (!Array.isArray(body.content)) return unreadable('it has no content')
  if (asText(body.stop_reason) === '')
    return unreadable('it has no stop_reason, so nothing says that it is complete')
  const parts = body.content.filter(isObject).flatMap((block, index) => decodeBlock(block, index))
  return {
    kind: 'decoded',
    value: {
      model: asText(body.model),
      parts,
      finish: decodeFinish(
        body,
        parts.some(({ kind }) => kind === 'tool-call'),
      ),
      usage: usageOrNone(body.usage),
      logprobs: [],
    },
  }
}

const unreadable = (why: string): Decoded<Answer> => ({
  kind: 'failed',
  failure: failure(
    'unreadable',
    `The vendor's answer can't be read: ${why}. Check that its base URL is an endpoint of the Messages API.`,
  ),
})

/** Blocks of kinds that nobody has heard of are kept, for a client of the same format. */
function decodeBlock(block: JsonObject, index: number): AssistantPart[] {
  switch (block.type) {
    case 'text':
      return [{ kind: 'text', text: asText(block.text), ...ownFields(block, ['text']) }]
    case 'thinking':
      return [thoughtOf(asText(block.thinking), block.signature)]
    case 'redacted_thinking':
      return [redactedOf(asText(block.data))]
    case 'tool_use':
      return [
        {
          kind: 'tool-call',
          id: asText(block.id) || `call_${index}`,
          name: asText(block.name),
          argumentsText: argumentsTextOf(block.input),
          ...ownFields(block, ['id', 'name', 'input']),
        },
      ]
    default:
      return typeof block.type === 'string' ? [{ kind: 'opaque', format: formatName, value: block }] : []
  }
}

const argumentsTextOf = (input: unknown): string =>
  typeof input === 'string' ? input : JSON.stringify(input ?? {})
