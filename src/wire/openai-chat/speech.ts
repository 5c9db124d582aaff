import type { JsonObject } from '../lenient.ts'
import { asList, asObject, asText } from '../lenient.ts'

/** The texts of a message or a delta. Vendors differ on where reasoning stands. */
export type Speech = { readonly reasoning: string; readonly text: string; readonly refusal: string }

/** `reasoning_content` and `reasoning` are two vendors' names of one field; where both stand, they say the same. */
export function decodeSpeech(message: JsonObject): Speech {
  const { content } = message
  const listed = Array.isArray(content) ? decodeParts(content) : null
  return {
    reasoning: asText(message.reasoning_content) || asText(message.reasoning) || (listed?.reasoning ?? ''),
    text: listed?.text ?? asText(content),
    refusal: asText(message.refusal),
  }
}

/** Mistral's reasoning models answer in parts: `thinking` holds a list of texts. */
function decodeParts(parts: readonly unknown[]): { readonly reasoning: string; readonly text: string } {
  let reasoning = ''
  let text = ''
  for (const item of parts) {
    const part = asObject(item)
    if (part.type === 'thinking') {
      for (const thought of asList(part.thinking)) reasoning += asText(asObject(thought).text)
    } else text += asText(part.text)
  }
  return { reasoning, text }
}

/** Arguments are JSON text; some vendors send the object itself. */
export const argumentsTextOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
