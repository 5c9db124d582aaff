import { unreachable } from '../../domain/unreachable.ts'
import { type Edits, editScanned, type ScannedObject, scanObject, valueText } from '../edit-json.ts'
import { asObject, parsedJson } from '../lenient.ts'
import type { Continuation, VendorSide } from '../wire-format.ts'
import { budgetWithin } from './encode-thinking.ts'
import { itemsOf, listOf } from './list-items.ts'

/** A request whose answer is to go on from `continuation.text`: the messages after which it does, and what is left of its limit. */
export function continueRequest(text: string, _to: VendorSide, continuation: Continuation): string {
  const body = scanObject(text)
  const added = messagesFor(continuation).map((message) => JSON.stringify(message))
  const limit = Number(valueText(body, 'max_tokens') ?? Number.NaN)
  const left = Math.max(1, limit - continuation.spentTokens)
  const set: Record<string, string> = {
    messages: listOf([...itemsOf(valueText(body, 'messages') ?? '[]'), ...added]),
    ...(limit > 0 && { max_tokens: String(left) }),
  }
  return editScanned(body, withThinking(body, continuation, left, set))
}

/** The vendor refuses an assistant's last message that ends in white space. */
function messagesFor({ text, ask }: Continuation): readonly unknown[] {
  const begun = { role: 'assistant', content: text.trimEnd() }
  switch (ask.kind) {
    case 'prefill':
      return [begun]
    case 'instruction':
      return [begun, { role: 'user', content: ask.words }]
    default:
      return unreachable(ask)
  }
}

/** A budget for thinking must fit what is left of the limit, and a model that is to go on at once can't think first. */
function withThinking(
  body: ScannedObject,
  { ask }: Continuation,
  left: number,
  set: Record<string, string>,
): Edits {
  const thinking = asObject(parsedJson(valueText(body, 'thinking') ?? 'null'))
  if (thinking.type !== 'enabled' && thinking.type !== 'adaptive') return { set }
  if (ask.kind === 'prefill') return { set, remove: ['thinking'] }
  const budget = Number(thinking.budget_tokens)
  if (thinking.type === 'adaptive' || budget < left) return { set }
  const fitting = budgetWithin(budget, left)
  return fitting === null
    ? { set, remove: ['thinking'] }
    : { set: { ...set, thinking: JSON.stringify({ ...thinking, ...fitting }) } }
}
