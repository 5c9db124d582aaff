/**
 * Finding a final answer in free text. What counts is where the text says that its answer stands ("The answer is …"),
 * else its last line: an answer named only on the way to another one is not given.
 */
export type Conclusion = { readonly text: string; readonly marked: boolean }

const marker =
  /\b(?:final answer|answer|result|output|solution)\b(?:\s+(?:is|are|would be|will be))?\s*[:=]?\s*(?=\S)|=\s*(?=\S)/gi

export function conclusionOf(text: string): Conclusion {
  const plain = plainText(text)
  let after = -1
  for (const match of plain.matchAll(marker)) {
    const end = match.index + match[0].length
    if (/\b(?:is|are|be)\s*$|[:=]\s*$/i.test(match[0])) after = end
  }
  if (after >= 0) return { text: plain.slice(after).trim(), marked: true }
  const lines = plain.split('\n').filter((line) => line.trim() !== '')
  return { text: (lines.at(-1) ?? '').trim(), marked: false }
}

/** Without the signs of Markdown and TeX that stand around an answer. */
function plainText(text: string): string {
  return text
    .replace(/\\boxed\{([^{}]*)\}/g, '$1')
    .replace(/\*\*|__|`|\$/g, '')
    .replaceAll('\u2212', '-')
    .replace(/(\d),(?=\d{3}(?!\d))/g, '$1')
}

/** The number that the text ends up with. */
export function numberIn(text: string): number | null {
  const { text: conclusion, marked } = conclusionOf(text)
  const numbers = conclusion.match(/(?<![\w.])-?\d+(?:\.\d+)?/g)
  const found = marked ? numbers?.[0] : numbers?.at(-1)
  return found === undefined ? null : Number(found)
}

export function givesNumber(expected: string, text: string, tolerance = 1e-9): boolean {
  const found = numberIn(text)
  return found !== null && Math.abs(found - Number(expected)) <= tolerance
}

/** The one of `options` that the text ends up with. */
export function choiceIn(options: readonly string[], text: string): string | null {
  const { text: conclusion, marked } = conclusionOf(text)
  const pattern = new RegExp(`\\b(?:${options.join('|')})\\b`, 'gi')
  const matches = [...conclusion.matchAll(pattern)].map(([match]) => match.toLowerCase())
  const found = marked ? matches[0] : matches.at(-1)
  return options.find((option) => option.toLowerCase() === found) ?? null
}

/** A word or short phrase, at the beginning of what follows a marker or at either end of an unmarked last line. */
export function givesText(expected: string, text: string): boolean {
  const { text: conclusion, marked } = conclusionOf(text)
  const said = bare(conclusion)
  const wanted = bare(expected)
  if (said === wanted) return true
  const firstLine = bare(conclusion.split('\n')[0] ?? '')
  if (firstLine === wanted || new RegExp(`^${escaped(wanted)}(?![\\w])`).test(firstLine)) return true
  return !marked && new RegExp(`(?<![\\w])${escaped(wanted)}$`).test(said)
}

/** The items of a list, however it is laid out: commas, lines, bullets, brackets. */
export function givesList(expected: readonly string[], text: string): boolean {
  const { text: conclusion, marked } = conclusionOf(text)
  const candidates = marked ? [conclusion, conclusion.split('\n')[0] ?? ''] : [conclusion, bulletsAtEnd(text)]
  const wanted = expected.map(bare).join('\n')
  return candidates.some((candidate) => itemsOf(candidate).join('\n') === wanted)
}

function bulletsAtEnd(text: string): string {
  const lines = text.trim().split('\n')
  const bullets: string[] = []
  for (let index = lines.length - 1; index >= 0 && bullet.test(lines[index]!); index--)
    bullets.unshift(lines[index]!)
  return bullets.join('\n')
}

const bullet = /^\s*(?:[-*•]|\d+[.)])\s+/

function itemsOf(text: string): string[] {
  return text
    .replace(/^\s*\[|\]\s*\.?\s*$/g, '')
    .split(/\s*(?:,\s*and\s|,|;|\n|->|→|\sand\s)\s*/)
    .map((item) => bare(item.replace(bullet, '')))
    .filter((item) => item !== '')
}

/** Lower case, without quotes, the space around it and the full stop after it. */
const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/["'“”‘’]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[.!]+$/, '')
    .trim()

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The JSON value in a text, alone or in a fence or between sentences; `undefined` where none parses. */
export function jsonIn(text: string): unknown {
  const trimmed = text.trim()
  const start = trimmed.search(/[{[]/)
  const end = Math.max(trimmed.lastIndexOf('}'), trimmed.lastIndexOf(']'))
  for (const piece of [trimmed, start < 0 ? '' : trimmed.slice(start, end + 1)]) {
    try {
      return JSON.parse(piece)
    } catch {
      // Not this piece.
    }
  }
  return undefined
}

/** Equal as JSON: the order of keys does not count, the order of items does. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) < 1e-9
  if (typeof a === 'string' && typeof b === 'string') return a.trim() === b.trim()
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(
    (key) => key in b && sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  )
}
