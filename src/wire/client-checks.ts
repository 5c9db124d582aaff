/**
 * Exact checks of what a client sends: each fault names the path, what was expected and the remedy, and all faults are
 * told at once. Written by hand because they run on every request. A null counts as absent.
 */
import { type Failure, failure } from '../domain/failure.ts'
import { isObject, type JsonObject } from './lenient.ts'

type FaultCode =
  | 'invalid_type'
  | 'invalid_value'
  | 'missing_field'
  | 'unknown_field'
  | 'unknown_role'
  | 'unknown_part'

export type Fault = { readonly param: string; readonly code: FaultCode; readonly message: string }

/** Checks add what they find. */
export type Faults = Fault[]

const toldAtOnce = 8

/** Deeper than any schema that people write, and far from where `JSON.stringify` runs out of stack. */
export const deepestNesting = 256

/** Whether a parsed JSON value has more levels of lists and objects than `levels`. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    if (nestsDeeper(member, levels - 1)) return true
  }
  return false
}

/** The first fault gives `code` and `param`. */
export function rejection(faults: readonly Fault[]): Failure {
  const lines = faults.slice(0, toldAtOnce).map(({ message }) => message)
  if (faults.length > toldAtOnce) lines.push(`(and ${faults.length - toldAtOnce} more faults)`)
  const first = faults[0]
  return failure('rejected', lines.join('\n'), first && { code: first.code, param: first.param || null })
}

/** `messages[2]` + `content`; the body itself has the path ''. */
export const within = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

export const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'boolean' ? String(value) : `a ${typeof value}`
}

/** The value as the client wrote it, short enough for a message. */
export function shown(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return kindOf(value)
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}

export function wrongType(
  faults: Faults,
  param: string,
  expected: string,
  value: unknown,
  remedy: string,
): void {
  const missing = value === undefined
  faults.push({
    param,
    code: missing ? 'missing_field' : 'invalid_type',
    message: missing
      ? `${param}: missing; expected ${expected}. ${remedy}`.trimEnd()
      : `${param}: expected ${expected}, got ${kindOf(value)}. ${remedy}`.trimEnd(),
  })
}

export function wrongValue(faults: Faults, param: string, message: string): void {
  faults.push({ param, code: 'invalid_value', message: `${param}: ${message}` })
}

export function requiredText(
  object: JsonObject,
  key: string,
  path: string,
  faults: Faults,
  remedy: string,
): string {
  const value = object[key]
  if (typeof value === 'string') return value
  wrongType(faults, within(path, key), 'a string', value ?? undefined, remedy)
  return ''
}

export function optionalText(object: JsonObject, key: string, path: string, faults: Faults): string | null {
  const value = object[key] ?? null
  if (value === null || typeof value === 'string') return value
  wrongType(faults, within(path, key), 'a string', value, 'Write it in quotes, or leave it out.')
  return null
}

export function optionalFlag(object: JsonObject, key: string, path: string, faults: Faults): boolean | null {
  const value = object[key] ?? null
  if (value === null || typeof value === 'boolean') return value
  wrongType(faults, within(path, key), 'true or false', value, 'Write it without quotes, or leave it out.')
  return null
}

export function optionalObject(
  object: JsonObject,
  key: string,
  path: string,
  faults: Faults,
): JsonObject | null {
  const value = object[key] ?? null
  if (value === null || isObject(value)) return value
  wrongType(faults, within(path, key), 'an object', value, 'Write {…}, or leave it out.')
  return null
}

export function optionalList(
  object: JsonObject,
  key: string,
  path: string,
  faults: Faults,
): readonly unknown[] {
  const value = object[key] ?? []
  if (Array.isArray(value)) return value
  wrongType(faults, within(path, key), 'a list', value, 'Write […], or leave it out.')
  return []
}

export function optionalTexts(
  object: JsonObject,
  key: string,
  path: string,
  faults: Faults,
): readonly string[] {
  return optionalList(object, key, path, faults).filter((item, index): item is string => {
    if (typeof item === 'string') return true
    wrongType(faults, `${within(path, key)}[${index}]`, 'a string', item, 'Write every member in quotes.')
    return false
  })
}

export function optionalNumber(object: JsonObject, key: string, path: string, faults: Faults): number | null {
  const value = object[key] ?? null
  if (value === null) return null
  if (typeof value !== 'number') {
    wrongType(faults, within(path, key), 'a number', value, 'Write it without quotes, or leave it out.')
    return null
  }
  if (Number.isFinite(value)) return value
  wrongValue(faults, within(path, key), 'the number is too large to be read. Write a smaller one.')
  return null
}

export function optionalWhole(
  object: JsonObject,
  key: string,
  path: string,
  faults: Faults,
  least = Number.MIN_SAFE_INTEGER,
): number | null {
  const value = optionalNumber(object, key, path, faults)
  if (value === null) return null
  if (Number.isInteger(value) && value >= least) return value
  const bound = least === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${least}`
  wrongValue(faults, within(path, key), `${value} is not a whole number${bound}. Write one, or leave it out.`)
  return null
}
