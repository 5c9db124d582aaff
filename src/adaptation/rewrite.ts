/**
 * A request in the words of a variant. Everything but the system prompt and the text of the user's last message stays the same
 * value: tools, tool calls and their results, sealed reasoning, images, hints for caches, fields that Fairlead does not know.
 */

import type { ContentPart, Message, Request } from '../domain/request.ts'
import { unreachable } from '../domain/unreachable.ts'
import { isUnadapted, type PromptVariant, type SystemChange, type Template } from './variant.ts'

type SystemMessage = Extract<Message, { role: 'system' | 'developer' }>

/** The same request where the variant changes nothing of it. */
export function rewriteRequest(variant: PromptVariant, request: Request): Request {
  if (isUnadapted(variant)) return request
  const leading = leadingSystem(request.messages)
  const rest = request.messages.slice(leading.length)
  const system = changedSystem(leading, variant.system)
  const messages = [...system, ...(variant.template === null ? rest : templated(rest, variant.template))]
  const same =
    messages.length === request.messages.length &&
    messages.every((message, index) => message === request.messages[index])
  return same ? request : { ...request, messages }
}

/** The messages of the system and the developer that stand before all others. */
export function leadingSystem(messages: readonly Message[]): readonly SystemMessage[] {
  const leading: SystemMessage[] = []
  for (const message of messages) {
    if (message.role !== 'system' && message.role !== 'developer') break
    leading.push(message)
  }
  return leading
}

function changedSystem(leading: readonly SystemMessage[], change: SystemChange): readonly SystemMessage[] {
  switch (change.kind) {
    case 'keep':
      return leading
    case 'replace':
      return [replaced(leading, change.text)]
    case 'around':
      return appended(prepended(leading, change.prepend), change.append)
    default:
      return unreachable(change)
  }
}

/** Where the prompt was to be kept in a cache, the text in its place is. */
function replaced(leading: readonly SystemMessage[], text: string): SystemMessage {
  const cache = leading.flatMap(({ content }) => content).findLast((part) => part.cache !== undefined)?.cache
  return {
    role: leading[0]?.role ?? 'system',
    content: [{ kind: 'text', text, ...(cache && { cache }) }],
    name: null,
  }
}

const aSystemMessage = (text: string): SystemMessage => ({
  role: 'system',
  content: [{ kind: 'text', text }],
  name: null,
})

function prepended(leading: readonly SystemMessage[], text: string | null): readonly SystemMessage[] {
  const [first, ...others] = leading
  if (text === null) return leading
  if (first === undefined) return [aSystemMessage(text)]
  return [withText(first, text, ''), ...others]
}

function appended(leading: readonly SystemMessage[], text: string | null): readonly SystemMessage[] {
  const last = leading.at(-1)
  if (text === null) return leading
  if (last === undefined) return [aSystemMessage(text)]
  return [...leading.slice(0, -1), withText(last, '', text)]
}

// Into the text that is there, and not beside it: not every vendor reads a message of several parts.
function withText(message: SystemMessage, before: string, after: string): SystemMessage {
  const joined = (one: string, other: string): string =>
    one === '' || other === '' ? one + other : `${one}\n\n${other}`
  const place = placeOfText(message.content, before !== '' ? 'first' : 'last')
  if (place < 0)
    return { ...message, content: [{ kind: 'text', text: joined(before, after) }, ...message.content] }
  return {
    ...message,
    content: message.content.map((part, index) =>
      index === place && part.kind === 'text'
        ? { ...part, text: joined(joined(before, part.text), after) }
        : part,
    ),
  }
}

function placeOfText(content: readonly ContentPart[], which: 'first' | 'last'): number {
  const isText = ({ kind }: ContentPart): boolean => kind === 'text'
  return which === 'first' ? content.findIndex(isText) : content.findLastIndex(isText)
}

/** Where no message of the user's has any text there is nothing to put a template around. */
function templated(messages: readonly Message[], { before, after }: Template): readonly Message[] {
  const place = messages.findLastIndex(
    (message) => message.role === 'user' && placeOfText(message.content, 'first') >= 0,
  )
  return messages.map((message, index) =>
    index === place && message.role === 'user'
      ? { ...message, content: around(message.content, before, after) }
      : message,
  )
}

function around(content: readonly ContentPart[], before: string, after: string): readonly ContentPart[] {
  const [first, last] = [placeOfText(content, 'first'), placeOfText(content, 'last')]
  return content.map((part, index) =>
    part.kind === 'text' && (index === first || index === last)
      ? { ...part, text: `${index === first ? before : ''}${part.text}${index === last ? after : ''}` }
      : part,
  )
}
