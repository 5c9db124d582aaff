/** Whether an answer is right, by rule. Each says 1 or 0: what is compared on held-out examples is counted, and counts have exact tests. */

import { unreachable } from '../../domain/unreachable.ts'

export const metricNames = ['exact', 'contains', 'json', 'numeric'] as const
export type MetricName = (typeof metricNames)[number]

export function scoreAnswer(metric: MetricName, said: string, answers: readonly unknown[]): 0 | 1 {
  return answers.some((answer) => isRight(metric, said, answer)) ? 1 : 0
}

function isRight(metric: MetricName, said: string, answer: unknown): boolean {
  switch (metric) {
    case 'exact':
      return folded(said) === folded(textOf(answer))
    case 'contains':
      return contains(said, textOf(answer))
    case 'json':
      return sameJson(jsonIn(said), typeof answer === 'string' ? jsonIn(answer) : answer)
    case 'numeric':
      return sameNumber(lastNumber(said), lastNumber(textOf(answer)))
    default:
      return unreachable(metric)
  }
}

const textOf = (answer: unknown): string => (typeof answer === 'string' ? answer : JSON.stringify(answer))

/** White space at the ends and its amount between say nothing. */
const folded = (text: string): string => text.trim().replace(/\s+/g, ' ')

/** As a word or words of its own: 12 is not in 120. Capitals don't matter. */
function contains(said: string, wanted: string): boolean {
  const [text, part] = [folded(said).toLowerCase(), folded(wanted).toLowerCase()]
  if (part === '') return text === ''
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const joinedBefore = isWordCharacter(text[at - 1]) && isWordCharacter(part[0])
    const joinedAfter = isWordCharacter(text[at + part.length]) && isWordCharacter(part.at(-1))
    if (!joinedBefore && !joinedAfter) return true
  }
  return false
}

const isWordCharacter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_]/u.test(character)

const missing = Symbol('no JSON')

/** The JSON value that a text is, or that stands in it between the first and the last bracket, as in a fenced block. */
export function jsonIn(text: string): unknown {
  const whole = parsed(text.trim())
  if (whole !== missing) return whole
  const begin = text.search(/[[{]/)
  const end = Math.max(text.lastIndexOf(']'), text.lastIndexOf('}'))
  return begin < 0 || end < begin ? missing : parsed(text.slice(begin, end + 1))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return missing
  }
}

function sameJson(one: unknown, other: unknown): boolean {
  if (one === missing || other === missing) return false
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>]
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  )
}

/** The last number of a text: answers end with their result. Commas between thousands are read over. */
function lastNumber(text: string): number | null {
  const found = text.match(/-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?/g)?.at(-1)
  return found === undefined ? null : Number(found.replaceAll(',', ''))
}

const sameNumber = (one: number | null, other: number | null): boolean =>
  one !== null &&
  other !== null &&
  Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(one), Math.abs(other))
