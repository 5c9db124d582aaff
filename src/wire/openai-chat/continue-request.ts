import { type Edits, editScanned, scanObject, valueText } from '../edit-json.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { Continuation, VendorSide } from '../wire-format.ts'

const limits = ['max_tokens', 'max_completion_tokens'] as const

/** A request whose answer is to go on from `continuation.text`: the messages after which it does, and what is left of its limit. */
export function continueRequest(text: string, { quirks }: VendorSide, continuation: Continuation): string {
  const body = scanObject(text)
  const set: Record<string, string> = {
    messages: withMessages(valueText(body, 'messages') ?? '[]', messagesFor(continuation, quirks)),
  }
  for (const limit of limits) {
    const tokens = Number(valueText(body, limit) ?? Number.NaN)
    if (tokens > 0) set[limit] = String(Math.max(1, tokens - continuation.spentTokens))
  }
  if (continuation.ask.kind === 'prefill' && quirks.prefill === 'continue-final-message') {
    set.continue_final_message = 'true'
    set.add_generation_prompt = 'false'
  }
  const edits: Edits = { set }
  return editScanned(body, edits)
}

function messagesFor({ text, ask }: Continuation, { prefill }: VendorSide['quirks']): readonly unknown[] {
  switch (ask.kind) {
    case 'prefill':
      return [{ role: 'assistant', content: text, ...(prefill === 'prefix-field' && { prefix: true }) }]
    case 'instruction':
      return [
        { role: 'assistant', content: text },
        { role: 'user', content: ask.words },
      ]
    default:
      return unreachable(ask)
  }
}

function withMessages(list: string, added: readonly unknown[]): string {
  const end = list.lastIndexOf(']')
  const before = list.slice(0, end).trimEnd()
  const comma = before.endsWith('[') ? '' : ','
  return `${before}${comma}${added.map((message) => JSON.stringify(message)).join(',')}]`
}
