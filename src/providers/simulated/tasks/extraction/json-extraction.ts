import { type Draw, integerBetween, pick, shuffle } from '../../../../domain/random.ts'
import { jsonIn, sameJson } from '../matching.ts'
import { nearNumber, nearText } from '../mistakes.ts'
import type { JsonSchema, Level, TaskFamily } from '../task.ts'
import { type Field, type RecordKind, recordKinds } from './records.ts'

/** A text with facts, and the shape in which they are wanted. The level: how many facts, and is there a list among them. */
type Json = Readonly<Record<string, unknown>>
type Wanted = { readonly kind: RecordKind; readonly fields: readonly Field[]; readonly lines: boolean }

const sizes: Readonly<
  Record<
    Level,
    { readonly fields: readonly [number, number]; readonly lines: readonly [number, number] | null }
  >
> = {
  1: { fields: [2, 2], lines: null },
  2: { fields: [3, 4], lines: null },
  3: { fields: [5, 6], lines: null },
  4: { fields: [2, 4], lines: [2, 3] },
  5: { fields: [3, 6], lines: [4, 6] },
}

export const jsonExtraction: TaskFamily = {
  kind: 'json-extraction',
  approach: ['Each field is looked up in the text and written in the type that the schema asks for.'],
  generate(draw, level) {
    const { fields: fieldCount, lines } = sizes[level]
    const kind = pick(
      draw,
      recordKinds.filter((candidate) => lines === null || candidate.lines !== null),
    )
    const fields = shuffle(draw, kind.fields).slice(0, integerBetween(draw, ...fieldCount))
    const wanted: Wanted = { kind, fields, lines: lines !== null }
    const schema = schemaOf(wanted)
    const text = record(draw, wanted, lines === null ? 0 : integerBetween(draw, ...lines), level)
    return {
      kind: 'json-extraction',
      level,
      prompt: asked(draw, text, schema),
      answer: JSON.stringify(extracted(wanted, text)),
      responseSchema: schema,
    }
  },
  recognise(prompt) {
    if (!/\bjson\b/i.test(prompt)) return null
    const wanted = wantedIn(prompt)
    if (!wanted) return null
    const answer = extracted(wanted, prompt)
    return Object.values(answer).every((value) => value === null)
      ? null
      : { level: levelOf(wanted, answer), solve: () => JSON.stringify(answer) }
  },
  check: ({ answer }, text) => sameJson(jsonIn(text), JSON.parse(answer)),
  mistake(draw, { answer }) {
    const right = JSON.parse(answer) as Json
    const name = pick(draw, Object.keys(right))
    return JSON.stringify({ ...right, [name]: slipped(draw, right[name]) })
  },
}

function slipped(draw: Draw, value: unknown): unknown {
  if (typeof value === 'number') return draw() < 0.3 ? String(value) : nearNumber(draw, value)
  if (typeof value === 'string') return draw() < 0.3 ? null : nearText(draw, value)
  if (!Array.isArray(value)) return 'unknown'
  const items = [...(value as Json[])]
  const at = integerBetween(draw, 0, items.length - 1)
  const name = pick(draw, Object.keys(items[at]!))
  items[at] = { ...items[at], [name]: slipped(draw, items[at]![name]) }
  return draw() < 0.4 ? items.slice(1) : items
}

function schemaOf({ kind, fields, lines }: Wanted): JsonSchema {
  const properties: Record<string, unknown> = {}
  for (const { name, type } of fields) properties[name] = { type }
  if (lines && kind.lines) properties[kind.lines.name] = { type: 'array', items: objectOf(kind.lines.fields) }
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

function objectOf(fields: readonly { readonly name: string; readonly type: string }[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, type }) => [name, { type }])),
    required: fields.map(({ name }) => name),
    additionalProperties: false,
  }
}

