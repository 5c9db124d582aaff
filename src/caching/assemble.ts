/** A whole answer out of the parts of its stream, within bounds: what a cache stores of what was streamed. */

import {
  type Answer,
  type Finish,
  noUsage,
  type StreamPart,
  type TokenLogprob,
  type Usage,
} from '../domain/answer.ts'
import type { OpaquePart, ToolCall } from '../domain/request.ts'
import { unreachable } from '../domain/unreachable.ts'

export type Assembly = {
  readonly maxChars: number
  model: string
  parts: (Written | WritableCall | OpaquePart)[]
  calls: Map<number, WritableCall>
  finish: Finish | null
  usage: Usage | null
  logprobs: TokenLogprob[]
  chars: number
}

type WritableCall = { -readonly [Field in keyof ToolCall]: ToolCall[Field] }
type Written = { readonly kind: 'text' | 'refusal' | 'reasoning'; text: string }

/** A token's logprob as JSON, its likeliest alternatives apart. */
const charsOfLogprob = 60

export const beginAssembly = (maxChars: number): Assembly => ({
  maxChars,
  model: '',
  parts: [],
  calls: new Map(),
  finish: null,
  usage: null,
  logprobs: [],
  chars: 0,
})

/** False: the answer has grown larger than it may be, or it is not one that can be told; it is given up. */
export function assemble(assembly: Assembly, part: StreamPart): boolean {
  assembly.chars += charsOf(part)
  if (assembly.chars > assembly.maxChars) return false
  switch (part.kind) {
    case 'start':
      assembly.model = part.model
      return true
    case 'text-delta':
      append(assembly, 'text', part.text)
      return true
    case 'refusal-delta':
      append(assembly, 'refusal', part.text)
      return true
    case 'reasoning-delta':
      append(assembly, 'reasoning', part.text)
      return true
    // Proofs are not stored, but they end the reasoning before them.
    case 'reasoning-seal':
      assembly.parts.push({ kind: 'reasoning', text: '' })
      return true
    case 'opaque':
      assembly.parts.push(part)
      return true
    case 'tool-call-start':
      return beginCall(assembly, part)
    case 'tool-call-delta':
      return addToCall(assembly, part.index, part.argumentsText)
    case 'logprobs':
      assembly.logprobs.push(...part.tokens)
      return true
    case 'finish':
      // Each complete stream has one. A second would make it another answer than the client saw.
      if (assembly.finish !== null) return false
      assembly.finish = part.finish
      return true
    case 'usage':
      assembly.usage = part.usage
      return true
    default:
      return unreachable(part)
  }
}

/** `usage`: what the answer's attempt is booked with, where the stream did not say. `null`: the stream never finished. */
export function assembled(assembly: Assembly, usage: Usage | null): Answer | null {
  const { model, parts, finish, logprobs } = assembly
  if (finish === null) return null
  const written = parts.filter((part) => part.kind !== 'reasoning' || part.text !== '')
  return { model, parts: written, finish, usage: assembly.usage ?? usage ?? noUsage, logprobs }
}

function append({ parts }: Assembly, kind: Written['kind'], text: string): void {
  if (text === '') return
  const last = parts.at(-1)
  if (last?.kind === kind) last.text += text
  else parts.push({ kind, text })
}

function beginCall(
  { parts, calls }: Assembly,
  { index, id, name, freeform }: Extract<StreamPart, { kind: 'tool-call-start' }>,
): boolean {
  if (calls.has(index)) return false
  const call: WritableCall = { kind: 'tool-call', id, name, argumentsText: '', ...(freeform && { freeform }) }
  calls.set(index, call)
  parts.push(call)
  return true
}

function addToCall({ calls }: Assembly, index: number, argumentsText: string): boolean {
  const call = calls.get(index)
  if (call === undefined) return false
  call.argumentsText += argumentsText
  return true
}

function charsOf(part: StreamPart): number {
  switch (part.kind) {
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      return part.text.length
    case 'tool-call-start':
      return part.id.length + part.name.length
    case 'tool-call-delta':
      return part.argumentsText.length
    case 'opaque':
      return JSON.stringify(part.value).length
    case 'logprobs':
      return part.tokens.reduce((sum, { top }) => sum + charsOfLogprob * (1 + top.length), 0)
    default:
      return 0
  }
}
