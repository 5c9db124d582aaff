import { instanceOf } from './schema-instance.ts'

type Schema = Readonly<Record<string, unknown>>

/** What is to be said in JSON: an answer with its explanation, or a remark alone. */
export type JsonPieces =
  | { readonly kind: 'answer'; readonly said: string; readonly answer: string }
  | { readonly kind: 'remark'; readonly said: string }

/** `schema` null: any JSON object will do. */
export function jsonText(schema: Schema | null, prompt: string, pieces: JsonPieces): string {
  if (schema === null) {
    return JSON.stringify(
      pieces.kind === 'answer'
        ? { explanation: pieces.said, answer: scalar(pieces.answer) }
        : { simulation: true, message: pieces.said },
    )
  }
  const otherwise = pieces.said
  const fixed = pieces.kind === 'answer' ? placed(schema, pieces) : new Map<string, unknown>()
  return JSON.stringify(
    instanceOf(schema, { prompt: pieces.kind === 'answer' ? '' : prompt, fixed, otherwise }),
  )
}

const answerNames = /^(?:final_?)?(?:answer|result|value|output|solution)$/i
const explanationNames = /expla|reason|rationale|steps?$|thought|working/i

/** Which properties carry the answer and the explanation: by their names, else the first that can hold the answer. */
function placed(schema: Schema, { said, answer }: { said: string; answer: string }): Map<string, unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
  const fixed = new Map<string, unknown>()
  for (const [name, { type }] of properties) {
    if (explanationNames.test(name)) fixed.set(name, type === 'array' ? [said] : said)
  }
  const carriers = properties.filter(([name]) => !fixed.has(name))
  const ordered = [...carriers.filter(([name]) => answerNames.test(name)), ...carriers]
  for (const [name, property] of ordered) {
    const value = fitting(property, answer)
    if (value === undefined) continue
    fixed.set(name, value)
    break
  }
  return fixed
}

/** The answer in the property's type, or `undefined` where it has no place there. */
function fitting(property: Schema, answer: string): unknown {
  const types = Array.isArray(property.type) ? property.type : [property.type]
  const number = Number(answer)
  if (Array.isArray(property.enum)) return property.enum.find((option) => String(option) === answer)
  if (types.includes('integer') && Number.isInteger(number)) return number
  if (types.includes('number') && Number.isFinite(number)) return number
  if (types.includes('string')) return answer
  if (!types.includes('array')) return undefined
  const itemType = (property.items as Schema | undefined)?.type
  const items = answer.split(', ')
  return itemType === 'number' || itemType === 'integer' ? items.map(Number) : items
}

const scalar = (answer: string): string | number =>
  /^-?\d+(?:\.\d+)?$/.test(answer) ? Number(answer) : answer
