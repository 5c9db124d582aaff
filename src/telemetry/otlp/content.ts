/** What was said, in the form of the conventions (`gen_ai.input.messages` and the like). Only where content may leave. */

import type { Answer } from '../../domain/answer.ts'
import type { AssistantPart, ContentPart, Message, Request } from '../../domain/request.ts'
import { withoutCredentials } from '../without-credentials.ts'
import { genAi } from './names.ts'
import { attributesOf, type SpanAttributes } from './span.ts'
import { finishReason } from './finish-reason.ts'

/** Characters of one part, and of all messages together: a trace is not the place to keep books. */
const longestPart = 16_384
const longestMessages = 131_072

export function contentAttributes(request: Request | null, answer: Answer | null): SpanAttributes {
  const said = request?.messages ?? []
  const instructions = said.filter(({ role }) => role === 'system' || role === 'developer')
  const messages = said.filter(({ role }) => role !== 'system' && role !== 'developer')
  return attributesOf({
    [genAi.systemInstructions]:
      instructions.length === 0 ? null : json(instructions.flatMap((message) => partsOf(message))),
    [genAi.inputMessages]: messages.length === 0 ? null : newestOf(messages),
    [genAi.outputMessages]:
      answer === null
        ? null
        : json([
            {
              role: 'assistant',
              parts: answer.parts.map(assistantPart),
              finish_reason: finishReason(answer.finish.kind),
            },
          ]),
  })
}

const json = (value: unknown): string => withoutCredentials(JSON.stringify(value))

/** Of a long conversation the last messages, as many as there is room for. */
function newestOf(messages: readonly Message[]): string {
  const kept: string[] = []
  let length = 0
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]!
    const text = json({ role: message.role, parts: partsOf(message) })
    length += text.length
    if (length > longestMessages && kept.length > 0) break
    kept.unshift(text)
  }
  return `[${kept.join(',')}]`
}

function partsOf(message: Message): object[] {
  switch (message.role) {
    case 'assistant':
      return message.content.map(assistantPart)
    case 'tool':
      return [
        {
          type: 'tool_call_response',
          id: message.toolCallId,
          response: cut(message.content.map(textOf).join('')),
        },
      ]
    default:
      return message.content.map(contentPart)
  }
}

const textOf = (part: ContentPart): string => (part.kind === 'text' ? part.text : `[${part.kind}]`)

/** Of images, sounds and files no more than that they were there. */
const contentPart = (part: ContentPart): object =>
  part.kind === 'text' ? { type: 'text', content: cut(part.text) } : { type: part.kind }

function assistantPart(part: AssistantPart): object {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', content: cut(part.text) }
    case 'reasoning':
      return { type: 'reasoning', content: cut(part.text) }
    case 'tool-call':
      return { type: 'tool_call', id: part.id, name: part.name, arguments: cut(part.argumentsText) }
    case 'opaque':
      return { type: 'opaque' }
  }
}

const cut = (text: string): string =>
  text.length <= longestPart
    ? text
    : `${text.slice(0, longestPart)}… (${text.length - longestPart} characters left out)`
