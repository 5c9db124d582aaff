/**
 * A value that satisfies a JSON Schema, with what the prompt offers for it: enum members and numbers that it mentions,
 * what it quotes, what it names after a property. Supported: type, enum, const, default, properties, required, items,
 * prefixItems, anyOf, oneOf, allOf, $ref into the same document, the bounds of numbers, strings and arrays, common formats.
 * Not supported: `pattern`, `not`, `if`.
 */
type Schema = Readonly<Record<string, unknown>>

export type Offer = {
  readonly prompt: string
  /** Values for properties at the top, by name. */
  readonly fixed: ReadonlyMap<string, unknown>
  /** For a string that the prompt says nothing about. */
  readonly otherwise: string
}

type Context = Offer & { readonly root: Schema; readonly numbers: number[]; readonly quotes: string[] }

/** Recursive schemas end here. */
const deepest = 8

export function instanceOf(schema: Schema, offer: Offer): unknown {
  const numbers = (offer.prompt.match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w-])/g) ?? []).map(Number)
  const quotes = [...offer.prompt.matchAll(/["“]([^"”\n]{1,200})["”]/g)].map((match) => match[1]!)
  return build(schema, '', 0, { ...offer, root: schema, numbers, quotes })
}

function build(given: unknown, name: string, depth: number, context: Context): unknown {
  const schema = resolved(given, context.root)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return mentioned(schema.enum, context.prompt)
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  const onlyNull = types.every((candidate) => candidate === 'null')
  const type = onlyNull ? 'null' : (types.find((candidate) => candidate !== 'null') ?? typeImplied(schema))
  switch (type) {
    case 'object':
      return objectOf(schema, depth, context)
    case 'array':
      return arrayOf(schema, name, depth, context)
    case 'number':
    case 'integer':
      return numberOf(schema, name, type === 'integer', context)
    case 'boolean':
      return schema.default ?? !/\b(?:no|not|without|never|off)\b/i.test(context.prompt)
    case 'null':
      return null
    default:
      return stringOf(schema, name, context)
  }
}

const typeImplied = (schema: Schema): string =>
  schema.properties ? 'object' : (schema.items ?? schema.prefixItems) ? 'array' : 'string'

/** Follows references and takes the first alternative; parts of an `allOf` are merged. */
function resolved(given: unknown, root: Schema): Schema {
  let schema = isSchema(given) ? given : {}
  for (let hops = 0; hops < deepest; hops++) {
    if (typeof schema.$ref === 'string') schema = { ...lookUp(schema.$ref, root), ...without(schema, '$ref') }
    else if (Array.isArray(schema.allOf)) {
      const parts = schema.allOf.map((part) => resolved(part, root))
      schema = parts.reduce(merged, without(schema, 'allOf'))
    } else {
      const alternatives = schema.anyOf ?? schema.oneOf
      if (!Array.isArray(alternatives)) break
      const chosen = alternatives.find((option) => isSchema(option) && option.type !== 'null') ?? {}
      schema = merged(without(without(schema, 'anyOf'), 'oneOf'), chosen as Schema)
    }
  }
  return schema
}

function merged(a: Schema, b: Schema): Schema {
  const properties = { ...(a.properties as object | undefined), ...(b.properties as object | undefined) }
  const required = [...listOf(a.required), ...listOf(b.required)]
  return {
    ...a,
    ...b,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  }
}

function lookUp(reference: string, root: Schema): Schema {
  let found: unknown = root
  for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    found = isSchema(found) ? found[key] : undefined
  }
  return isSchema(found) ? found : {}
}

function objectOf(schema: Schema, depth: number, context: Context): Record<string, unknown> {
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const required = listOf(schema.required)
  const optional = depth >= deepest || required.length > 0 ? [] : Object.keys(properties)
  const wanted = Object.keys(properties).filter((name) => required.includes(name) || optional.includes(name))
  const made: Record<string, unknown> = {}
  for (const name of new Set([...wanted, ...required])) {
    const fixed = depth === 0 ? context.fixed.get(name) : undefined
    made[name] = fixed === undefined ? build(properties[name], name, depth + 1, context) : fixed
  }
  return made
}

