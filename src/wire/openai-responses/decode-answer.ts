import type { Answer } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import type { AssistantPart } from '../../domain/request.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../lenient.ts'
import { failureInBody } from '../openai/decode-failure.ts'
import { decodeTokens } from '../openai/logprobs.ts'
import type { Decoded } from '../wire-format.ts'
import { endingOf } from './finish.ts'
import { argumentsOfInput } from './freeform.ts'
import { awaitsClient, opaquePart, ownAnnotations, reasoningText, sealOf } from './items.ts'
import { usageOrNone } from './usage.ts'

export function decodeAnswer(body: unknown): Decoded<Answer> {
  if (!isObject(body)) return unreadable('it is not a JSON object')
  const said = failureInBody(body)
  if (said !== null) return { kind: 'failed', failure: said }
  if (!Array.isArray(body.output)) return unreadable('it has no output')
  const items = asList(body.output).filter(isObject)
  const ending = endingOf(body, items.some(isCall))
  if (ending.kind === 'failed') return ending
  return {
    kind: 'decoded',
    value: {
      model: asText(body.model),
      parts: items.flatMap(partsOfItem),
      finish: ending.finish,
      usage: usageOrNone(body.usage),
      logprobs: items.flatMap(({ content }) =>
        asList(content).flatMap((part) => decodeTokens(asObject(part).logprobs)),
      ),
    },
  }
}

const unreadable = (why: string): Decoded<Answer> => ({
  kind: 'failed',
  failure: failure(
    'unreadable',
    `The vendor's answer can't be read: ${why}. Check that its base URL is an endpoint of the Responses API.`,
  ),
})

/** The client has to carry it out before the model can go on. */
export const isCall = (item: JsonObject): boolean =>
  item.type === 'function_call' || item.type === 'custom_tool_call' || awaitsClient(asText(item.type))

function partsOfItem(item: JsonObject, index: number): AssistantPart[] {
  switch (item.type) {
    case 'message':
      return asList(item.content).flatMap(partsOfSpeech)
    case 'reasoning': {
      const text = reasoningText(item)
      const sealed = sealOf(item)
      if (text === '' && sealed === null) return []
      return [{ kind: 'reasoning', text, ...(sealed !== null && { sealed }) }]
    }
    case 'function_call':
    case 'custom_tool_call':
      return [callOf(item, index)]
    default:
      return [opaquePart(item)]
  }
}

function partsOfSpeech(value: unknown): AssistantPart[] {
  const part = asObject(value)
  if (part.type === 'refusal') return [{ kind: 'refusal', text: asText(part.refusal) }]
  if (part.type !== 'output_text') return []
  return [{ kind: 'text', text: asText(part.text), ...ownAnnotations(part) }]
}

/** A call needs an id for its result to name: where the vendor gave none, its place makes one. */
function callOf(item: JsonObject, index: number): AssistantPart {
  const freeform = item.type === 'custom_tool_call'
  return {
    kind: 'tool-call',
    id: callIdOf(item, index),
    name: asText(item.name),
    argumentsText: freeform ? argumentsOfInput(asText(item.input)) : asText(item.arguments),
    ...(freeform && { freeform: true as const }),
  }
}

export const callIdOf = (item: JsonObject, index: number): string =>
  asText(item.call_id) || asText(item.id) || `call_${index}`
