/** What a request shows of the conversation that it goes on with. */

import type { Request } from '../../domain/request.ts'

/** An answer is there already: this is no first turn. */
export const isContinued = ({ messages, extra }: Request): boolean =>
  typeof extra.previous_response_id === 'string' ||
  messages.some(({ role }) => role === 'assistant' || role === 'tool')

/** The model has called tools and is to go on with what they said: in the middle of a thought. */
export function isInToolLoop({ messages }: Request): boolean {
  const last = messages.at(-1)
  if (last === undefined) return false
  if (last.role === 'tool') return true
  return last.role === 'assistant' && last.content.some(({ kind }) => kind === 'tool-call')
}

/** Whether the client's text names an answer that the vendor keeps: nobody else can go on from it. */
export const holdsVendorState = (text: string): boolean => /"previous_response_id"\s*:\s*"/.test(text)

/**
 * Whether the client's text holds signed or encrypted reasoning, which only the vendor that made it can read; for another it
 * is taken out. A short value is no signature: tools have parameters of that name.
 */
export const holdsSeals = (text: string): boolean => seals.test(text)

const seals =
  /"(?:signature|thought_signature|thoughtSignature|encrypted_content)"\s*:\s*"[^"]{32}|"type"\s*:\s*"redacted_thinking"/
