import { createHash } from 'node:crypto'
import type { DecisionId } from '../../domain/decision.ts'

export type AttributeValue = string | number | boolean | readonly string[]
export type SpanAttributes = Readonly<Record<string, AttributeValue>>

/** A span that is over. Times are milliseconds since 1970, with fractions. */
export type Span = {
  readonly name: string
  readonly kind: 'server' | 'client' | 'internal'
  readonly traceId: string
  readonly spanId: string
  /** `null`: the first of its trace. */
  readonly parent: { readonly spanId: string; readonly remote: boolean } | null
  readonly startMs: number
  readonly endMs: number
  readonly attributes: SpanAttributes
  /** Why it failed; `null`: it did not. */
  readonly error: string | null
  readonly events: readonly SpanEvent[]
}

export type SpanEvent = {
  readonly name: string
  readonly atMs: number
  readonly attributes: SpanAttributes
}

/** Ids follow from the decision, so that feedback that comes later, to whatever process, finds the trace again. */
export function traceIdsOf(decision: DecisionId): { readonly traceId: string; readonly rootId: string } {
  const digest = createHash('sha256').update(decision).digest('hex')
  return { traceId: notZero(digest.slice(0, 32)), rootId: notZero(digest.slice(32, 48)) }
}

/** Of the spans under a root, by a name that is unique among them. */
export const spanIdOf = (decision: DecisionId, name: string): string =>
  notZero(createHash('sha256').update(`${decision} ${name}`).digest('hex').slice(0, 16))

/** An id of nothing but zeros is none. */
const notZero = (id: string): string => (/^0+$/.test(id) ? `1${id.slice(1)}` : id)

/** Attributes without those that are not known. */
export function attributesOf(
  entries: Readonly<Record<string, AttributeValue | null | undefined>>,
): SpanAttributes {
  const attributes: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(entries))
    if (value !== null && value !== undefined && (typeof value !== 'number' || Number.isFinite(value)))
      attributes[name] = value
  return attributes
}
