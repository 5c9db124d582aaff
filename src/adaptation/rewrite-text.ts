/**
 * The client's own text in the words of a variant, for a vendor that speaks the client's format. Only the member that holds the
 * prompt is written anew, with all that stands in it: every other byte, and every field that Fairlead does not know, stays.
 * What comes back decodes to what `rewriteRequest` makes of the decoded text: a test holds the two together.
 */

import { editScanned, scanObject, valueText } from '../wire/edit-json.ts'
import { isUnadapted, type PromptVariant, type SystemChange, type Template } from './variant.ts'

type Json = Readonly<Record<string, unknown>>

/** `null`: the prompt stands in a way that is not handled here, or the format is none of these. The text must be a request of it. */
export function rewriteText(variant: PromptVariant, format: string, text: string): string | null {
  if (isUnadapted(variant)) return text
  const body = scanObject(text)
  const member = (key: string): unknown => {
    const value = valueText(body, key)
    return value === null ? null : JSON.parse(value)
  }
  const set = membersOf(variant, format, member)
  if (set === null) return null
  const written = Object.entries(set).map(([key, value]) => [key, JSON.stringify(value)] as const)
  return editScanned(body, { set: Object.fromEntries(written) })
}

/** The members that the variant changes, with their new values. */
function membersOf(variant: PromptVariant, format: string, member: (key: string) => unknown): Json | null {
  switch (format) {
    case 'openai-chat':
      return chatMembers(variant, member('messages'))
    case 'openai-responses':
      return responsesMembers(variant, member('instructions'), member('input'))
    case 'anthropic-messages':
      return messagesMembers(variant, member('system'), member('messages'))
    default:
      return null
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSystem = (item: unknown): boolean =>
  isObject(item) && (item.role === 'system' || item.role === 'developer')

function chatMembers({ system, template }: PromptVariant, messages: unknown): Json | null {
  if (!Array.isArray(messages)) return null
  const place = messages.findIndex((item) => !isSystem(item))
  const count = place < 0 ? messages.length : place
  const leading = changedLeading(messages.slice(0, count), system)
  const rest = templated(messages.slice(count), template)
  return leading === null || rest === null ? null : { messages: [...leading, ...rest] }
}

function changedLeading(leading: readonly unknown[], change: SystemChange): readonly unknown[] | null {
  if (change.kind === 'keep') return leading
  const [first] = leading
  if (!isObject(first)) return [{ role: 'system', content: newText(change) }]
  if (change.kind === 'replace') return leading.length > 1 ? null : replacedIn(first, change.text)
  const prepended = changedIn(first, change.prepend ?? '', '')
  if (prepended === null) return null
  const after = [prepended, ...leading.slice(1)]
  const last = changedIn(after.at(-1), '', change.append ?? '')
  return last === null ? null : [...after.slice(0, -1), last]
}

function replacedIn(message: Json, text: string): readonly unknown[] | null {
  const { name: _, ...nameless } = message
  const content = replacedContent(message.content, text)
  return content === null ? null : [{ ...nameless, content }]
}

function changedIn(message: unknown, before: string, after: string): Json | null {
  if (!isObject(message)) return null
  if (before === '' && after === '') return message
  const content = changedContent(message.content, joinedWith(before, after))
  return content === null ? null : { ...message, content }
}

function responsesMembers(
  { system, template }: PromptVariant,
  instructions: unknown,
  input: unknown,
): Json | null {
  const inputChange = template === null ? null : templatedInput(input, template)
  if (template !== null && inputChange === null) return null
  const rest = inputChange === null ? {} : { input: inputChange }
  if (system.kind === 'keep') return rest
  // Instructions and messages of the system together, or these alone, are left to the other way.
  if (Array.isArray(input) && isSystem(input[0])) return null
  if (instructions === null || instructions === '') return { ...rest, instructions: newText(system) }
  if (typeof instructions !== 'string') return null
  return { ...rest, instructions: changedString(instructions, system) }
}

function templatedInput(input: unknown, template: Template): unknown {
  if (typeof input === 'string') return input === '' ? null : template.before + input + template.after
  return Array.isArray(input) ? templated(input, template) : null
}

function messagesMembers(
  { system, template }: PromptVariant,
  before: unknown,
  messages: unknown,
): Json | null {
  if (!Array.isArray(messages) || isSystem(messages[0])) return null
  const rest = template === null ? {} : { messages: templated(messages, template) }
  if (rest.messages === null) return null
  if (system.kind === 'keep') return rest
  if (before === null) return { ...rest, system: newText(system) }
  const changed = typeof before === 'string' ? systemString(before, system) : systemBlocks(before, system)
  return changed === null ? null : { ...rest, system: changed }
}

const systemString = (before: string, change: SystemChange): string | null =>
  before === '' ? null : changedString(before, change)

function systemBlocks(before: unknown, change: SystemChange): unknown {
  if (change.kind === 'replace') return replacedContent(before, change.text)
  if (change.kind === 'keep') return before
  const first = changedContent(before, joinedWith(change.prepend ?? '', ''))
  return first === null ? null : changedContent(first, joinedWith('', change.append ?? ''))
}

/** Of a system prompt that was not there. */
function newText(change: SystemChange): string {
  if (change.kind === 'replace') return change.text
  return change.kind === 'keep' ? '' : joined(change.prepend ?? '', change.append ?? '')
}

function changedString(text: string, change: SystemChange): string {
  if (change.kind === 'replace') return change.text
  return change.kind === 'keep' ? text : joined(joined(change.prepend ?? '', text), change.append ?? '')
}

const joined = (one: string, other: string): string =>
  one === '' || other === '' ? one + other : `${one}\n\n${other}`

/** How a content's first and last text change: one and the same, where it has but one. */
type TextChange = { readonly first: (text: string) => string; readonly last: (text: string) => string }

const same = (text: string): string => text

const joinedWith = (before: string, after: string): TextChange => ({
  first: before === '' ? same : (text) => joined(before, text),
  last: after === '' ? same : (text) => joined(text, after),
})

/** The last message of the user's that has a text. Where none has, all stays as it is. */
function templated(items: readonly unknown[], template: Template | null): readonly unknown[] | null {
  if (template === null) return items
  const place = items.findLastIndex((item) => isObject(item) && item.role === 'user' && hasText(item.content))
  const item = items[place]
  if (!isObject(item)) return null
  const content = changedContent(item.content, {
    first: (text) => template.before + text,
    last: (text) => text + template.after,
  })
  return content === null ? null : items.map((one, index) => (index === place ? { ...item, content } : one))
}

const hasText = (content: unknown): boolean =>
  typeof content === 'string' || (Array.isArray(content) && content.some(isText))

const isText = (part: unknown): part is Json & { readonly text: string } =>
  isObject(part) && (part.type === 'text' || part.type === 'input_text') && typeof part.text === 'string'

function changedContent(content: unknown, { first, last }: TextChange): unknown {
  if (typeof content === 'string') return content === '' ? null : last(first(content))
  if (!Array.isArray(content)) return null
  const [from, to] = [content.findIndex(isText), content.findLastIndex(isText)]
  if (from < 0) return null
  return content.map((part: unknown, index) => {
    if (!isText(part) || (index !== from && index !== to)) return part
    const begun = index === from ? first(part.text) : part.text
    return { ...part, text: index === to ? last(begun) : begun }
  })
}

/** Where a part was to be kept in a vendor's cache, the text in the place of all is. */
function replacedContent(content: unknown, text: string): unknown {
  if (typeof content === 'string') return text
  if (!Array.isArray(content)) return null
  const hint = content.findLast((part) => isObject(part) && isObject(part.cache_control)) as Json | undefined
  return [{ type: 'text', text, ...(hint && { cache_control: hint.cache_control }) }]
}
