/** One text for equal values, whatever order their fields were written in: what keys of caches are hashed from. */

import { createHash } from 'node:crypto'

/** SHA-256 of the canonical text, 43 characters of base64url. */
export const canonicalHash = (value: unknown): string =>
  createHash('sha256').update(canonicalText(value)).digest('base64url')

/**
 * JSON with the fields of objects in order of their names. A field that is `undefined` is no field; elsewhere `undefined` is
 * told apart from `null`, and so are numbers that JSON has no text for.
 */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (typeof value === 'object' && value !== null) return objectText(value as Record<string, unknown>)
  if (typeof value === 'string' || Number.isFinite(value)) return JSON.stringify(value)
  // `null`, true, false, NaN, undefined: words that no JSON text of a string begins with.
  return String(value)
}

function objectText(value: Readonly<Record<string, unknown>>): string {
  let text = '{'
  for (const key of Object.keys(value).sort()) {
    const field = value[key]
    if (field === undefined) continue
    text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:${canonicalText(field)}`
  }
  return `${text}}`
}
