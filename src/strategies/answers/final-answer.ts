import { type Answer, answerText } from '../../domain/answer.ts'

/**
 * What an answer comes down to, in a form in which equal answers are equal texts: tool calls and JSON in canonical order, the
 * value after "the answer is", in a \boxed{} or after ####, the letter of a choice, a number, a short text. `null`: the answer
 * is a text of its own, of which nothing says that another is the same.
 */
export function finalAnswer(answer: Answer): string | null {
  const calls = answer.parts.flatMap((part) =>
    part.kind === 'tool-call'
      ? [`${part.name}(${canonicalJson(part.argumentsText) ?? part.argumentsText})`]
      : [],
  )
  if (calls.length > 0) return calls.sort().join(';')
  const text = answerText(answer).trim()
  if (text === '') return null
  return canonicalJson(text) ?? statedAnswer(text) ?? (isShort(text) ? plain(text) : null)
}

/** Longer texts that are equal word by word are rare among models, and no agreement that could be counted on. */
const longestShortText = 80

const isShort = (text: string): boolean => text.length <= longestShortText && !text.includes('\n')

/** Objects and arrays, fenced or not, with their keys in order; `null` for anything else. */
function canonicalJson(text: string): string | null {
  const body = /^```(?:json)?\s*([\s\S]*?)\s*```$/.exec(text)?.[1] ?? text
  if (!/^[[{]/.test(body)) return null
  try {
    return JSON.stringify(JSON.parse(body), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    )
  } catch {
    return null
  }
}

/** Of several statements the last counts: what comes before it is working. */
function statedAnswer(text: string): string | null {
  const found =
    lastMatch(text, /\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}/g) ??
    lastMatch(text, /^####\s*(.+)$/gm) ??
    lastMatch(text, /\banswer\s*(?:is|:|=)\s*\**\s*([^\n]{1,80}?)(?:\.(?=\s|$)|\n|$)/gi)
  return found === null ? null : plain(found)
}

function lastMatch(text: string, pattern: RegExp): string | null {
  let last: string | null = null
  for (const match of text.matchAll(pattern)) last = match[1]!
  return last
}

function plain(text: string): string {
  const bare = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\\(?:text|mathrm|mathbf)\{([^{}]*)\}/g, '$1')
    .replace(/[$*_`"'\\]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^[\s:]+|[\s.,;:!?]+$/g, '')
  const choice = /^\(([a-z])\)(?:\s.*)?$|^([a-z])(?:[).:]\s.*|\))?$/.exec(bare)
  if (choice) return (choice[1] ?? choice[2])!
  const number = Number(bare.replace(/(?<=\d)[, ](?=\d{3}\b)/g, ''))
  return bare !== '' && Number.isFinite(number) ? String(number) : bare
}
