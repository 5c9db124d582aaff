import type { ContentPart, Message, Request } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { Loss } from '../wire-format.ts'
import { fieldsOf, formatName, isBlank } from './blocks.ts'
import { isInput } from './encode-blocks.ts'

type Lose = (what: string, changesMeaning: boolean) => void

/** What the Messages API has no place for. A request that came in it loses nothing. */
export function losses(request: Request): readonly Loss[] {
  if (request.from === formatName) return []
  const found = new Map<string, Loss>()
  const lose: Lose = (what, changesMeaning) => found.set(what, { what, changesMeaning })
  if (request.from !== undefined) for (const field of Object.keys(request.extra)) lose(field, false)
  for (const { format, type } of request.hostedTools ?? [])
    if (format !== formatName) lose(`tools: ${type}`, true)
  if (request.tools.some(({ freeform }) => freeform)) lose('form of a freeform tool', false)
  loseOfOutput(request, lose)
  loseOfSampling(request, lose)
  for (const message of request.messages) loseOfMessage(message, lose)
  loseOfOrder(request.messages, lose)
  return [...found.values()]
}

function loseOfOutput({ responseFormat, topLogprobs, reasoning }: Request, lose: Lose): void {
  // It is asked for in words, and nothing holds the model to them.
  if (responseFormat.kind === 'json') lose('response_format: json_object', true)
  if (responseFormat.kind === 'json-schema') {
    if (responseFormat.name !== 'answer') lose('name of the response format', false)
    if (responseFormat.description !== null) lose('description of the response format', false)
  }
  if (topLogprobs !== null) lose('logprobs', true)
  if (reasoning?.summary !== undefined) lose('summary of the reasoning', false)
}

function loseOfSampling({ sampling, reasoning, reasoningEffort }: Request, lose: Lose): void {
  const thinks =
    reasoning === undefined ? reasoningEffort !== null && reasoningEffort !== 'none' : reasoning.enabled
  const sampled = sampling.temperature !== null || sampling.topP !== null || sampling.topK !== undefined
  if (thinks && sampled) lose('temperature, top_p and top_k of a model that thinks', false)
  if (sampling.answers > 1) lose('n', true)
  if (sampling.seed !== null) lose('seed', false)
  if (sampling.frequencyPenalty !== null) lose('frequency_penalty', false)
  if (sampling.presencePenalty !== null) lose('presence_penalty', false)
  const { temperature } = sampling
  if (temperature !== null && (temperature > 1 || temperature < 0)) lose('temperature outside 0 to 1', false)
  if (sampling.stop.some(isBlank)) lose('stop sequences of white space', true)
}

function loseOfMessage(message: Message, lose: Lose): void {
  switch (message.role) {
    case 'assistant':
      if (message.name !== null) lose('name of a message', false)
      for (const part of message.content) loseOfAssistant(part, lose)
      return
    case 'tool':
      for (const part of message.content) loseOfPart(part, lose)
      return
    case 'system':
    case 'developer':
      if (message.content.some(({ kind }) => kind !== 'text')) lose('what a system message shows', true)
      if (message.name !== null) lose('name of a message', false)
      return
    case 'user':
      if (message.name !== null) lose('name of a message', false)
      for (const part of message.content) loseOfPart(part, lose)
      return
    default:
      unreachable(message)
  }
}

function loseOfAssistant(part: Extract<Message, { role: 'assistant' }>['content'][number], lose: Lose): void {
  if (part.kind === 'reasoning' && part.sealed?.format !== formatName)
    lose('reasoning of earlier turns', false)
  if (part.kind === 'opaque' && part.format !== formatName)
    lose('results of hosted tools in earlier turns', true)
  if (part.kind === 'tool-call' && !isInput(part.argumentsText))
    lose('arguments of a tool call that are no JSON object', false)
}

function loseOfPart(part: ContentPart, lose: Lose): void {
  if (part.kind === 'audio') lose('audio', true)
  if (part.kind === 'image' && part.detail !== null) lose('detail of an image', false)
  if (
    part.kind === 'file' &&
    part.base64 === null &&
    part.url === undefined &&
    fieldsOf(part.own).type === undefined
  )
    lose('a file by its id at another vendor', true)
}

function loseOfOrder(messages: readonly Message[], lose: Lose): void {
  const spoken = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const begun = spoken === -1 ? [] : messages.slice(spoken)
  if (begun.some(({ role }) => role === 'system' || role === 'developer'))
    lose('place of a system message in the conversation', false)
  if (begun.at(-1)?.role === 'assistant') lose('an assistant message at the end', true)
}
