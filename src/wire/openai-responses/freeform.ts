/**
 * OpenAI's `custom` tools take a bare text where others take JSON. Elsewhere they are tools with one argument, `input`,
 * so that any model can be asked to use them.
 */
import type { Tool } from '../../domain/request.ts'
import { asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'

export const freeformTool = (name: string, description: string | null, format: JsonObject): Tool => ({
  name,
  description,
  parameters: {
    type: 'object',
    properties: { input: { type: 'string', description: inputDescription(format) } },
    required: ['input'],
    additionalProperties: false,
  },
  strict: null,
  freeform: format,
})

// A model that is not held to the grammar has to be told of it.
function inputDescription({ type, syntax, definition }: JsonObject): string {
  const whole = 'The whole input of the tool, as plain text.'
  if (type !== 'grammar') return whole
  return `${whole} It must follow this ${asText(syntax) || 'grammar'} grammar:\n${asText(definition)}`
}

export const argumentsOfInput = (input: string): string => JSON.stringify({ input })

/** The bare text; a model that wrote something else than asked for is quoted as it wrote. */
export function inputOfArguments(argumentsText: string): string {
  const parsed = parsedJson(argumentsText)
  return isObject(parsed) && typeof parsed.input === 'string' ? parsed.input : argumentsText
}

const opening = /^\s*\{\s*"input"\s*:\s*"/
// All that may stand in a JSON string: no quote, no backslash, no control character.
const inside = /(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y

export type InputPiece = { readonly text: string; readonly readTo: number }

/** What JSON that is still being written says of the input after `from`. A half of an escape waits for the other. */
export function nextInput(argumentsText: string, from: number): InputPiece {
  const start = from === 0 ? (opening.exec(argumentsText)?.[0].length ?? 0) : from
  if (start === 0) return { text: '', readTo: 0 }
  inside.lastIndex = start
  const piece = inside.exec(argumentsText)?.[0] ?? ''
  return { text: JSON.parse(`"${piece}"`) as string, readTo: start + piece.length }
}
