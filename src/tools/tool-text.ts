import type { Tool } from '../domain/request.ts'
import { wordsOf } from './terms.ts'
import { parameterTerms } from './value-kinds.ts'

/** What retrieval reads of a tool, whoever offers it: a chat request, an MCP server. */
export type DescribedTool = Pick<Tool, 'name' | 'description' | 'parameters'>

/** A tool's texts by what they are worth. */
export type ToolText = {
  readonly name: string
  readonly description: string
  readonly parameterNames: string
  readonly parameterDescriptions: string
  /** Enum values and constants: what arguments may be. */
  readonly choices: string
  /** Kinds of values that its parameters take. */
  readonly valueTerms: readonly string[]
}

/** A description tells what the tool does at its beginning; some servers append whole manuals. */
const descriptionChars = 1_500
const parametersRead = 60
const deepest = 5
const choicesRead = 24
/** Of the tool, a parameter or a choice. */
const nameChars = 100

/** Bounded in depth and number, so that no schema, however nested, costs more than another. */
export function toolText({ name, description, parameters }: DescribedTool): ToolText {
  const found: Found = { names: [], descriptions: [], choices: [], valueTerms: new Set() }
  if (parameters !== null) walk(parameters, 0, found)
  return {
    name: name.slice(0, nameChars),
    description: (description ?? '').slice(0, descriptionChars),
    parameterNames: found.names.join(' '),
    parameterDescriptions: found.descriptions.join(' ').slice(0, 2 * descriptionChars),
    choices: found.choices.join(' '),
    valueTerms: [...found.valueTerms],
  }
}

/** The tool in one text, for the encoder: what tells most comes first. */
export const encodedText = ({ name, description, parameterNames }: ToolText): string =>
  `${wordsOf(name).join(' ')}. ${description.slice(0, 400)} ${wordsOf(parameterNames).slice(0, 40).join(' ')}`

type Found = {
  readonly names: string[]
  readonly descriptions: string[]
  readonly choices: string[]
  readonly valueTerms: Set<string>
}

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function walk(schema: Schema, depth: number, found: Found): void {
  if (depth > deepest) return
  if (isSchema(schema.properties)) {
    for (const [name, property] of Object.entries(schema.properties)) {
      if (found.names.length >= parametersRead) return
      found.names.push(name.slice(0, nameChars))
      if (!isSchema(property)) continue
      note(name.slice(0, nameChars), property, found)
      walk(property, depth + 1, found)
    }
  }
  if (isSchema(schema.items)) {
    note('', schema.items, found)
    walk(schema.items, depth + 1, found)
  }
  for (const way of ['anyOf', 'oneOf', 'allOf'] as const) {
    const ways = schema[way]
    if (Array.isArray(ways))
      for (const one of ways.slice(0, 8)) if (isSchema(one)) walk(one, depth + 1, found)
  }
}

function note(name: string, { description, format, enum: choices, const: only }: Schema, found: Found): void {
  const said = typeof description === 'string' ? description : ''
  found.descriptions.push(said)
  const form = typeof format === 'string' ? format : ''
  for (const term of parameterTerms(`${wordsOf(name).join(' ')} ${form} ${said.slice(0, 200)}`))
    found.valueTerms.add(term)
  const listed = Array.isArray(choices) ? choices.slice(0, choicesRead) : only === undefined ? [] : [only]
  for (const choice of listed) if (typeof choice === 'string') found.choices.push(choice.slice(0, nameChars))
}
