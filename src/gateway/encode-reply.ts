import type { Answer, StreamPart } from '../domain/answer.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Envelope, ClientFormat } from '../wire/wire-format.ts'

export type EncodedReply =
  | { readonly kind: 'buffered'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly frames: AsyncIterable<Uint8Array> }

/** An answer that a strategy has in hand, in the client's format: whole, or as a stream that is there at once. */
export function encodeReply(
  answer: Answer,
  format: ClientFormat,
  envelope: Envelope,
  wanted: { readonly stream: boolean; readonly usage: boolean },
): EncodedReply {
  if (!wanted.stream) {
    return {
      kind: 'buffered',
      bytes: new TextEncoder().encode(JSON.stringify(format.encodeAnswer(answer, envelope))),
    }
  }
  const encoder = format.encodeStream(envelope, { usage: wanted.usage })
  const text = partsOf(answer).map(encoder.part).join('') + encoder.end()
  return { kind: 'stream', frames: oneFrame(new TextEncoder().encode(text)) }
}

async function* oneFrame(frame: Uint8Array): AsyncGenerator<Uint8Array> {
  yield frame
}

/** A whole answer as the parts of a stream. */
function partsOf(answer: Answer): StreamPart[] {
  const parts: StreamPart[] = [{ kind: 'start', model: answer.model }]
  let calls = 0
  for (const part of answer.parts) {
    switch (part.kind) {
      case 'text':
        parts.push({ kind: 'text-delta', text: part.text })
        break
      case 'reasoning':
        if (part.text !== '') parts.push({ kind: 'reasoning-delta', text: part.text })
        if (part.sealed) parts.push({ kind: 'reasoning-seal', sealed: part.sealed })
        break
      case 'opaque':
        parts.push(part)
        break
      case 'refusal':
        parts.push({ kind: 'refusal-delta', text: part.text })
        break
      case 'tool-call': {
        const index = calls++
        parts.push({ kind: 'tool-call-start', index, id: part.id, name: part.name })
        parts.push({ kind: 'tool-call-delta', index, argumentsText: part.argumentsText })
        break
      }
      default:
        unreachable(part)
    }
  }
  if (answer.logprobs.length > 0) parts.push({ kind: 'logprobs', tokens: answer.logprobs })
  parts.push({ kind: 'finish', finish: answer.finish }, { kind: 'usage', usage: answer.usage })
  return parts
}
