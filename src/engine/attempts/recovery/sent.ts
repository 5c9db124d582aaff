import type { StreamPart } from '../../../domain/answer.ts'
import type { ModelId } from '../../../domain/model.ts'
import { unreachable } from '../../../domain/unreachable.ts'

/** What the client has of an answer that is still being made. */
export type Sent = {
  /** The model that began the answer. */
  readonly model: ModelId
  readonly text: string
  readonly reasoned: boolean
  /** A kind of content of which half is worth nothing and can't be gone on from. */
  readonly beyond: 'a tool call' | 'a refusal' | 'the result of a hosted tool' | 'too much text' | null
}

/** Longer answers are not remembered, and so can't be gone on from. */
const mostChars = 1024 * 1024

export const nothingSent = (model: ModelId): Sent => ({ model, text: '', reasoned: false, beyond: null })

export const afterParts = (sent: Sent, parts: readonly StreamPart[]): Sent => parts.reduce(afterPart, sent)

function afterPart(sent: Sent, part: StreamPart): Sent {
  switch (part.kind) {
    case 'start':
    case 'logprobs':
    case 'finish':
    case 'usage':
      return sent
    case 'text-delta':
      if (sent.beyond === 'too much text' || part.text === '') return sent
      return sent.text.length + part.text.length > mostChars
        ? { ...sent, text: '', beyond: 'too much text' }
        : { ...sent, text: sent.text + part.text }
    case 'reasoning-delta':
    case 'reasoning-seal':
      return sent.reasoned ? sent : { ...sent, reasoned: true }
    case 'refusal-delta':
      return sent.beyond === null ? { ...sent, beyond: 'a refusal' } : sent
    case 'opaque':
      return sent.beyond === null ? { ...sent, beyond: 'the result of a hosted tool' } : sent
    case 'tool-call-start':
    case 'tool-call-delta':
      return sent.beyond === null ? { ...sent, beyond: 'a tool call' } : sent
    default:
      return unreachable(part)
  }
}
