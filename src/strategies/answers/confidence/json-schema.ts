/**
 * Whether a value is what a JSON Schema asks for, as far as the schema says it in the words that vendors know for structured
 * outputs and tools. Words that it does not know are passed over, patterns among them: an expression of a stranger's over a text
 * of a model's may run for ever.
 */

export type Schema = Readonly<Record<string, unknown>>

/** Deeper values and references than this are taken as they are: a schema may refer to itself. */
const deepest = 64

/** The first thing that is wrong, with its place; `null`: nothing that can be told. */
export function schemaFault(value: unknown, schema: Schema): string | null {
  return faultAt(value, schema, { root: schema, path: '$', depth: 0 })
}

type Place = { readonly root: Schema; readonly path: string; readonly depth: number }
type Check = (value: unknown, schema: Schema, place: Place) => string | null

function faultAt(value: unknown, schema: unknown, place: Place): string | null {
  if (schema === true || place.depth > deepest) return null
  if (schema === false) return `${place.path} may not be there`
  if (!isObject(schema)) return null
  for (const check of checks) {
    const fault = check(value, schema, place)
    if (fault !== null) return fault
  }
  return null
}

const within = ({ root, path, depth }: Place, step = ''): Place => ({
  root,
  path: `${path}${step}`,
  depth: depth + 1,
})

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const reference: Check = (value, { $ref }, place) => {
  if (typeof $ref !== 'string' || !$ref.startsWith('#')) return null
  let found: unknown = place.root
  for (const step of $ref.slice(1).split('/').filter(Boolean)) {
    const name = step.replace(/~1/g, '/').replace(/~0/g, '~')
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return found === undefined ? null : faultAt(value, found, within(place))
}

const type: Check = (value, { type: wanted }, { path }) => {
  const names = typeof wanted === 'string' ? [wanted] : Array.isArray(wanted) ? wanted : []
  if (names.length === 0 || names.some((name) => isOfType(value, name))) return null
  return `${path} is not of type ${names.join(' or ')}`
}

function isOfType(value: unknown, name: unknown): boolean {
  switch (name) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === name
    default:
      return true
  }
}

const listed: Check = (value, schema, { path }) => {
  if (Array.isArray(schema.enum) && !schema.enum.some((one) => equal(one, value)))
    return `${path} is none of the values that are allowed`
  return 'const' in schema && !equal(schema.const, value) ? `${path} is not the value that is wanted` : null
}

const equal = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other)

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )

const number = (schema: Schema, name: string): number | null =>
  typeof schema[name] === 'number' ? schema[name] : null

const size: Check = (value, schema, { path }) => {
  const least = (name: string, measure: number) =>
    measure < (number(schema, name) ?? Number.NEGATIVE_INFINITY)
  const most = (name: string, measure: number) => measure > (number(schema, name) ?? Number.POSITIVE_INFINITY)
  if (typeof value === 'number') {
    const [above, below, step] = ['exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].map((name) =>
      number(schema, name),
    )
    if (least('minimum', value) || (typeof above === 'number' && value <= above))
      return `${path} is too small`
    if (most('maximum', value) || (typeof below === 'number' && value >= below)) return `${path} is too large`
    if (step && Math.abs(value / step - Math.round(value / step)) > 1e-9)
      return `${path} is no multiple of ${step}`
  }
  if (typeof value === 'string') {
    const length = [...value].length
    if (least('minLength', length) || most('maxLength', length)) return `${path} is too short or too long`
  }
  if (Array.isArray(value) && (least('minItems', value.length) || most('maxItems', value.length)))
    return `${path} has too few items or too many`
  return null
}

const properties: Check = (value, schema, place) => {
  if (!isObject(value)) return null
  const known = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  for (const name of required)
    if (typeof name === 'string' && !Object.hasOwn(value, name)) return `${place.path}.${name} is missing`
  for (const [name, inner] of Object.entries(value)) {
    const wanted = Object.hasOwn(known, name) ? known[name] : schema.additionalProperties
    // A name that a pattern may allow is left alone.
    if (!Object.hasOwn(known, name) && schema.patternProperties !== undefined) continue
    const fault = faultAt(inner, wanted, within(place, `.${name}`))
    if (fault !== null) return fault
  }
  return null
}

const items: Check = (value, schema, place) => {
  if (!Array.isArray(value)) return null
  const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
  for (let index = 0; index < value.length; index++) {
    const wanted = index < first.length ? first[index] : schema.items
    const fault = faultAt(value[index], wanted, within(place, `[${index}]`))
    if (fault !== null) return fault
  }
  return null
}

const combined: Check = (value, schema, place) => {
  const faults = (list: unknown) =>
    Array.isArray(list) ? list.map((one) => faultAt(value, one, within(place))) : null
  const all = faults(schema.allOf)?.find((fault) => fault !== null)
  if (all) return all
  const any = faults(schema.anyOf)
  if (any && any.length > 0 && !any.includes(null))
    return `${place.path} is none of the forms that are allowed`
  const one = faults(schema.oneOf)
  if (one && one.filter((fault) => fault === null).length !== 1)
    return `${place.path} is not exactly one of the forms that are allowed`
  if (isObject(schema.not) && faultAt(value, schema.not, within(place)) === null)
    return `${place.path} is of a form that is not allowed`
  return null
}

const checks: readonly Check[] = [reference, type, listed, size, properties, items, combined]