function arrayOf(schema: Schema, name: string, depth: number, context: Context): unknown[] {
  const least = typeof schema.minItems === 'number' ? schema.minItems : 0
  const most = typeof schema.maxItems === 'number' ? schema.maxItems : Number.POSITIVE_INFINITY
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
  const count = Math.min(most, Math.max(least, prefix.length, depth >= deepest ? 0 : 1), 100)
  return Array.from({ length: count }, (_, index) =>
    build(prefix[index] ?? schema.items, name, depth + 1, context),
  )
}

function numberOf(schema: Schema, name: string, whole: boolean, context: Context): number {
  const near = context.prompt.match(
    new RegExp(`\\b${wordsOf(name)}\\b\\D{0,12}?(-?\\d+(?:\\.\\d+)?)`, 'i'),
  )?.[1]
  const offered = name !== '' && near !== undefined ? Number(near) : context.numbers.shift()
  const low = bound(schema.minimum, schema.exclusiveMinimum, 1, whole, Number.NEGATIVE_INFINITY)
  const high = bound(schema.maximum, schema.exclusiveMaximum, -1, whole, Number.POSITIVE_INFINITY)
  const start = offered ?? (typeof schema.default === 'number' ? schema.default : 1)
  const value = Math.min(high, Math.max(low, whole ? Math.round(start) : start))
  const step = schema.multipleOf
  if (typeof step !== 'number' || step <= 0) return value
  const rounded = Math.round(value / step) * step
  return rounded < low ? rounded + step : rounded > high ? rounded - step : rounded
}

function bound(inclusive: unknown, exclusive: unknown, inward: number, whole: boolean, none: number): number {
  if (typeof exclusive === 'number') return exclusive + inward * (whole ? 1 : 1e-6)
  return typeof inclusive === 'number' ? inclusive : none
}

const formats: Readonly<Record<string, string>> = {
  date: '2025-01-15',
  time: '09:30:00Z',
  'date-time': '2025-01-15T09:30:00Z',
  email: 'someone@simulation.example',
  uri: 'https://simulation.example/',
  uuid: '00000000-0000-4000-8000-000000000000',
  hostname: 'simulation.example',
  ipv4: '192.0.2.1',
}

const formatPatterns: Readonly<Record<string, RegExp>> = {
  date: /\b\d{4}-\d\d-\d\d\b/,
  email: /\b[\w.+-]+@[\w-]+\.[\w.]+\w/,
  uri: /\bhttps?:\/\/[^\s"'<>)]+/,
}

function stringOf(schema: Schema, name: string, context: Context): string {
  if (typeof schema.format === 'string' && formats[schema.format] !== undefined) {
    return formatPatterns[schema.format]?.exec(context.prompt)?.[0] ?? formats[schema.format]!
  }
  const value = stated(name, context.prompt) ?? context.quotes.shift() ?? placeIn(name, context.prompt)
  const text = value ?? (typeof schema.default === 'string' ? schema.default : context.otherwise)
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Number.POSITIVE_INFINITY
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0
  return text.slice(0, most).padEnd(least, '-')
}

/** `city: Oslo`, `the city is Oslo`. */
const stated = (name: string, prompt: string): string | undefined =>
  name === ''
    ? undefined
    : prompt
        .match(
          new RegExp(`\\b${wordsOf(name)}\\b\\s*(?::|=|is|named|called)\\s*["“]?([^"”,.;?\\n]{1,80})`, 'i'),
        )?.[1]
        ?.trim()

/** A capitalised name after a preposition, for a property that sounds like a place or a person. */
const placeIn = (name: string, prompt: string): string | undefined =>
  /city|location|place|country|town|region|person|name|destination|origin/i.test(name)
    ? prompt.match(/\b(?:in|for|to|from|at|of|with)\s+((?:\p{Lu}[\p{L}'-]+)(?:\s+\p{Lu}[\p{L}'-]+)*)/u)?.[1]
    : undefined

/** `unit_price` and `unitPrice` as a pattern for "unit price". */
const wordsOf = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[^\p{L}\d]+/gu, ' ')
    .trim()
    .replaceAll(' ', '[ _-]')

function mentioned(options: readonly unknown[], prompt: string): unknown {
  const said = options.find(
    (option) =>
      typeof option === 'string' &&
      option !== '' &&
      prompt.toLowerCase().includes(option.toLowerCase().replaceAll('_', ' ')),
  )
  return said ?? options.find((option) => option !== null) ?? null
}

function without(schema: Schema, key: string): Schema {
  const { [key]: _, ...rest } = schema
  return rest
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
