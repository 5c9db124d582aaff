import { unreachable } from '../../domain/unreachable.ts'
import { editScanned, scanObject, valueText } from '../edit-json.ts'
import type { Continuation, VendorSide } from '../wire-format.ts'
import { leastOutputTokens } from './encode-request.ts'
import { withItems } from './input-text.ts'

/** A request whose answer is to go on from `continuation.text`: the items after which it does, and what is left of its limit. */
export function continueRequest(text: string, _: VendorSide, continuation: Continuation): string {
  const body = scanObject(text)
  const set: Record<string, string> = {
    input: withItems(valueText(body, 'input'), { after: itemsFor(continuation) }),
  }
  const limit = Number(valueText(body, 'max_output_tokens') ?? Number.NaN)
  if (limit > 0) {
    // No less than vendors take, and no more than was asked for.
    const least = Math.min(limit, leastOutputTokens)
    set.max_output_tokens = String(Math.max(least, limit - continuation.spentTokens))
  }
  return editScanned(body, { set })
}

function itemsFor({ text, ask }: Continuation): readonly unknown[] {
  const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }
  switch (ask.kind) {
    case 'prefill':
      return [said]
    case 'instruction':
      return [said, { type: 'message', role: 'user', content: ask.words }]
    default:
      return unreachable(ask)
  }
}
