import type { ReasoningWish, ResponseFormat } from '../../domain/request.ts'
import {
  type Faults,
  optionalObject,
  optionalText,
  optionalWhole,
  requiredText,
  shown,
  wrongType,
  wrongValue,
} from '../client-checks.ts'
import { asObject, isObject, type JsonObject } from '../lenient.ts'
import { notEmpty } from './blocks.ts'

/** `otherThinking`: a kind of thinking that Fairlead has no word for, sent on as it is. */
export type DecodedThinking = {
  readonly reasoning: ReasoningWish | null
  readonly otherThinking: JsonObject | null
}

export function decodeThinking(body: JsonObject, faults: Faults): DecodedThinking {
  const thinking = optionalObject(body, 'thinking', '', faults)
  if (thinking === null) return { reasoning: null, otherThinking: null }
  const summary = optionalText(thinking, 'display', 'thinking', faults)
  const display = summary === null ? {} : { summary }
  switch (thinking.type) {
    case 'enabled': {
      const budgetTokens = decodeBudget(thinking, faults)
      return { reasoning: { enabled: true, budgetTokens, ...display }, otherThinking: null }
    }
    case 'adaptive':
      return { reasoning: { enabled: 'adaptive', ...display }, otherThinking: null }
    case 'disabled':
      return { reasoning: { enabled: false, ...display }, otherThinking: null }
    default:
      requiredText(thinking, 'type', 'thinking', faults, 'Write "enabled", "adaptive" or "disabled".')
      return { reasoning: null, otherThinking: thinking }
  }
}

const leastBudget = 1024

function decodeBudget(thinking: JsonObject, faults: Faults): number {
  const budget = optionalWhole(thinking, 'budget_tokens', 'thinking', faults, leastBudget)
  if ((thinking.budget_tokens ?? null) === null) {
    const remedy = `Write a number of tokens from ${leastBudget}, or "type": "adaptive".`
    wrongType(faults, 'thinking.budget_tokens', 'a whole number', undefined, remedy)
  }
  return budget ?? leastBudget
}

export type DecodedOutput = {
  readonly reasoningEffort: string | null
  readonly responseFormat: ResponseFormat
  readonly otherOutput: JsonObject | null
}

/** `output_format` is where the format of the answer stood while it was in beta. */
export function decodeOutputConfig(body: JsonObject, faults: Faults): DecodedOutput {
  const config = optionalObject(body, 'output_config', '', faults) ?? {}
  const { effort: _, format: __, ...others } = config
  const isNewer = (config.format ?? null) !== null
  return {
    reasoningEffort: optionalText(config, 'effort', 'output_config', faults),
    responseFormat: isNewer
      ? decodeFormat(config, 'format', 'output_config.format', faults)
      : decodeFormat(body, 'output_format', 'output_format', faults),
    otherOutput: notEmpty(others),
  }
}

function decodeFormat(holder: JsonObject, key: string, path: string, faults: Faults): ResponseFormat {
  const value = holder[key] ?? null
  if (value === null) return { kind: 'text' }
  if (!isObject(value)) {
    wrongType(faults, path, 'an object', value, 'Write {"type": "json_schema", "schema": {…}}.')
    return { kind: 'text' }
  }
  if (value.type === 'json_schema') return decodeSchema(value, path, faults)
  const type = requiredText(value, 'type', path, faults, 'Write "json_schema".')
  if (type !== '') wrongValue(faults, `${path}.type`, `there is no format ${shown(type)}. Write json_schema.`)
  return { kind: 'text' }
}

function decodeSchema(format: JsonObject, path: string, faults: Faults): ResponseFormat {
  const { schema } = format
  if (!isObject(schema)) wrongType(faults, `${path}.schema`, 'an object', schema, 'Write a JSON Schema.')
  return jsonSchemaFormat(asObject(schema))
}

/**
 * The vendor holds an answer to any schema; others promise that only for one that requires all it has, and refuse a
 * promise for any other. They want a name, too.
 */
const jsonSchemaFormat = (schema: JsonObject): ResponseFormat => ({
  kind: 'json-schema',
  name: 'answer',
  description: null,
  schema,
  strict: requiresAll(schema) ? true : null,
})

/** Every object in the schema requires all its properties and allows no others. */
function requiresAll(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(requiresAll)
  if (!isObject(schema)) return true
  if (isObject(schema.properties)) {
    const required = Array.isArray(schema.required) ? schema.required : []
    const names = Object.keys(schema.properties)
    if (schema.additionalProperties !== false || !names.every((name) => required.includes(name))) return false
  } else if (schema.type === 'object') return false
  return Object.values(schema).every(requiresAll)
}
