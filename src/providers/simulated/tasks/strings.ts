import { type Draw, integerBetween, pick } from '../../../domain/random.ts'
import { unreachable } from '../../../domain/unreachable.ts'
import { givesNumber, givesText } from './matching.ts'
import { nearCount, nearText } from './mistakes.ts'
import { drawUntil, type Level, levelFrom, type TaskFamily } from './task.ts'
import { words } from './vocabulary.ts'

/** Chains of operations on the letters of one word. */
type Operation =
  | { readonly kind: 'reverse' }
  | { readonly kind: 'every-second' }
  | { readonly kind: 'remove-vowels' }
  | { readonly kind: 'shift'; readonly places: number }
  | { readonly kind: 'replace'; readonly from: string; readonly to: string }
  | { readonly kind: 'count'; readonly letter: string }

type Chain = { readonly target: string; readonly operations: readonly Operation[] }

export const strings: TaskFamily = {
  kind: 'strings',
  approach: ['Spelling the word out letter by letter and applying each operation in turn.'],
  generate(draw, level) {
    const chain = drawUntil(
      () => randomChain(draw, level),
      (made) => levelOf(made) === level && resultOf(made).length > 0,
    )
    return {
      kind: 'strings',
      level,
      prompt: asked(draw, chain),
      answer: resultOf(chain),
      responseSchema: null,
    }
  },
  recognise(prompt) {
    const chain = chainIn(prompt)
    return chain && { level: levelOf(chain), solve: () => resultOf(chain) }
  },
  check: ({ answer }, text) => (/^\d+$/.test(answer) ? givesNumber(answer, text) : givesText(answer, text)),
  mistake: (draw, { answer }) =>
    /^\d+$/.test(answer) ? String(nearCount(draw, Number(answer))) : nearText(draw, answer),
}

function randomChain(draw: Draw, level: Level): Chain {
  const parts = level === 1 ? 1 : integerBetween(draw, 1, 3)
  const target = Array.from({ length: parts }, () => pick(draw, words)).join('')
  const count = Math.max(1, Math.min(4, integerBetween(draw, level - 2, level)))
  const operations: Operation[] = []
  for (let index = 0; index < count; index++) {
    operations.push(randomOperation(draw, target, index === count - 1))
  }
  return { target, operations }
}

function randomOperation(draw: Draw, target: string, last: boolean): Operation {
  const letter = () => pick(draw, [...target])
  const options: (() => Operation)[] = [
    () => ({ kind: 'reverse' }),
    () => ({ kind: 'every-second' }),
    () => ({ kind: 'remove-vowels' }),
    () => ({ kind: 'shift', places: integerBetween(draw, 1, 6) }),
    () => ({ kind: 'replace', from: letter(), to: pick(draw, [...'bdfgkmptvz']) }),
  ]
  if (last) options.push(() => ({ kind: 'count', letter: letter() }))
  return pick(draw, options)()
}

/** One per operation, one more for a shift, up to two more for a long word. */
function levelOf({ target, operations }: Chain): Level {
  let score = 0
  for (const operation of operations) score += operation.kind === 'shift' ? 2 : 1
  return levelFrom(score + (target.length > 8 ? 1 : 0) + (target.length > 14 ? 1 : 0))
}

function resultOf({ target, operations }: Chain): string {
  return operations.reduce(applied, target)
}

function applied(text: string, operation: Operation): string {
  switch (operation.kind) {
    case 'reverse':
      return [...text].reverse().join('')
    case 'every-second':
      return [...text].filter((_, index) => index % 2 === 0).join('')
    case 'remove-vowels':
      return text.replace(/[aeiou]/g, '')
    case 'shift':
      return text.replace(/[a-z]/g, (letter) =>
        String.fromCharCode(((letter.charCodeAt(0) - 97 + operation.places) % 26) + 97),
      )
    case 'replace':
      return text.replaceAll(operation.from, operation.to)
    case 'count':
      return String(text.split(operation.letter).length - 1)
    default:
      return unreachable(operation)
  }
}

