import type { Answer, StreamPart } from '../../domain/answer.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import type { Envelope } from '../../wire/wire-format.ts'
import type { Simulated } from './answer.ts'
import { tokensOf } from './tokens.ts'

/** A simulated answer as a vendor would write it, with the mark that says what it is. */
const mark = { system_fingerprint: 'fairlead-simulation' }

/** A piece of a reply and when it is due, in milliseconds since the request, at pace 1. */
export type TimedEvent = { readonly text: string; readonly atMs: number }

export const bufferedBody = (answer: Answer, envelope: Envelope): string =>
  JSON.stringify({ ...(openaiChat.encodeAnswer(answer, envelope) as object), ...mark })

/** Server-sent events, one token each. */
export function streamEvents(
  { answer, latency }: Simulated,
  envelope: Envelope,
  usage: boolean,
): TimedEvent[] {
  const encoder = openaiChat.encodeStream(envelope, { usage })
  const events: TimedEvent[] = []
  let atMs = latency.firstTokenMs
  for (const part of streamParts(answer)) {
    const text = encoder.part(part)
    if (text !== '') events.push({ text: marked(text), atMs })
    if (part.kind === 'text-delta' || part.kind === 'reasoning-delta' || part.kind === 'tool-call-delta') {
      atMs += latency.perTokenMs
    }
  }
  events.push({ text: marked(encoder.end()), atMs })
  return events
}

export function* streamParts(answer: Answer): Generator<StreamPart> {
  yield { kind: 'start', model: answer.model }
  for (const [index, part] of answer.parts.entries()) {
    if (part.kind === 'tool-call') {
      yield { kind: 'tool-call-start', index, id: part.id, name: part.name }
      for (const argumentsText of tokensOf(part.argumentsText))
        yield { kind: 'tool-call-delta', index, argumentsText }
    } else if (part.kind !== 'opaque') {
      for (const text of tokensOf(part.text)) yield { kind: `${part.kind}-delta`, text }
    }
  }
  if (answer.logprobs.length > 0) yield { kind: 'logprobs', tokens: answer.logprobs }
  yield { kind: 'finish', finish: answer.finish }
  yield { kind: 'usage', usage: answer.usage }
}

/** Puts the mark into every chunk of a text of server-sent events. */
const marked = (events: string): string =>
  events.replace(
    /^data: (\{.*\})$/gm,
    (_, json: string) => `data: ${JSON.stringify({ ...JSON.parse(json), ...mark })}`,
  )
