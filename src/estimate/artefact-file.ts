/**
 * A learned artefact on disk: one file, so that it is swapped whole.
 *
 *     8 bytes   "FAIRLEAD"
 *     4 bytes   length of the header, little-endian
 *     n bytes   header, JSON: `formatVersion`, whatever the artefact says of itself, and `arrays`: name -> type, length, offset
 *     rest      the arrays, each aligned to 4 bytes
 */
const magic = 'FAIRLEAD'
const formatVersion = 2

export type NumberArray = Float32Array | Int8Array | Uint8Array | Uint16Array | Uint32Array

const arrayTypes = {
  f32: Float32Array,
  i8: Int8Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
} as const
type ArrayType = keyof typeof arrayTypes

type ArrayEntry = { readonly type: ArrayType; readonly length: number; readonly offset: number }

export type ArtefactFile<Header> = {
  readonly header: Header
  readonly arrays: Readonly<Record<string, NumberArray>>
}

/** An artefact that can't be used, with what to do about it. */
export class ArtefactError extends Error {
  override readonly name = 'ArtefactError'
}

export function encodeArtefact(header: object, arrays: Readonly<Record<string, NumberArray>>): Uint8Array {
  const entries: Record<string, ArrayEntry> = {}
  let offset = 0
  for (const [name, array] of Object.entries(arrays)) {
    entries[name] = { type: typeOf(array), length: array.length, offset }
    offset += align(array.byteLength)
  }
  const head = new TextEncoder().encode(JSON.stringify({ formatVersion, ...header, arrays: entries }))
  const start = align(12 + head.length)
  const bytes = new Uint8Array(start + offset)
  bytes.set(new TextEncoder().encode(magic), 0)
  new DataView(bytes.buffer).setUint32(8, head.length, true)
  bytes.set(head, 12)
  for (const [name, array] of Object.entries(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + entries[name]!.offset)
  }
  return bytes
}

export function decodeArtefact(bytes: Uint8Array, name: string): ArtefactFile<Record<string, unknown>> {
  if (bytes.length < 12 || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) {
    throw new ArtefactError(`${name} is not a Fairlead artefact. Make one with \`fairlead train\`.`)
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true)
  const start = align(12 + length)
  if (start > bytes.length) throw truncated(name)
  const {
    arrays: entries,
    formatVersion: written,
    ...header
  } = readHeader(bytes.subarray(12, 12 + length), name)
  if (written !== formatVersion) {
    throw new ArtefactError(
      `${name} has format ${written}; this Fairlead reads format ${formatVersion}. Train it again with \`fairlead train\`.`,
    )
  }
  const arrays: Record<string, NumberArray> = {}
  for (const [key, entry] of Object.entries(checkedEntries(entries, name))) {
    const from = start + entry.offset
    const ArrayOf = arrayTypes[entry.type]
    const size = entry.length * ArrayOf.BYTES_PER_ELEMENT
    if (from + size > bytes.length) throw truncated(name)
    // A copy: the file's buffer may start at any byte, typed arrays may not. (A Buffer's own `slice` is no copy.)
    const copy = new Uint8Array(size)
    copy.set(bytes.subarray(from, from + size))
    arrays[key] = new ArrayOf(copy.buffer)
  }
  return { header, arrays }
}

const align = (length: number): number => Math.ceil(length / 4) * 4

const truncated = (name: string) =>
  new ArtefactError(`${name} is cut short. Copy it again, or train a new one with \`fairlead train\`.`)

const damaged = (name: string) =>
  new ArtefactError(`${name} is damaged. Copy it again, or train a new one with \`fairlead train\`.`)

function readHeader(bytes: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw damaged(name)
  }
  if (isObject(header)) return header
  throw damaged(name)
}

function checkedEntries(entries: unknown, name: string): Readonly<Record<string, ArrayEntry>> {
  if (!isObject(entries) || !Object.values(entries).every(isEntry)) throw damaged(name)
  return entries as Readonly<Record<string, ArrayEntry>>
}

const isEntry = (entry: unknown): boolean =>
  isObject(entry) &&
  typeof entry.type === 'string' &&
  Object.hasOwn(arrayTypes, entry.type) &&
  isCount(entry.length) &&
  isCount(entry.offset)

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typeOf = (array: NumberArray): ArrayType =>
  (Object.keys(arrayTypes) as ArrayType[]).find((type) => array instanceof arrayTypes[type])!
