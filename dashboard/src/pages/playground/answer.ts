/** An answer of the playground as it comes: a reducer over the events of a stream. Pure. */

import { unreachable } from '../../../../src/domain/unreachable.ts'

/** What a reply's headers say of its decision. */
export type Told = {
  readonly decision: string | null
  readonly model: string | null
  readonly reason: string | null
  readonly fallback: string | null
}

export type Answer = {
  readonly state: 'waiting' | 'streaming' | 'done' | 'failed' | 'stopped'
  readonly text: string
  readonly told: Told
  readonly firstContentMs: number | null
  readonly totalMs: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Dollars; `null`: not told yet, or not known. */
  readonly usd: number | null
  readonly error: string | null
}

export type Step =
  | { readonly kind: 'headers'; readonly told: Told }
  /** The data of one event of `chat/completions`. `at`: milliseconds since it was sent. */
  | { readonly kind: 'event'; readonly data: string; readonly at: number }
  | { readonly kind: 'ended'; readonly at: number }
  | { readonly kind: 'failed'; readonly message: string; readonly at: number }
  | { readonly kind: 'stopped'; readonly at: number }
  | { readonly kind: 'priced'; readonly usd: number | null }

const nothingTold: Told = { decision: null, model: null, reason: null, fallback: null }

export const noAnswer: Answer = {
  state: 'waiting',
  text: '',
  told: nothingTold,
  firstContentMs: null,
  totalMs: null,
  inputTokens: null,
  outputTokens: null,
  usd: null,
  error: null,
}

/** A page shows so much of an answer; the rest of a longer one is left out. */
const mostChars = 200_000

export function afterStep(answer: Answer, step: Step): Answer {
  switch (step.kind) {
    case 'headers':
      return { ...answer, told: step.told }
    case 'event':
      return afterEvent(answer, step.data, step.at)
    case 'ended':
      return answer.state === 'failed' ? answer : { ...answer, state: 'done', totalMs: step.at }
    case 'failed':
      return { ...answer, state: 'failed', error: step.message, totalMs: step.at }
    case 'stopped':
      return { ...answer, state: 'stopped', totalMs: step.at }
    case 'priced':
      return { ...answer, usd: step.usd }
    default:
      return unreachable(step)
  }
}

type Chunk = {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[]
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null
  readonly error?: { readonly message?: string }
}

function afterEvent(answer: Answer, data: string, at: number): Answer {
  if (data === '[DONE]') return answer
  const chunk = parsed(data)
  if (chunk === null)
    return {
      ...answer,
      state: 'failed',
      error: 'The stream holds something that can’t be read.',
      totalMs: at,
    }
  if (chunk.error !== undefined)
    return { ...answer, state: 'failed', error: chunk.error.message ?? 'The stream broke off.', totalMs: at }
  const content = chunk.choices?.[0]?.delta?.content ?? ''
  return {
    ...answer,
    state: 'streaming',
    text: (answer.text + content).slice(0, mostChars),
    firstContentMs: answer.firstContentMs ?? (content === '' ? null : at),
    inputTokens: chunk.usage?.prompt_tokens ?? answer.inputTokens,
    outputTokens: chunk.usage?.completion_tokens ?? answer.outputTokens,
  }
}

function parsed(data: string): Chunk | null {
  try {
    const found: unknown = JSON.parse(data)
    return typeof found === 'object' && found !== null ? (found as Chunk) : null
  } catch {
    return null
  }
}

export const toldBy = (headers: { readonly get: (name: string) => string | null }): Told => ({
  decision: headers.get('x-fairlead-decision'),
  model: headers.get('x-fairlead-model'),
  reason: headers.get('x-fairlead-reason'),
  fallback: headers.get('x-fairlead-fallback'),
})

/** The answers that are still wanted once the choice of models changes: those of models that stay keep theirs. */
export const kept = <T>(answers: ReadonlyMap<string, T>, names: readonly string[]): ReadonlyMap<string, T> =>
  new Map([...answers].filter(([name]) => names.includes(name)))
