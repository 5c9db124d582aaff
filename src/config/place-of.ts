import type { Path } from './faults.ts'

/** Where in an entry a model is written, as a value or as a key, whatever the option is called. */
export function placeOf(id: string, value: unknown, path: Path): Path {
  return findText(id, value, path) ?? path
}

function findText(text: string, value: unknown, path: Path): Path | null {
  if (value === text) return path
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key]
    if (key === text) return place
    const found = findText(text, inner, place)
    if (found) return found
  }
  return null
}
