import type { Answer } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import type { AssistantPart, ToolCall } from '../../domain/request.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../lenient.ts'
import type { Decoded } from '../wire-format.ts'
import { failureInBody } from '../openai/decode-failure.ts'
import { decodeFinish, interruptedFinish } from './finish.ts'
import { decodeLogprobs } from './logprobs.ts'
import { argumentsTextOf, decodeSpeech } from './speech.ts'
import { usageOrNone } from './usage.ts'

/** The first choice is the answer. */
export function decodeAnswer(body: unknown): Decoded<Answer> {
  if (!isObject(body)) return unreadable('it is not a JSON object')
  const said = failureInBody(body)
  if (said !== null) return { kind: 'failed', failure: said }
  const choice = asList(body.choices)[0]
  if (!isObject(choice)) return unreadable('it has no choices')
  if (!isObject(choice.message)) return unreadable('its first choice has no message')
  const choiceFailure = failureInBody(choice)
  if (choiceFailure !== null) return { kind: 'failed', failure: choiceFailure }
  const raw = asText(choice.finish_reason)
  if (raw === '') return unreadable('it has no finish_reason, so nothing says that it is complete')
  const interrupted = interruptedFinish(raw)
  if (interrupted !== null) return { kind: 'failed', failure: interrupted }
  const parts = decodeParts(choice.message)
  return {
    kind: 'decoded',
    value: {
      model: asText(body.model),
      parts,
      finish: decodeFinish(
        raw,
        parts.some(({ kind }) => kind === 'tool-call'),
      ),
      usage: usageOrNone(body.usage),
      logprobs: decodeLogprobs(choice.logprobs),
    },
  }
}

const unreadable = (why: string): Decoded<Answer> => ({
  kind: 'failed',
  failure: failure(
    'unreadable',
    `The vendor's answer can't be read: ${why}. Check that its base URL is an OpenAI-compatible endpoint.`,
  ),
})

function decodeParts(message: JsonObject): AssistantPart[] {
  const { reasoning, text, refusal } = decodeSpeech(message)
  const parts: AssistantPart[] = []
  if (reasoning !== '') parts.push({ kind: 'reasoning', text: reasoning })
  if (text !== '') parts.push({ kind: 'text', text })
  if (refusal !== '') parts.push({ kind: 'refusal', text: refusal })
  asList(message.tool_calls).forEach((call, index) => {
    if (isObject(call)) parts.push(decodeToolCall(call, index))
  })
  const legacy = message.function_call
  if (isObject(legacy) && !parts.some(({ kind }) => kind === 'tool-call')) {
    parts.push(decodeToolCall({ id: legacy.name, function: legacy }, 0))
  }
  return parts
}

/** A call needs an id for its result to name: where the vendor gave none, its place makes one. */
function decodeToolCall(call: JsonObject, index: number): ToolCall {
  const custom = asObject(call.custom)
  const called = asObject(call.function)
  return {
    kind: 'tool-call',
    id: asText(call.id) || `call_${index}`,
    name: asText(called.name) || asText(custom.name),
    argumentsText: argumentsTextOf(called.arguments ?? custom.input),
  }
}
