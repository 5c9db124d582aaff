/** What a request shows of the conversation that it goes on with. */

import type { Message, Request } from '../../domain/request.ts'

/** An answer is there already: this is no first turn. */
export const isContinued = ({ messages, extra }: Request): boolean =>
  typeof extra.previous_response_id === 'string' ||
  messages.some(({ role }) => role === 'assistant' || role === 'tool')

/** The model has called tools and is to go on with what they said: in the middle of a thought. */
export function isInToolLoop({ messages }: Request): boolean {
  const last = lastOf(messages)
  if (last === undefined) return false
  if (last.role === 'tool') return true
  return last.role === 'assistant' && last.content.some(({ kind }) => kind === 'tool-call')
}

/** Of the calls that were made last, one has no result yet. */
export function awaitsResults({ messages }: Request): boolean {
  const answered = new Set<string>()
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]!
    if (message.role === 'tool') answered.add(message.toolCallId)
    if (message.role !== 'assistant') continue
    return message.content.some((part) => part.kind === 'tool-call' && !answered.has(part.id))
  }
  return false
}

/** Notes that a program around an agent puts behind the results of tools are nobody's word, and end nothing. */
function lastOf(messages: Request['messages']): Message | undefined {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]!
    if (message.role !== 'user' || !isNote(message)) return message
  }
  return undefined
}

const isNote = (message: Message): boolean =>
  message.content.every((part) => part.kind === 'text' && isNoteText(part.text.trim()))

/** What stands between two notes is taken for one too: to hold a session once too often harms nobody. */
const isNoteText = (text: string): boolean =>
  noteTags.some((tag) => text.startsWith(`<${tag}>`) && text.endsWith(`</${tag}>`))

const noteTags = ['system-reminder', 'environment_details'] as const

/** Whether the client's text names an answer that the vendor keeps: nobody else can go on from it. */
export const holdsVendorState = (text: string): boolean => /"previous_response_id"\s*:\s*"/.test(text)

/**
 * Whether the client's text holds signed or encrypted reasoning, which only the vendor that made it can read; for another it
 * is taken out. A short value is no signature: tools have parameters of that name.
 */
export const holdsSeals = (text: string): boolean => seals.test(text)

const seals =
  /"(?:signature|thought_signature|thoughtSignature|encrypted_content)"\s*:\s*"[^"]{32}|"type"\s*:\s*"redacted_thinking"/
