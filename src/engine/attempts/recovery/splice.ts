import type { StreamPart } from '../../../domain/answer.ts'
import { unreachable } from '../../../domain/unreachable.ts'
import { type Alignment, hear, hearEnd } from './align.ts'
import type { Sent } from './sent.ts'

/** A second answer on its way to becoming the rest of the first. */
export type Splice = {
  readonly sent: Sent
  alignment: Alignment
  /** Nothing of the second model's reasoning has been let through. */
  silent: boolean
}

export const startSplice = (sent: Sent, alignment: Alignment): Splice => ({ sent, alignment, silent: true })

/** What of the second answer's parts the client does not have yet. */
export function spliceParts(splice: Splice, parts: readonly StreamPart[]): readonly StreamPart[] {
  const fresh: StreamPart[] = []
  for (const part of parts) splicePart(splice, part, fresh)
  return fresh
}

function splicePart(splice: Splice, part: StreamPart, fresh: StreamPart[]): void {
  const { sent } = splice
  switch (part.kind) {
    // The stream has begun under the first answer's name, and ends with the sum of what both have used.
    case 'start':
    case 'usage':
      return
    case 'text-delta':
      advance(splice, hear(splice.alignment, sent.text, part.text), fresh)
      return
    case 'reasoning-delta':
      // Thoughts behind the answer that they are about would only confuse.
      if (sent.text === '') fresh.push(splice.silent && sent.reasoned ? onNewLine(part) : part)
      splice.silent = false
      return
    case 'reasoning-seal':
      // It would seal thoughts that the client has from another model.
      if (sent.text === '' && !sent.reasoned) fresh.push(part)
      return
    case 'logprobs':
      if (splice.alignment.kind === 'aligned') fresh.push(part)
      return
    case 'refusal-delta':
    case 'opaque':
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'finish':
      advance(splice, hearEnd(splice.alignment, sent.text), fresh)
      if (splice.alignment.kind === 'aligned') fresh.push(part)
      return
    default:
      unreachable(part)
  }
}

function advance(splice: Splice, heard: ReturnType<typeof hear>, fresh: StreamPart[]): void {
  splice.alignment = heard.alignment
  if (heard.fresh !== '') fresh.push({ kind: 'text-delta', text: heard.fresh })
}

type ReasoningDelta = Extract<StreamPart, { kind: 'reasoning-delta' }>

const onNewLine = ({ kind, text }: ReasoningDelta): StreamPart => ({ kind, text: `\n\n${text}` })
