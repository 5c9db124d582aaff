import type { HostedTool, ResponseFormat, Tool, ToolChoice } from '../../domain/request.ts'
import {
  type Faults,
  optionalFlag,
  optionalList,
  optionalObject,
  optionalText,
  requiredText,
  shown,
  within,
  wrongType,
  wrongValue,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { freeformTool } from './freeform.ts'

export type DecodedTools = { readonly tools: readonly Tool[]; readonly hosted: readonly HostedTool[] }

export function decodeTools(body: JsonObject, faults: Faults): DecodedTools {
  const tools: Tool[] = []
  const hosted: HostedTool[] = []
  optionalList(body, 'tools', '', faults).forEach((item, index) => {
    const path = `tools[${index}]`
    if (!isObject(item)) {
      wrongType(
        faults,
        path,
        'an object',
        item,
        'Write {"type": "function", "name": "…", "parameters": {…}}.',
      )
      return
    }
    if (item.type === 'function') tools.push(decodeFunction(item, path, faults))
    else if (item.type === 'custom') tools.push(decodeFreeform(item, path, faults))
    else {
      const type = requiredText(item, 'type', path, faults, 'Write "function".')
      if (type !== '') hosted.push({ format: 'openai-responses', type, definition: item })
    }
  })
  return { tools, hosted }
}

function decodeFunction(item: JsonObject, path: string, faults: Faults): Tool {
  // The shape of Chat Completions, that many write out of habit.
  const nested = isObject(item.function) && item.name === undefined
  const remedy = nested
    ? 'Take name, description and parameters out of "function" and write them beside "type".'
    : 'Name the function.'
  return {
    name: requiredText(item, 'name', path, faults, remedy),
    description: optionalText(item, 'description', path, faults),
    parameters: optionalObject(item, 'parameters', path, faults),
    strict: optionalFlag(item, 'strict', path, faults),
  }
}

function decodeFreeform(item: JsonObject, path: string, faults: Faults): Tool {
  const name = requiredText(item, 'name', path, faults, 'Name the tool.')
  const description = optionalText(item, 'description', path, faults)
  return freeformTool(name, description, optionalObject(item, 'format', path, faults) ?? {})
}

/** `other`: a choice among hosted or allowed tools, sent on as it is. */
export type DecodedToolChoice = { readonly choice: ToolChoice | null; readonly other: JsonObject | null }

export function decodeToolChoice(body: JsonObject, faults: Faults): DecodedToolChoice {
  const value = body.tool_choice ?? null
  if (value === null) return { choice: null, other: null }
  if (typeof value === 'string') return { choice: choiceOf(value, faults), other: null }
  if (!isObject(value)) {
    const remedy = 'Write "auto", "none", "required" or {"type": "function", "name": "…"}.'
    wrongType(faults, 'tool_choice', 'a string or an object', value, remedy)
    return { choice: null, other: null }
  }
  const type = requiredText(value, 'type', 'tool_choice', faults, 'Write "function".')
  if (type !== 'function' && type !== 'custom') return { choice: null, other: value }
  const name = requiredText(value, 'name', 'tool_choice', faults, 'Name one of the tools.')
  return { choice: { kind: 'named', name }, other: null }
}

function choiceOf(word: string, faults: Faults): ToolChoice | null {
  if (word === 'auto' || word === 'none' || word === 'required') return { kind: word }
  wrongValue(faults, 'tool_choice', `there is no choice ${shown(word)}. Write auto, none or required.`)
  return null
}

/** `text.format`. */
export function decodeResponseFormat(text: JsonObject | null, faults: Faults): ResponseFormat {
  const path = 'text.format'
  const format = text === null ? null : optionalObject(text, 'format', 'text', faults)
  if (format === null) return { kind: 'text' }
  switch (format.type) {
    case 'text':
      return { kind: 'text' }
    case 'json_object':
      return { kind: 'json' }
    case 'json_schema':
      return {
        kind: 'json-schema',
        name: requiredText(format, 'name', path, faults, 'Name the schema.'),
        description: optionalText(format, 'description', path, faults),
        schema: optionalObject(format, 'schema', path, faults) ?? {},
        strict: optionalFlag(format, 'strict', path, faults),
      }
    default: {
      const remedy = 'Use text, json_object or json_schema.'
      const param = within(path, 'type')
      if (typeof format.type !== 'string') wrongType(faults, param, 'a string', format.type, remedy)
      else wrongValue(faults, param, `there is no format ${shown(format.type)}. ${remedy}`)
      return { kind: 'text' }
    }
  }
}
