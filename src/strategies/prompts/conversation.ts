import type { Answer } from '../../domain/answer.ts'
import type { AssistantPart, ContentPart, Message, Request } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { shortened } from './section.ts'

/** A conversation as text, for a model that is asked about it. A lone user message stands by itself. */
export function conversationText({ messages }: Request, maxChars: number): string {
  const [only] = messages
  if (messages.length === 1 && only?.role === 'user') return shortened(partsText(only.content), maxChars)
  // The last message is what is asked: it gets its room first.
  const said = messages.map((message) => `${speaker(message)}: ${partsText(message.content)}`)
  const last = shortened(said.at(-1) ?? '', Math.ceil(maxChars / 2))
  const before = shortened(said.slice(0, -1).join('\n\n'), maxChars - last.length)
  return [before, last].filter((text) => text !== '').join('\n\n')
}

/** An answer as text: what it says, and the tools that it calls. */
export const answerAsText = ({ parts }: Answer): string => partsText(parts)

const speaker = ({ role }: Message): string => role.slice(0, 1).toUpperCase() + role.slice(1)

function partsText(parts: readonly (ContentPart | AssistantPart)[]): string {
  return parts
    .map(partText)
    .filter((text) => text !== '')
    .join('\n')
}

function partText(part: ContentPart | AssistantPart): string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text
    case 'tool-call':
      return `(calls the tool ${part.name} with ${part.argumentsText})`
    case 'image':
      return '(an image)'
    case 'audio':
      return '(a recording)'
    case 'file':
      return `(a file${part.filename === null ? '' : ` ${part.filename}`})`
    case 'reasoning':
    case 'opaque':
      return ''
    default:
      return unreachable(part)
  }
}
