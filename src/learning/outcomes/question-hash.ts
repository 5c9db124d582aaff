import { createHash } from 'node:crypto'

/** The question's identity where the file states none: its words, whatever their case and spacing. */
export function questionHash(prompt: string): string {
  const words = prompt.toLowerCase().replace(/\s+/g, ' ').trim()
  return createHash('sha256').update(words).digest('hex').slice(0, 16)
}
