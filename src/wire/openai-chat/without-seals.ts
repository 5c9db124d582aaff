import { asList, isObject, parsedJson } from '../lenient.ts'

/** Under these names vendors of this format hand out reasoning that only they can read, and want it back. */
const sealedFields: ReadonlySet<string> = new Set([
  'reasoning_details',
  'thinking_blocks',
  'extra_content',
  'thought_signature',
  'thoughtSignature',
  'signature',
  'encrypted_content',
])

/** The text of `messages` without what another vendor has sealed in the assistant's turns; `null`: there is none of it. */
export function withoutSeals(messages: string | null): string | null {
  if (messages === null || ![...sealedFields].some((field) => messages.includes(`"${field}"`))) return null
  const list = asList(parsedJson(messages))
  return JSON.stringify(
    list.map((message) => (isObject(message) && message.role === 'assistant' ? stripped(message) : message)),
  )
}

/** Tool calls carry them too. What a tool was called with is a text, and stays. */
function stripped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripped)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (sealedFields.has(key) ? [] : [[key, stripped(inner)]])),
  )
}
