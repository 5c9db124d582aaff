import type { ResponseFormat, Tool, ToolChoice } from '../../domain/request.ts'
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

/** `other`: tools that are no functions (`custom`, vendors' own). They are sent on as they are. */
export type DecodedTools = { readonly tools: readonly Tool[]; readonly other: readonly JsonObject[] }

export function decodeTools(body: JsonObject, faults: Faults): DecodedTools {
  const tools: Tool[] = []
  const other: JsonObject[] = []
  optionalList(body, 'tools', '', faults).forEach((item, index) => {
    const path = `tools[${index}]`
    if (!isObject(item)) {
      wrongType(faults, path, 'an object', item, 'Write {"type": "function", "function": {…}}.')
    } else if (item.type !== 'function') {
      requiredText(item, 'type', path, faults, 'Write "function".')
      other.push(item)
    } else if (isObject(item.function)) {
      tools.push(decodeFunction(item.function, within(path, 'function'), faults))
    } else {
      const remedy = 'Write {"name": "…", "parameters": {…}}.'
      wrongType(faults, within(path, 'function'), 'an object', item.function, remedy)
    }
  })
  // `functions` is the form of before tools.
  optionalList(body, 'functions', '', faults).forEach((item, index) => {
    const path = `functions[${index}]`
    if (isObject(item)) tools.push(decodeFunction(item, path, faults))
    else wrongType(faults, path, 'an object', item, 'Write {"name": "…", "parameters": {…}}.')
  })
  return { tools, other }
}

function decodeFunction(item: JsonObject, path: string, faults: Faults): Tool {
  return {
    name: requiredText(item, 'name', path, faults, 'Name the function.'),
    description: optionalText(item, 'description', path, faults),
    parameters: optionalObject(item, 'parameters', path, faults),
    strict: optionalFlag(item, 'strict', path, faults),
  }
}

/** `other`: a choice among tools that are no functions (`allowed_tools`, `custom`), sent on as it is. */
export type DecodedToolChoice = { readonly choice: ToolChoice | null; readonly other: JsonObject | null }

export function decodeToolChoice(body: JsonObject, faults: Faults): DecodedToolChoice {
  const param = (body.tool_choice ?? null) === null ? 'function_call' : 'tool_choice'
  const value = body[param] ?? null
  if (value === null) return { choice: null, other: null }
  if (typeof value === 'string') return { choice: choiceOf(value, param, faults), other: null }
  if (!isObject(value)) {
    const remedy = 'Write "auto", "none", "required" or {"type": "function", "function": {"name": "…"}}.'
    wrongType(faults, param, 'a string or an object', value, remedy)
    return { choice: null, other: null }
  }
  const legacy = param === 'function_call'
  if (!legacy && value.type !== 'function') return { choice: null, other: value }
  const named = legacy ? value : value.function
  const path = legacy ? param : within(param, 'function')
  if (!isObject(named)) {
    wrongType(faults, path, 'an object', named, 'Write {"name": "…"}.')
    return { choice: null, other: null }
  }
  const name = requiredText(named, 'name', path, faults, 'Name one of the tools.')
  return { choice: { kind: 'named', name }, other: null }
}

function choiceOf(word: string, param: string, faults: Faults): ToolChoice | null {
  switch (word) {
    case 'auto':
    case 'none':
    case 'required':
      return { kind: word }
    case 'any':
      return { kind: 'required' }
    default:
      wrongValue(faults, param, `there is no choice ${shown(word)}. Write auto, none or required.`)
      return null
  }
}

export function decodeResponseFormat(body: JsonObject, faults: Faults): ResponseFormat {
  const format = optionalObject(body, 'response_format', '', faults)
  if (format === null) return { kind: 'text' }
  switch (format.type) {
    case 'text':
      return { kind: 'text' }
    case 'json_object':
      return { kind: 'json' }
    case 'json_schema':
      return decodeJsonSchema(format, faults)
    default:
      unknownResponseFormat(format, faults)
      return { kind: 'text' }
  }
}

function unknownResponseFormat({ type }: JsonObject, faults: Faults): void {
  const param = 'response_format.type'
  const remedy = 'Use text, json_object or json_schema.'
  if (typeof type === 'string') wrongValue(faults, param, `there is no format ${shown(type)}. ${remedy}`)
  else wrongType(faults, param, 'a string', type, remedy)
}

function decodeJsonSchema(format: JsonObject, faults: Faults): ResponseFormat {
  const path = 'response_format.json_schema'
  const schema = format.json_schema
  if (!isObject(schema)) {
    wrongType(faults, path, 'an object', schema, 'Write {"name": "…", "schema": {…}}.')
    return { kind: 'json' }
  }
  return {
    kind: 'json-schema',
    name: requiredText(schema, 'name', path, faults, 'Name the schema.'),
    description: optionalText(schema, 'description', path, faults),
    schema: optionalObject(schema, 'schema', path, faults) ?? {},
    strict: optionalFlag(schema, 'strict', path, faults),
  }
}
