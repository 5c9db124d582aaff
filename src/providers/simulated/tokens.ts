import type { Request } from '../../domain/request.ts'

/** What a simulated model counts as tokens: pieces of words of up to five letters, numbers of up to three digits. */
export const tokensOf = (text: string): string[] =>
  text.match(/ ?\p{L}{1,5}| ?\d{1,3}| ?[^\s\p{L}\d]|\s+/gu) ?? []

const tokensOfChars = (chars: number): number => Math.ceil(chars / 4)
const tokensPerMessage = 4
const tokensPerImage = 85

/** Four characters a token; tools and schema count, as they do at a real vendor. */
export function inputTokensOf({ messages, tools, responseFormat }: Request): number {
  let total = 3
  for (const message of messages) {
    total += tokensPerMessage
    for (const part of message.content) {
      if (part.kind === 'tool-call') total += tokensOfChars(part.name.length + part.argumentsText.length)
      else if ('text' in part) total += tokensOfChars(part.text.length)
      else total += tokensPerImage
    }
  }
  if (tools.length > 0) total += tokensOfChars(JSON.stringify(tools).length)
  if (responseFormat.kind === 'json-schema')
    total += tokensOfChars(JSON.stringify(responseFormat.schema).length)
  return total
}
