/** What a route wants to know of a request: asked of a model, checked, and put into the route's system prompt. */

import type { Candidate } from '../../domain/candidate.ts'
import { answerText } from '../../domain/answer.ts'
import { lastUserText, type Request } from '../../domain/request.ts'
import { askOne, type Choosing } from '../../domain/strategy.ts'
import { type Schema, schemaFault } from '../answers/confidence/json-schema.ts'
import { questionTo } from '../prompts/instructed.ts'
import { section, sectionsAreMaterial } from '../prompts/section.ts'

export type Values = Readonly<Record<string, unknown>>

export type Extracted =
  | { readonly kind: 'extracted'; readonly values: Values }
  | { readonly kind: 'failed'; readonly why: string }

const mostChars = 8_000
const mostAnswerTokens = 400

/** One call. Whatever comes of it, the request can go on. */
export function* extract(by: Candidate, request: Request, schema: Schema): Choosing<Extracted> {
  const result = yield* askOne(by, extractionRequest(by, request, schema))
  switch (result.kind) {
    case 'failed':
      return { kind: 'failed', why: `${by.id} failed: ${result.failure.kind}` }
    case 'cancelled':
      return { kind: 'failed', why: `${by.id} was cancelled` }
    case 'answered':
      return valuesOf(answerText(result.answer), schema)
  }
}

export function extractionRequest(by: Candidate, request: Request, schema: Schema): Request {
  const asked = questionTo(
    by,
    [
      'You read values out of a message, and reply with one JSON object that fits the schema below. Use only what the message says; leave out a value that it does not give, or write null where the schema allows it. Keep names and wording as they stand in the message, in its language.',
      sectionsAreMaterial,
      `The schema:\n${JSON.stringify(schema)}`,
    ].join('\n\n'),
    `${section('message', lastUserText(request), mostChars)}\n\nThe JSON object:`,
    { maxOutputTokens: mostAnswerTokens },
  )
  const format = by.model.capabilities.has('json-schema')
    ? ({ kind: 'json-schema', name: 'parameters', description: null, schema, strict: null } as const)
    : ({ kind: 'json' } as const)
  return { ...asked, responseFormat: format }
}

/** Vendors without structured outputs like to fence JSON, and to say something before it. */
function valuesOf(text: string, schema: Schema): Extracted {
  const [start, end] = [text.indexOf('{'), text.lastIndexOf('}')]
  let values: unknown
  try {
    values = JSON.parse(text.slice(Math.max(0, start), end + 1))
  } catch {
    return { kind: 'failed', why: 'what came back is not JSON' }
  }
  const fault = schemaFault(values, schema)
  if (fault !== null) return { kind: 'failed', why: `what came back does not fit: ${fault}` }
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    return { kind: 'failed', why: 'what came back is no object' }
  return { kind: 'extracted', values: values as Values }
}

const placeholder = /\{\{\s*([\w.-]{1,80})\s*\}\}/g

export const placeholdersOf = (template: string): readonly string[] => [
  ...new Set([...template.matchAll(placeholder)].map((match) => match[1]!)),
]

const mostValueChars = 300

/**
 * The template with its values. They come from the user's own words, which must not become instructions: each is written as a
 * JSON literal on one line, no longer than 300 characters.
 */
export const filled = (template: string, values: Values): string =>
  template.replace(placeholder, (_, name: string) =>
    Object.hasOwn(values, name) && values[name] !== null ? literal(values[name]) : '(not given)',
  )

function literal(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, mostValueChars))
  const text = JSON.stringify(value)
  return text.length <= mostValueChars ? text : JSON.stringify(`${text.slice(0, mostValueChars)}…`)
}
