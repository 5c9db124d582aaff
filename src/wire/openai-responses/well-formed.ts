import { type Faults, within } from '../client-checks.ts'

const halves = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/**
 * Names the first text with half of a surrogate pair in it, as a cut through an emoji leaves it: it can't be written as
 * UTF-8, and vendors refuse the whole body without saying where it is.
 */
export function checkWellFormed(body: unknown, faults: Faults): void {
  // Paths are only made up where there is something to name.
  if (!isWellFormed(body)) nameHalf(body, '', faults)
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !halves.test(value)
  if (Array.isArray(value)) return value.every(isWellFormed)
  if (typeof value !== 'object' || value === null) return true
  for (const [key, item] of Object.entries(value)) {
    if (halves.test(key) || !isWellFormed(item)) return false
  }
  return true
}

function nameHalf(value: unknown, path: string, faults: Faults): void {
  if (typeof value === 'object' && value !== null) {
    const [key, item] = Object.entries(value).find(([name, one]) => halves.test(name) || !isWellFormed(one))!
    const member = halves.test(key)
      ? path
      : Array.isArray(value)
        ? `${path}[${key}]`
        : within(path, key.slice(0, 60))
    nameHalf(halves.test(key) ? key : item, member, faults)
    return
  }
  const remedy = "Cut it between whole characters, or mend it with JavaScript's text.toWellFormed()."
  const where = path === '' ? 'The body' : path
  const message = `${where}: a text holds half of a surrogate pair, so it is no valid Unicode. ${remedy}`
  faults.push({ param: path, code: 'invalid_value', message })
}
