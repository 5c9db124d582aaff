/** The items of an answer, as they are built up part by part and as they are written. */
import type { Answer, TokenLogprob } from '../../domain/answer.ts'
import type { AssistantPart, SealedReasoning } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { JsonObject } from '../lenient.ts'
import { encodeTokens } from '../openai/logprobs.ts'
import { inputOfArguments } from './freeform.ts'
import { annotationsOf, reasoningId } from './items.ts'

export type Speech = {
  readonly kind: 'text' | 'refusal'
  readonly text: string
  readonly logprobs: readonly TokenLogprob[]
  readonly annotations: readonly unknown[]
}

/** Nothing of it has been said yet. */
export const noSpeech = (kind: Speech['kind']): Speech => ({ kind, text: '', logprobs: [], annotations: [] })

export type OutputItem =
  | { readonly kind: 'message'; readonly id: string; readonly speech: readonly Speech[] }
  | {
      readonly kind: 'reasoning'
      readonly id: string
      readonly text: string
      readonly sealed: SealedReasoning | null
    }
  | {
      readonly kind: 'call'
      readonly id: string
      readonly callId: string
      readonly name: string
      readonly argumentsText: string
      readonly freeform: boolean
      /** Of a freeform call: what of its input the client has, and where in `argumentsText` that ends. */
      readonly sentInput: string
      readonly readTo: number
    }
  | { readonly kind: 'opaque'; readonly value: JsonObject }

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** Names follow from the answer's own id and the item's place, so that the same answer always has the same ones. */
export const itemId = (kind: 'msg' | 'fc' | 'ctc', answerId: string, outputIndex: number): string =>
  `${kind}_${answerId}_${outputIndex}`

export function encodeItem(item: OutputItem, status: ItemStatus): unknown {
  switch (item.kind) {
    case 'message':
      return {
        id: item.id,
        type: 'message',
        status,
        content: item.speech.map(encodeSpeech),
        role: 'assistant',
      }
    case 'reasoning':
      return {
        id: item.id,
        type: 'reasoning',
        summary: item.text === '' ? [] : [{ type: 'summary_text', text: item.text }],
        ...(item.sealed && item.sealed.data !== '' && { encrypted_content: item.sealed.data }),
      }
    case 'call': {
      const { id, callId, name, argumentsText } = item
      return item.freeform
        ? {
            id,
            type: 'custom_tool_call',
            status,
            call_id: callId,
            input: argumentsText === '' ? '' : inputOfArguments(argumentsText),
            name,
          }
        : { id, type: 'function_call', status, arguments: argumentsText, call_id: callId, name }
    }
    case 'opaque':
      return item.value
    default:
      return unreachable(item)
  }
}

export const encodeSpeech = ({ kind, text, logprobs, annotations }: Speech): unknown =>
  kind === 'text'
    ? { type: 'output_text', annotations, logprobs: encodeTokens(logprobs), text }
    : { type: 'refusal', refusal: text }

/** The items of a whole answer. Logprobs belong to its first text. */
export function outputOf(answer: Answer, answerId: string, freeform: ReadonlySet<string>): OutputItem[] {
  const items: OutputItem[] = []
  let { logprobs } = answer
  for (const part of answer.parts) {
    if (part.kind === 'text' || part.kind === 'refusal') {
      const own = part.kind === 'text' ? { logprobs, annotations: annotationsOf(part.own) } : {}
      const speech: Speech = { ...noSpeech(part.kind), text: part.text, ...own }
      if (part.kind === 'text') logprobs = []
      const last = items.at(-1)
      if (last?.kind === 'message') items[items.length - 1] = { ...last, speech: [...last.speech, speech] }
      else items.push({ kind: 'message', id: itemId('msg', answerId, items.length), speech: [speech] })
      continue
    }
    const item = actOf(part, answerId, items.length, freeform)
    if (item !== null) items.push(item)
  }
  return items
}

function actOf(
  part: Exclude<AssistantPart, { kind: 'text' | 'refusal' }>,
  answerId: string,
  place: number,
  freeform: ReadonlySet<string>,
): OutputItem | null {
  switch (part.kind) {
    case 'reasoning': {
      const sealed = part.sealed?.format === 'openai-responses' ? part.sealed : null
      if (part.text === '' && sealed === null) return null
      return { kind: 'reasoning', id: sealed?.id ?? reasoningId(answerId, place), text: part.text, sealed }
    }
    case 'tool-call':
      return callItem(part, answerId, place, part.freeform ?? freeform.has(part.name))
    case 'opaque':
      return part.format === 'openai-responses' ? { kind: 'opaque', value: part.value } : null
    default:
      return unreachable(part)
  }
}

export const callItem = (
  call: { readonly id: string; readonly name: string; readonly argumentsText: string },
  answerId: string,
  place: number,
  freeform: boolean,
): OutputItem & { kind: 'call' } => ({
  kind: 'call',
  id: itemId(freeform ? 'ctc' : 'fc', answerId, place),
  callId: call.id,
  name: call.name,
  argumentsText: call.argumentsText,
  freeform,
  sentInput: '',
  readTo: 0,
})
