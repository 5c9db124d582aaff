import { type Answer, answerText } from '../../domain/answer.ts'
import type { Request, ToolCall } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'

/**
 * What is wrong with an answer by its form alone, whatever it says: it is empty or cut off, was refused, is not the JSON that was
 * asked for, or calls tools that there are not. `null`: nothing.
 */
export function structuralFault(request: Request, answer: Answer): string | null {
  const calls = answer.parts.filter((part): part is ToolCall => part.kind === 'tool-call')
  const text = answerText(answer).trim()
  if (answer.finish.kind === 'content-filter') return 'was stopped by a content filter'
  if (calls.length === 0 && text === '')
    return answer.parts.some(({ kind }) => kind === 'refusal') ? 'is a refusal' : 'is empty'
  if (answer.finish.kind === 'length') return 'is cut off'
  return calls.length > 0 ? callFault(request, calls) : textFault(request, text)
}

function callFault({ tools, hostedTools }: Request, calls: readonly ToolCall[]): string | null {
  for (const { name, argumentsText } of calls) {
    if ((hostedTools ?? []).length === 0 && !tools.some((tool) => tool.name === name))
      return `calls ${name}, which is no tool of the request`
    if (objectOf(argumentsText === '' ? '{}' : argumentsText) === null)
      return `calls ${name} with arguments that are no JSON object`
  }
  return null
}

function textFault({ responseFormat, toolChoice }: Request, text: string): string | null {
  if (toolChoice?.kind === 'required' || toolChoice?.kind === 'named') return 'calls no tool'
  switch (responseFormat.kind) {
    case 'text':
      return null
    case 'json':
      return objectOf(text) === null ? 'is not the JSON that was asked for' : null
    case 'json-schema':
      return schemaFault(responseFormat.schema, text)
    default:
      return unreachable(responseFormat)
  }
}

/** The outermost level alone: what is deeper is for a checker of schemas. */
function schemaFault(schema: Readonly<Record<string, unknown>>, text: string): string | null {
  const value = parsed(text)
  if (value === undefined) return 'is not the JSON that was asked for'
  if (schema.type !== 'object') return null
  if (!isObject(value)) return 'is not the JSON object that was asked for'
  const required = Array.isArray(schema.required) ? schema.required : []
  const missing = required.find((name) => typeof name === 'string' && !(name in value))
  return missing === undefined ? null : `lacks ${JSON.stringify(missing)}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const objectOf = (text: string): object | null => {
  const value = parsed(text)
  return isObject(value) ? value : null
}
