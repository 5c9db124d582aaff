/** What a rule may ask about: the facts of a turn by name, and of which kind each is. */

import { lastUserText } from '../../domain/request.ts'
import { subjects, taskTypes } from '../../domain/signals.ts'
import type { Turn } from '../../domain/strategy.ts'
import { comparable } from './text-tests.ts'

export type FactValue = string | number | boolean | readonly string[] | null

/** `text` may be read as a number too, as in metadata, whose values are texts. `texts`: a test holds if it does of one of them. */
export type FactKind =
  | {
      readonly kind: 'number'
      readonly least: number
      readonly most: number
      readonly whole: boolean
      /** A probability that a classifier gives to a label. */
      readonly of?: { readonly classifier: string; readonly label: string }
    }
  | { readonly kind: 'choice'; readonly among: readonly string[] }
  | { readonly kind: 'truth' }
  | { readonly kind: 'text' }
  | { readonly kind: 'texts' }

export type Fact = {
  /** As messages call it: `headers.x-team`. */
  readonly name: string
  readonly kind: FactKind
  /** Texts come back comparable; `null`: the request has no such thing. */
  readonly of: (turn: Turn) => FactValue
}

const share = { kind: 'number', least: 0, most: 1, whole: false } as const
const count: FactKind = { kind: 'number', least: 0, most: Number.MAX_SAFE_INTEGER, whole: true }
const text: FactKind = { kind: 'text' }

const textOrNull = (value: string | null): string | null => (value === null ? null : comparable(value))

/** The facts that stand at the top of a condition, beside those that have names of their own (below). */
export const plainFacts = {
  taskType: { kind: { kind: 'choice', among: taskTypes }, of: ({ signals }) => signals.taskType },
  subject: { kind: { kind: 'choice', among: subjects }, of: ({ signals }) => signals.subject.name },
  complexity: { kind: share, of: ({ signals }) => signals.complexity },
  inputTokens: { kind: count, of: ({ signals }) => signals.inputTokens },
  language: { kind: text, of: ({ signals }) => comparable(signals.language) },
  text: { kind: text, of: ({ request }) => comparable(lastUserText(request)) },
  stream: { kind: { kind: 'truth' }, of: ({ request }) => request.stream },
  tier: { kind: text, of: ({ asked }) => textOrNull(asked.tier) },
  step: { kind: text, of: ({ asked }) => textOrNull(asked.step) },
  user: { kind: text, of: ({ asked, request }) => textOrNull(asked.user ?? request.user) },
  tags: { kind: { kind: 'texts' }, of: ({ asked }) => asked.tags.map(comparable) },
} as const satisfies Record<string, Omit<Fact, 'name'>>

export const structureFacts = {
  promptChars: { kind: count, of: ({ signals }) => signals.structure.promptChars },
  lastUserChars: { kind: count, of: ({ signals }) => signals.structure.lastUserChars },
  turns: { kind: count, of: ({ signals }) => signals.structure.turns },
  codeShare: { kind: share, of: ({ signals }) => signals.structure.codeShare },
  tools: { kind: count, of: ({ signals }) => signals.structure.tools },
  images: { kind: count, of: ({ signals }) => signals.structure.images },
  jsonSchema: { kind: { kind: 'truth' }, of: ({ signals }) => signals.structure.jsonSchema },
} as const satisfies Record<string, Omit<Fact, 'name'>>

export const headerFact = (header: string): Fact => {
  const name = header.toLowerCase()
  return { name: `headers.${name}`, kind: text, of: ({ asked }) => textOrNull(asked.headers?.[name] ?? null) }
}

/** `metadata` of the request's body. OpenAI's holds texts alone; numbers and truths of others are read as texts. */
export const metadataFact = (key: string): Fact => ({
  name: `metadata.${key}`,
  kind: text,
  of: ({ request }) => {
    const { metadata } = request.extra
    if (typeof metadata !== 'object' || metadata === null || !Object.hasOwn(metadata, key)) return null
    const value = (metadata as Readonly<Record<string, unknown>>)[key]
    if (typeof value === 'string') return comparable(value)
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
  },
})

export const classFact = (classifier: string, label: string): Fact => ({
  name: `classes.${classifier}.${label}`,
  kind: { ...share, of: { classifier, label } },
  of: ({ signals }) => signals.classes?.[classifier]?.[label] ?? null,
})