/** `it` is the word itself, or what the step before made of it. */
function said(draw: Draw, operation: Operation, it: string): string {
  switch (operation.kind) {
    case 'reverse':
      return pick(draw, [`reverse ${it}`, `write ${it} backwards`])
    case 'every-second':
      return pick(draw, [
        `keep only every second letter of ${it}, starting with the first`,
        `take every other letter of ${it}, beginning with the first one`,
      ])
    case 'remove-vowels':
      return pick(draw, [
        `remove all vowels (a, e, i, o, u) from ${it}`,
        `drop every vowel (a, e, i, o, u) from ${it}`,
      ])
    case 'shift':
      return pick(draw, [
        `shift every letter of ${it} ${operation.places} places forward in the alphabet, wrapping from z to a`,
        `apply a Caesar cipher with a forward shift of ${operation.places} to ${it}`,
      ])
    case 'replace':
      return pick(draw, [
        `replace every '${operation.from}' in ${it} with '${operation.to}'`,
        `in ${it}, substitute each '${operation.from}' with '${operation.to}'`,
      ])
    case 'count':
      return pick(draw, [
        `count how many times the letter '${operation.letter}' appears in ${it}`,
        `count the occurrences of '${operation.letter}' in ${it}`,
      ])
    default:
      return unreachable(operation)
  }
}

function asked(draw: Draw, { target, operations }: Chain): string {
  const [first, ...later] = operations
  if (later.length === 0) {
    const task = said(draw, first!, `"${target}"`)
    return pick(draw, [
      `${capitalised(task)}.`,
      `Please ${task} and give only the result.`,
      `Can you ${task}? Just the final answer, please.`,
    ])
  }
  const steps = operations.map((operation) => said(draw, operation, 'it'))
  return pick(draw, [
    `Take the word "${target}". First ${steps.join(', then ')}. What do you get?`,
    `Do the following to the string "${target}", step by step:\n${steps.map((step, index) => `${index + 1}. ${capitalised(step)}.`).join('\n')}\nGive the final result.`,
    `Starting from "${target}": ${steps.join('; next, ')}. What is the outcome?`,
  ])
}

const capitalised = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

/** What each operation looks like in a text; the operations are done in the order in which they are named. */
const readers: readonly {
  readonly pattern: RegExp
  readonly read: (match: RegExpMatchArray) => Operation | null
}[] = [
  { pattern: /\b(?:revers\w+|backwards?)\b/g, read: () => ({ kind: 'reverse' }) },
  { pattern: /\bevery (?:second|other) (?:letter|character)\b/g, read: () => ({ kind: 'every-second' }) },
  {
    pattern: /\b(?:remove|drop|delete|strip)\b[^.;"]{0,20}\bvowels?\b/g,
    read: () => ({ kind: 'remove-vowels' }),
  },
  {
    pattern: /\b(?:shift|caesar)\b[^.;\n]*?(\d+)/g,
    read: (match) => ({ kind: 'shift', places: Number(match[1]) % 26 }),
  },
  {
    pattern: /\b(?:replace|substitute)\b[^.;\n]*?'([a-z])'[^.;\n]*?'([a-z])'/g,
    read: (match) => ({ kind: 'replace', from: match[1]!, to: match[2]! }),
  },
  {
    pattern: /\b(?:count|how (?:many|often)|number of)\b[^.;\n]*?'([a-z])'/g,
    read: (match) => ({ kind: 'count', letter: match[1]! }),
  },
]

function chainIn(prompt: string): Chain | null {
  const quoted = /["“]([a-z]{2,60})["”]/.exec(prompt)
  if (!quoted) return null
  const instructions = prompt.replace(quoted[0], 'it').toLowerCase()
  // A second quoted text, or much else to read, means that this is about something more than one word.
  if (/["“]/.test(instructions) || instructions.length > 900) return null
  const found: { readonly at: number; readonly operation: Operation }[] = []
  for (const { pattern, read } of readers) {
    for (const match of instructions.matchAll(pattern)) {
      const operation = read(match)
      if (operation) found.push({ at: match.index, operation })
    }
  }
  if (found.length === 0) return null
  found.sort((a, b) => a.at - b.at)
  return { target: quoted[1]!, operations: found.map(({ operation }) => operation) }
}
