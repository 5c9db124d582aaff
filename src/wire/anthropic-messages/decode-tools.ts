import type { HostedTool, Tool, ToolChoice } from '../../domain/request.ts'
import {
  type Faults,
  optionalFlag,
  optionalList,
  optionalObject,
  optionalText,
  requiredText,
  shown,
  wrongType,
  wrongValue,
} from '../client-checks.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { decodeHints, formatName } from './blocks.ts'

export type DecodedTools = { readonly tools: readonly Tool[]; readonly hostedTools: readonly HostedTool[] }

/** A tool with a type of its own is one that the vendor runs or has trained its models for. */
export function decodeTools(body: JsonObject, faults: Faults): DecodedTools {
  const tools: Tool[] = []
  const hostedTools: HostedTool[] = []
  optionalList(body, 'tools', '', faults).forEach((item, index) => {
    const path = `tools[${index}]`
    if (!isObject(item)) {
      wrongType(faults, path, 'an object', item, 'Write {"name": "…", "input_schema": {…}}.')
      return
    }
    const type = optionalText(item, 'type', path, faults) ?? 'custom'
    if (type === 'custom') tools.push(decodeTool(item, path, faults))
    else hostedTools.push({ format: formatName, type, definition: item })
  })
  return { tools, hostedTools }
}

const toolFields = ['name', 'description', 'input_schema', 'strict']

function decodeTool(item: JsonObject, path: string, faults: Faults): Tool {
  const schema = optionalObject(item, 'input_schema', path, faults)
  if ((item.input_schema ?? null) === null) {
    const remedy = 'Write {"type": "object", "properties": {…}}.'
    wrongType(faults, `${path}.input_schema`, 'a JSON Schema', undefined, remedy)
  }
  return {
    name: requiredText(item, 'name', path, faults, 'Name the tool.'),
    description: optionalText(item, 'description', path, faults),
    parameters: schema,
    strict: optionalFlag(item, 'strict', path, faults),
    ...decodeHints(item, path, toolFields, faults),
  }
}

export type DecodedChoice = {
  readonly toolChoice: ToolChoice | null
  readonly parallelToolCalls: boolean | null
}

export function decodeToolChoice(body: JsonObject, faults: Faults): DecodedChoice {
  const choice = optionalObject(body, 'tool_choice', '', faults)
  if (choice === null) return { toolChoice: null, parallelToolCalls: null }
  const oneAtATime = optionalFlag(choice, 'disable_parallel_tool_use', 'tool_choice', faults)
  return {
    toolChoice: choiceOf(choice, faults),
    parallelToolCalls: oneAtATime === null ? null : !oneAtATime,
  }
}

function choiceOf(choice: JsonObject, faults: Faults): ToolChoice | null {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { kind: choice.type }
    case 'any':
      return { kind: 'required' }
    case 'tool':
      return { kind: 'named', name: requiredText(choice, 'name', 'tool_choice', faults, 'Name a tool.') }
    default: {
      const type = requiredText(choice, 'type', 'tool_choice', faults, 'Write auto, any, tool or none.')
      if (type !== '')
        wrongValue(
          faults,
          'tool_choice.type',
          `there is no choice ${shown(type)}. Write auto, any, tool or none.`,
        )
      return null
    }
  }
}
