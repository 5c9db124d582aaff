import type { Request, ResponseFormat, Tool, ToolChoice } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { isObject, type JsonObject } from '../lenient.ts'
import { encodeHints, formatName } from './blocks.ts'

/** Members that are `undefined` vanish in `JSON.stringify`. */
export type EncodedTools = { readonly tools?: readonly JsonObject[]; readonly tool_choice?: JsonObject }

export function encodeTools(request: Request): EncodedTools {
  const hosted = (request.hostedTools ?? []).filter(({ format }) => format === formatName)
  const tools = [...request.tools.map(encodeTool), ...hosted.map(({ definition }) => definition)]
  if (tools.length === 0) return toolsOfCalls(request)
  const choice = encodeChoice(request.toolChoice, request.parallelToolCalls)
  return { tools, ...(choice !== null && { tool_choice: choice }) }
}

/** Calls in a conversation of which no tool is described are refused: their names are made known, and kept from use. */
function toolsOfCalls({ messages }: Request): EncodedTools {
  const names = new Set<string>()
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const part of message.content) if (part.kind === 'tool-call') names.add(part.name)
  }
  if (names.size === 0) return {}
  return {
    tools: [...names].map((name) => ({ name, input_schema: { type: 'object' } })),
    tool_choice: { type: 'none' },
  }
}

const encodeTool = (tool: Tool): JsonObject => ({
  name: tool.name,
  ...(tool.description !== null && { description: tool.description }),
  input_schema: schemaOf(tool.parameters),
  ...(tool.strict !== null && { strict: tool.strict }),
  ...encodeHints(tool),
})

/** The vendor wants a schema of an object, and one that says so. */
const schemaOf = (parameters: Tool['parameters']): JsonObject =>
  parameters === null || typeof parameters.type === 'string'
    ? (parameters ?? { type: 'object' })
    : { type: 'object', ...parameters }

/** How many calls at once is said with the choice. */
function encodeChoice(choice: ToolChoice | null, parallel: boolean | null): JsonObject | null {
  const oneAtATime = parallel === null ? {} : { disable_parallel_tool_use: !parallel }
  if (choice === null) return parallel === false ? { type: 'auto', ...oneAtATime } : null
  switch (choice.kind) {
    case 'auto':
      return { type: 'auto', ...oneAtATime }
    case 'required':
      return { type: 'any', ...oneAtATime }
    case 'named':
      return { type: 'tool', name: choice.name, ...oneAtATime }
    case 'none':
      return { type: 'none' }
    default:
      return unreachable(choice)
  }
}

/** What is said in words, since JSON without a schema can't be asked for in another way. */
export const jsonInWords =
  'Answer with one JSON object and nothing else: no words around it, and no code fence.'

/** `own`: the schema was written for this format, and stays as it is. */
export function encodeFormat(format: ResponseFormat, own: boolean): JsonObject | null {
  if (format.kind !== 'json-schema') return null
  return { type: 'json_schema', schema: own ? format.schema : (closed(format.schema) as JsonObject) }
}

/** The vendor refuses a schema of an object that leaves open whether there may be other properties. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (!isObject(schema)) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const)
  const open = schema.type === 'object' && schema.additionalProperties === undefined
  return Object.fromEntries(open ? [...entries, ['additionalProperties', false] as const] : entries)
}
