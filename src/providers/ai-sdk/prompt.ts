/** Messages of a request as the AI SDK's packages take them. */

import { type AssistantPart, type ContentPart, type Message, textOf } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { parsedJson } from '../../wire/lenient.ts'
import type { CallOptions } from './language-model.ts'

type Prompt = CallOptions['prompt']
type UserPart = Extract<Prompt[number], { role: 'user' }>['content'][number]
type AssistantContent = Extract<Prompt[number], { role: 'assistant' }>['content']
type ToolResult = Extract<
  Extract<Prompt[number], { role: 'tool' }>['content'][number],
  { type: 'tool-result' }
>

/**
 * The system's messages go to the top: several packages refuse them anywhere else. Results of tools that follow each other
 * are one message. `warn` is told what has no place.
 */
export function promptOf(messages: readonly Message[], warn: (text: string) => void): Prompt {
  const system: Prompt = []
  const turns: Prompt = []
  const names = new Map<string, string>()
  for (const message of messages) {
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push({ role: 'system', content: textOf(message) })
        break
      case 'user':
        turns.push({ role: 'user', content: message.content.flatMap((part) => userPart(part, warn)) })
        break
      case 'assistant':
        for (const part of message.content) if (part.kind === 'tool-call') names.set(part.id, part.name)
        turns.push({ role: 'assistant', content: message.content.flatMap(assistantPart) })
        break
      case 'tool':
        addResult(turns, toolResult(message, names.get(message.toolCallId) ?? '', warn))
        break
      default:
        unreachable(message)
    }
  }
  return turns.length === 0 ? asUser(system) : [...system, ...turns]
}

/** A prompt of the system's messages alone is the user's. */
const asUser = (system: Prompt): Prompt =>
  system.map(({ content }) => ({ role: 'user', content: [{ type: 'text', text: String(content) }] }))

function addResult(turns: Prompt, result: ToolResult): void {
  const last = turns.at(-1)
  if (last?.role === 'tool') last.content.push(result)
  else turns.push({ role: 'tool', content: [result] })
}

function userPart(part: ContentPart, warn: (text: string) => void): UserPart[] {
  switch (part.kind) {
    case 'text':
      return [{ type: 'text', text: part.text }]
    case 'image':
      return [{ type: 'file', ...mediaOf(part.url, 'image/*') }]
    case 'audio':
      return [
        {
          type: 'file',
          mediaType: part.format === 'mp3' ? 'audio/mpeg' : `audio/${part.format}`,
          data: part.base64,
        },
      ]
    case 'file': {
      const source = part.base64 ?? part.url
      if (source === undefined || source === null) {
        warn("a file by its id at the vendor was left out: the vendor's library has no place for it")
        return []
      }
      const named = part.filename === null ? {} : { filename: part.filename }
      return [{ type: 'file', ...mediaOf(source, 'application/pdf'), ...named }]
    }
    default:
      return unreachable(part)
  }
}

/** Of a data URL its type and base64; of another URL the URL itself. Anything else is base64. */
function mediaOf(
  source: string,
  otherwise: string,
): { readonly mediaType: string; readonly data: string | URL } {
  const data = /^data:([^;,]*)[^,]*;base64,/i.exec(source)
  if (data) return { mediaType: data[1] || otherwise, data: source.slice(data[0].length) }
  return {
    mediaType: otherwise,
    data: /^https?:/i.test(source) && URL.canParse(source) ? new URL(source) : source,
  }
}

// Reasoning stays out, as it does of every request in the format `openai-chat`.
function assistantPart(part: AssistantPart): AssistantContent {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'tool-call':
      return [
        {
          type: 'tool-call',
          toolCallId: part.id,
          toolName: part.name,
          // A call whose arguments do not parse is a call without any: packages take an object.
          input: parsedJson(part.argumentsText) ?? {},
        },
      ]
    case 'reasoning':
    case 'opaque':
      return []
    default:
      return unreachable(part)
  }
}

function toolResult(
  message: Extract<Message, { role: 'tool' }>,
  toolName: string,
  warn: (text: string) => void,
): ToolResult {
  if (message.content.some(({ kind }) => kind !== 'text'))
    warn("what a tool's result holds beside text was left out: the vendor's library has no place for it")
  const type = message.isError ? 'error-text' : 'text'
  return {
    type: 'tool-result',
    toolCallId: message.toolCallId,
    toolName,
    output: { type, value: textOf(message) },
  }
}
