/** Parts of a streamed answer as the SDK's, a reducer: blocks of text and thought have a begin, deltas and an end. */

import type { LanguageModelV3StreamPart } from '@ai-sdk/provider'
import type { Finish, StreamPart, Usage } from '../../domain/answer.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { sealMetadata } from './answer.ts'

type Block = { readonly kind: 'text' | 'reasoning'; readonly id: string }
type ToolCall = { readonly index: number; readonly id: string; readonly name: string; readonly input: string }

export type StreamState = {
  readonly open: Block | null
  readonly blocks: number
  readonly calls: readonly ToolCall[]
  readonly finish: Finish | null
  readonly usage: Usage | null
}

export const startStream: StreamState = { open: null, blocks: 0, calls: [], finish: null, usage: null }

type Step = readonly [StreamState, readonly LanguageModelV3StreamPart[]]

export function readPart(state: StreamState, part: StreamPart): Step {
  switch (part.kind) {
    case 'text-delta':
    case 'refusal-delta':
      return say(state, 'text', part.text)
    case 'reasoning-delta':
      return say(state, 'reasoning', part.text)
    case 'reasoning-seal': {
      const [thinking, begun] = state.open?.kind === 'reasoning' ? [state, []] : begin(state, 'reasoning')
      const ended = { type: 'reasoning-end', id: thinking.open!.id, ...sealMetadata(part.sealed) } as const
      return [{ ...thinking, open: null }, [...begun, ended]]
    }
    case 'tool-call-start': {
      const [closed, ended] = closeBlock(state)
      const { index, id, name } = part
      const calls = [...closed.calls, { index, id, name, input: '' }]
      return [{ ...closed, calls }, [...ended, { type: 'tool-input-start', id, toolName: name }]]
    }
    case 'tool-call-delta':
      return addInput(state, part.index, part.argumentsText)
    case 'finish':
      return [{ ...state, finish: part.finish }, []]
    case 'usage':
      return [{ ...state, usage: part.usage }, []]
    // The model is told of beside; logprobs are not asked for, and hosted tools are none of the SDK's.
    case 'start':
    case 'logprobs':
    case 'opaque':
      return [state, []]
    default:
      return unreachable(part)
  }
}

function say(state: StreamState, kind: Block['kind'], text: string): Step {
  if (text === '') return [state, []]
  const [open, begun] = state.open?.kind === kind ? [state, []] : begin(state, kind)
  return [open, [...begun, { type: `${kind}-delta`, id: open.open!.id, delta: text }]]
}

function begin(state: StreamState, kind: Block['kind']): Step {
  const [closed, ended] = closeBlock(state)
  const open = { kind, id: String(closed.blocks) }
  return [{ ...closed, open, blocks: closed.blocks + 1 }, [...ended, { type: `${kind}-start`, id: open.id }]]
}

function closeBlock(state: StreamState): Step {
  if (state.open === null) return [state, []]
  return [{ ...state, open: null }, [{ type: `${state.open.kind}-end`, id: state.open.id }]]
}

function addInput(state: StreamState, index: number, delta: string): Step {
  const call = state.calls.find((one) => one.index === index)
  if (call === undefined || delta === '') return [state, []]
  const calls = state.calls.map((one) => (one === call ? { ...one, input: one.input + delta } : one))
  return [{ ...state, calls }, [{ type: 'tool-input-delta', id: call.id, delta }]]
}

/** Vendors may interleave calls: each is whole only when the answer is. */
export function endOfAnswer(state: StreamState): readonly LanguageModelV3StreamPart[] {
  const [, ended] = closeBlock(state)
  const calls = state.calls.flatMap(({ id, name, input }): LanguageModelV3StreamPart[] => [
    { type: 'tool-input-end', id },
    { type: 'tool-call', toolCallId: id, toolName: name, input: input || '{}' },
  ])
  return [...ended, ...calls]
}

/** A stream that broke off: what was begun is closed, and no call of a tool passes for whole. */
export const endOfBroken = (state: StreamState): readonly LanguageModelV3StreamPart[] => closeBlock(state)[1]
