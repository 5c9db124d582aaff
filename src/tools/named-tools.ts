import { type Request, textOf } from '../domain/request.ts'

/** Characters that are searched for names of tools, from the beginning of the conversation: instructions stand there. */
const searchedChars = 40_000

/**
 * Tools that a conversation speaks of by name, and that are therefore not to be missed: those that it has called, the one
 * that `tool_choice` names, and those that its instructions or its user name.
 */
export function namedTools({ messages, toolChoice, tools }: Request): ReadonlySet<string> {
  const offered = new Set(tools.map(({ name }) => name))
  const named = new Set<string>()
  const note = (name: string) => {
    if (offered.has(name)) named.add(name)
  }
  if (toolChoice?.kind === 'named') note(toolChoice.name)
  let left = searchedChars
  for (const message of messages) {
    if (message.role === 'tool') continue
    for (const part of message.content) if (part.kind === 'tool-call') note(part.name)
    if (message.role === 'assistant' || left <= 0) continue
    const text = textOf(message).slice(0, left)
    left -= text.length
    for (const name of namesIn(text)) note(name)
  }
  return named
}

const identifier = /[A-Za-z_][\w.:/-]*/g
// A name of one plain word is a word like others: it counts where it is marked as a name.
const marked = /[`"'“]([A-Za-z]\w*)[`"'”]|\b([A-Za-z]\w*) tool\b/g
const madeUp = /[_\d:/-]|[a-z][A-Z]|\w\.\w/

function* namesIn(text: string): Generator<string> {
  for (const [found] of text.matchAll(identifier)) {
    // A sentence that ends in a name has a full stop that is not the name's.
    if (madeUp.test(found)) yield found.replace(/[.:/-]+$/, '')
  }
  for (const [, quoted, called] of text.matchAll(marked)) yield quoted ?? called ?? ''
}
