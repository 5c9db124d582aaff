/**
 * Edits the top-level members of a JSON object without parsing the rest: every byte that is not edited stays as its
 * writer wrote it (number spelling, key order, white space, duplicate keys). The text must have passed `JSON.parse`.
 */

export type Edits = {
  /** Key to JSON text. Replaces the value, or appends the member. */
  readonly set?: Readonly<Record<string, string>>
  readonly remove?: readonly string[]
  /** Key to members, as JSON texts, that its object must have; other members stay. A value that is no object is replaced. */
  readonly merge?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A member with the white space around it: `from` is just after the comma or brace before it, `to` the one after. */
type Member = {
  readonly key: string
  readonly from: number
  readonly valueFrom: number
  readonly valueTo: number
  readonly to: number
}

export type ScannedObject = {
  readonly text: string
  readonly open: number
  readonly close: number
  readonly members: readonly Member[]
}

export const editTopLevel = (text: string, edits: Edits): string => editScanned(scanObject(text), edits)

/** The JSON text of a member's value; of the last one where the key is repeated, as `JSON.parse` reads it. */
export function valueText({ text, members }: ScannedObject, key: string): string | null {
  const member = members.findLast((candidate) => candidate.key === key)
  return member === undefined ? null : text.slice(member.valueFrom, member.valueTo)
}

export function editScanned(object: ScannedObject, { set = {}, remove = [], merge = {} }: Edits): string {
  const values = new Map(Object.entries(set))
  for (const [key, members] of Object.entries(merge)) {
    values.set(key, withMembers(valueText(object, key), members))
  }
  const removed = new Set(remove)
  const lastOf = new Map<string, Member>()
  for (const member of object.members) if (values.has(member.key)) lastOf.set(member.key, member)
  // Of an edited key only the last occurrence stays: parsers differ on which of several they read.
  const kept = object.members.filter(
    ({ key, from }) => !removed.has(key) && (lastOf.get(key)?.from ?? from) === from,
  )
  const added = [...values].filter(([key]) => !lastOf.has(key) && !removed.has(key))
  return written(object, kept, values, added)
}

function written(
  { text, open, close }: ScannedObject,
  kept: readonly Member[],
  values: ReadonlyMap<string, string>,
  added: readonly (readonly [string, string])[],
): string {
  const appended = added.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')
  let out = text.slice(0, open + 1)
  kept.forEach((member, index) => {
    if (index > 0) out += ','
    out += text.slice(member.from, member.valueFrom)
    out += values.get(member.key) ?? text.slice(member.valueFrom, member.valueTo)
    if (index === kept.length - 1 && appended !== '') out += `,${appended}`
    out += text.slice(member.valueTo, member.to)
  })
  if (kept.length === 0) out += appended
  return out + text.slice(close)
}

const withMembers = (value: string | null, members: Readonly<Record<string, string>>): string =>
  editTopLevel(value?.startsWith('{') ? value : '{}', { set: members })

const code = (character: string): number => character.charCodeAt(0)
const quote = code('"')
const backslash = code('\\')
const comma = code(',')
const openBrace = code('{')
const closeBrace = code('}')
const openBracket = code('[')
const closeBracket = code(']')

export function scanObject(text: string): ScannedObject {
  const open = skipSpace(text, 0)
  if (text.charCodeAt(open) !== openBrace) throw notParsed()
  const members: Member[] = []
  let from = open + 1
  let at = skipSpace(text, from)
  if (text.charCodeAt(at) === closeBrace) return { text, open, close: at, members }
  for (;;) {
    const keyEnd = stringEnd(text, at)
    const key = keyOf(text.slice(at, keyEnd))
    const valueFrom = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const valueTo = valueEnd(text, valueFrom)
    const to = skipSpace(text, valueTo)
    members.push({ key, from, valueFrom, valueTo, to })
    if (text.charCodeAt(to) === closeBrace) return { text, open, close: to, members }
    if (text.charCodeAt(to) !== comma) throw notParsed()
    from = to + 1
    at = skipSpace(text, from)
  }
}

const keyOf = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)

function skipSpace(text: string, from: number): number {
  let at = from
  for (;;) {
    const character = text.charCodeAt(at)
    if (character !== 32 && character !== 10 && character !== 13 && character !== 9) return at
    at++
  }
}

/** Just after the closing quote of the string that opens at `from`. */
function stringEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== quote) throw notParsed()
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return at + 1
  }
  throw notParsed()
}

function valueEnd(text: string, from: number): number {
  const first = text.charCodeAt(from)
  if (first === quote) return stringEnd(text, from)
  return first === openBrace || first === openBracket ? nestedEnd(text, from) : literalEnd(text, from)
}

function nestedEnd(text: string, from: number): number {
  let depth = 0
  let at = from
  while (at < text.length) {
    const character = text.charCodeAt(at)
    if (character === quote) {
      at = stringEnd(text, at)
      continue
    }
    at++
    if (character === openBrace || character === openBracket) depth++
    else if ((character === closeBrace || character === closeBracket) && --depth === 0) return at
  }
  throw notParsed()
}

/** Numbers, `true`, `false` and `null` end where a comma, a closing brace or white space begins. */
function literalEnd(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const character = text.charCodeAt(at)
    if (character === comma || character === closeBrace || character <= 32) break
    at++
  }
  if (at === from) throw notParsed()
  return at
}

const notParsed = () => new Error('editTopLevel was given a text that is not a JSON object')
