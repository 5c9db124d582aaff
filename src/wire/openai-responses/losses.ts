import type { AssistantPart, ContentPart, Message, OwnFields, Request } from '../../domain/request.ts'
import type { Loss } from '../wire-format.ts'
import { isOwn, leastOutputTokens, sharedWithChat } from './encode-request.ts'

type Lose = (what: string, changesMeaning: boolean) => void

/** What the Responses API has no place for. */
export function losses(request: Request): readonly Loss[] {
  const found = new Map<string, Loss>()
  const lose: Lose = (what, changesMeaning) => found.set(what, { what, changesMeaning })
  loseOfFields(request, lose)
  loseOfSampling(request, lose)
  for (const { format, type } of request.hostedTools ?? [])
    if (format !== 'openai-responses') lose(`tools: ${type}`, true)
  for (const { cache, own } of request.tools) {
    if (cache) lose('cache_control', false)
    loseOwn(own, lose)
  }
  for (const message of request.messages) loseOfMessage(message, lose)
  return [...found.values()]
}

function loseOfFields(request: Request, lose: Lose): void {
  if (!isOwn(request)) {
    const kept = request.from === 'openai-chat' ? [...sharedWithChat, 'verbosity'] : []
    for (const field of Object.keys(request.extra)) if (!kept.includes(field)) lose(field, false)
  }
  const { reasoning } = request
  if (reasoning?.budgetTokens !== undefined) lose('reasoning budget in tokens', false)
  else if (reasoning && !request.reasoningEffort && reasoning.summary === undefined) {
    lose(reasoning.enabled === false ? 'reasoning switched off' : 'reasoning switched on', false)
  }
}

function loseOfSampling(request: Request, lose: Lose): void {
  const { stop, answers, seed, topK, frequencyPenalty, presencePenalty, maxOutputTokens } = request.sampling
  if (stop.length > 0) lose('stop', true)
  if (answers !== 1) lose('n', true)
  if (seed !== null) lose('seed', false)
  if (topK !== undefined) lose('top_k', false)
  if (frequencyPenalty !== null) lose('frequency_penalty', false)
  if (presencePenalty !== null) lose('presence_penalty', false)
  if (!isOwn(request) && maxOutputTokens !== null && maxOutputTokens < leastOutputTokens) {
    lose(`a limit of less than ${leastOutputTokens} output tokens`, false)
  }
}

function loseOfMessage(message: Message, lose: Lose): void {
  if (message.role !== 'tool' && message.name !== null) lose('name of a message', false)
  if (message.role === 'assistant') {
    for (const part of message.content) loseOfAssistant(part, lose)
    return
  }
  if (message.role === 'tool' && message.isError) lose('is_error of a tool result', false)
  if (message.role === 'tool') {
    if (message.cache) lose('cache_control', false)
    loseOwn(message.own, lose)
  }
  for (const part of message.content) loseOfContent(part, lose)
}

function loseOfAssistant(part: AssistantPart, lose: Lose): void {
  if (part.kind === 'reasoning' && part.sealed?.format !== 'openai-responses') {
    lose('reasoning of earlier turns', false)
  }
  if (part.kind === 'opaque' && part.format !== 'openai-responses') {
    lose('results of hosted tools in earlier turns', true)
  }
  if ('cache' in part && part.cache) lose('cache_control', false)
  if ('own' in part) loseOwn(part.own, lose)
}

function loseOfContent(part: ContentPart, lose: Lose): void {
  if (part.cache) lose('cache_control', false)
  loseOwn(part.own, lose)
}

function loseOwn(own: OwnFields | undefined, lose: Lose): void {
  if (own === undefined || own.format === 'openai-responses') return
  for (const field of Object.keys(own.fields)) lose(field, false)
}