/** A text that states the wanted facts, and from level 2 on some that nobody asked for. */
function record(draw: Draw, { kind, fields, lines }: Wanted, lineCount: number, level: Level): string {
  const unasked = kind.fields.filter((field) => !fields.includes(field))
  const stated = [...fields, ...shuffle(draw, unasked).slice(0, level >= 3 ? 2 : level - 1)]
  const sentences = shuffle(draw, stated).map((field) =>
    pick(draw, field.sentences).replace('{}', field.make(draw)),
  )
  if (level >= 4)
    for (const aside of kind.asides)
      sentences.splice(integerBetween(draw, 0, sentences.length), 0, aside(draw))
  if (lines && kind.lines) {
    const { make, write, intro } = kind.lines
    const items = Array.from({ length: lineCount }, () => write(make(draw)))
    sentences.push(`${intro}${items.slice(0, -1).join(', ')} and ${items.at(-1)}.`)
  }
  return sentences.join(' ')
}

function asked(draw: Draw, text: string, schema: JsonSchema): string {
  const shape = draw() < 0.5 ? JSON.stringify(schema) : JSON.stringify(schema, null, 2)
  return pick(draw, [
    `Extract the facts from the text as JSON that matches this schema.\n\nSchema:\n${shape}\n\nText:\n${text}`,
    `Read the message below.\n\n"""\n${text}\n"""\n\nReturn a JSON object that follows the JSON Schema ${shape} and nothing else.`,
    `${text}\n\nTurn the above into JSON. The structure must be:\n${shape}`,
    `You are filling in a form. Output JSON valid under ${shape}\nSource: ${text}`,
  ])
}

/** From the schema in the prompt, else from the field names that it gives in quotes or backticks. */
function wantedIn(prompt: string): Wanted | null {
  const names = schemaNames(prompt) ?? [...prompt.matchAll(/[`"']([a-z_]+)[`"']/g)].map((match) => match[1]!)
  if (names.length === 0) return null
  for (const kind of recordKinds) {
    const fields = names
      .map((name) => kind.fields.find((field) => field.name === name))
      .filter((field) => field !== undefined)
    const lines = kind.lines !== null && names.includes(kind.lines.name)
    if (fields.length + (lines ? 1 : 0) === names.length && new Set(names).size === names.length)
      return { kind, fields, lines }
  }
  return null
}

/** The top-level property names of the first JSON Schema in the text. */
function schemaNames(prompt: string): string[] | null {
  for (let start = prompt.indexOf('{'); start >= 0; start = prompt.indexOf('{', start + 1)) {
    const end = closingBrace(prompt, start)
    if (end < 0) return null
    const value = jsonIn(prompt.slice(start, end + 1)) as Json | undefined
    const properties = value?.properties
    if (typeof properties === 'object' && properties !== null) return Object.keys(properties)
  }
  return null
}

function closingBrace(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at
  }
  return -1
}

function levelOf(wanted: Wanted, answer: Json): Level {
  const lines = wanted.lines && wanted.kind.lines ? (answer[wanted.kind.lines.name] as unknown[]).length : 0
  if (lines > 0) return lines <= 3 ? 4 : 5
  return wanted.fields.length <= 2 ? 1 : wanted.fields.length <= 4 ? 2 : 3
}

function extracted({ kind, fields, lines }: Wanted, text: string): Json {
  const answer: Record<string, unknown> = {}
  for (const field of fields) answer[field.name] = valueIn(text, field)
  if (lines && kind.lines) {
    const { name, pattern, fields: parts } = kind.lines
    answer[name] = [...text.matchAll(pattern)].map((match) =>
      Object.fromEntries(parts.map((part) => [part.name, typed(part.type, match.groups?.[part.name] ?? '')])),
    )
  }
  return answer
}

function valueIn(text: string, field: Field): string | number | null {
  for (const sentence of field.sentences) {
    const [before, after] = sentence.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const match = new RegExp(`${before}(${field.pattern})${after}`).exec(text)
    if (match) return typed(field.type, match[1]!)
  }
  return null
}

const typed = (type: Field['type'], text: string): string | number =>
  type === 'string' ? text : Number(text)
