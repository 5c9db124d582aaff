/** A stored answer: as text in the shared state, so that every process can hand it out. */

import type { Answer } from '../domain/answer.ts'
import { type ModelId, modelId } from '../domain/model.ts'
import type { AssistantPart } from '../domain/request.ts'

export type CacheEntry = {
  readonly answer: Answer
  readonly model: ModelId
  /** What it cost when it was made; `null`: a price was unknown. Nobody pays it again. */
  readonly usd: number | null
  /** Milliseconds since 1970. */
  readonly storedAt: number
}

/** The layout of the text. An entry of another layout is none: a new Fairlead may meet an old one's. */
const layout = 1

export const encodeEntry = (entry: CacheEntry): string => JSON.stringify({ layout, ...entry })

/** `null`: this is no entry that can be read. */
export function decodeEntry(text: string): CacheEntry | null {
  let value: Partial<CacheEntry> & { readonly layout?: unknown }
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || value.layout !== layout) return null
  const { answer, model, usd, storedAt } = value
  if (!Array.isArray(answer?.parts) || typeof model !== 'string' || typeof storedAt !== 'number') return null
  return { answer, model: modelId(model), usd: usd ?? null, storedAt }
}

/**
 * The answer without the vendor's proofs of its own reasoning: only the account that made them can read them, and the next
 * turn of whoever is given this answer may go to another. Reasoning that was nothing but such a proof goes with it.
 */
export const withoutSeals = (answer: Answer): Answer =>
  answer.parts.some(isSealed) ? { ...answer, parts: answer.parts.flatMap(unsealed) } : answer

const isSealed = (part: AssistantPart): boolean => part.kind === 'reasoning' && part.sealed !== undefined

function unsealed(part: AssistantPart): readonly AssistantPart[] {
  if (part.kind !== 'reasoning') return [part]
  return part.text === '' ? [] : [{ kind: 'reasoning', text: part.text }]
}
