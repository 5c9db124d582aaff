import type { ContentPart, Message, Request } from '../../domain/request.ts'
import type { Loss } from '../wire-format.ts'

/** What Chat Completions has no place for. */
export function losses(request: Request): readonly Loss[] {
  const found = new Map<string, Loss>()
  const lose = (what: string, changesMeaning: boolean) => found.set(what, { what, changesMeaning })
  if (request.from !== undefined && request.from !== 'openai-chat') {
    for (const field of Object.keys(request.extra)) lose(field, false)
  }
  for (const { format, type } of request.hostedTools ?? [])
    if (format !== 'openai-chat') lose(`tools: ${type}`, true)
  if (request.sampling.topK !== undefined) lose('top_k', false)
  if (request.reasoning?.budgetTokens !== undefined) lose('reasoning budget in tokens', false)
  if (request.reasoning?.summary !== undefined) lose('reasoning summary', false)
  if (request.tools.some(({ cache }) => cache)) lose('cache_control', false)
  if (request.tools.some(({ freeform }) => freeform)) lose('form of a freeform tool', false)
  for (const message of request.messages) loseOfMessage(message, lose)
  return [...found.values()]
}

type Lose = (what: string, changesMeaning: boolean) => void

function loseOfMessage(message: Message, lose: Lose): void {
  if (message.role === 'assistant') {
    for (const part of message.content) {
      if (part.kind === 'reasoning') lose('reasoning of earlier turns', false)
      if (part.kind === 'opaque') lose('results of hosted tools in earlier turns', true)
      if ('cache' in part) lose('cache_control', false)
    }
    return
  }
  if (message.role === 'tool' && message.isError) lose('is_error of a tool result', false)
  for (const part of message.content) loseOfPart(part, lose)
}

function loseOfPart(part: ContentPart, lose: Lose): void {
  if (part.cache) lose('cache_control', false)
  if (part.kind === 'file' && part.url !== undefined) lose('a file by its URL', true)
  if (part.kind === 'image' && part.url === '') lose('an image by its file id', true)
}
