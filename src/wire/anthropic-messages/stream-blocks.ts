/** What the blocks of a stream say: one stands open at a time, begins with what it is, and fills by deltas. */
import type { StreamPart } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import { asObject, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import { formatName } from './blocks.ts'
import type { MessagesStreamState, Read } from './stream-decoder.ts'

/** `index` is the block's place in the client's message. */
export type OpenBlock = { readonly index: number } & (
  | { readonly kind: 'text' }
  | { readonly kind: 'thinking' }
  | { readonly kind: 'redacted' }
  /** `whole` is an input that came with the block's start, which counts where no delta comes. */
  | { readonly kind: 'call'; readonly call: number; readonly whole: string }
  /** The block as it began, and its input as far as it has come. */
  | { readonly kind: 'opaque'; readonly value: JsonObject; readonly input: string }
)

const said = (state: MessagesStreamState, ...parts: readonly StreamPart[]): Read => ({
  state,
  parts,
  failure: null,
  usageOnly: false,
})

export function readBlockStart(state: MessagesStreamState, event: JsonObject): Read {
  const block = asObject(event.content_block)
  const index = state.nextBlock
  const next = { ...state, nextBlock: index + 1 }
  switch (block.type) {
    case 'text':
      return said({ ...next, block: { index, kind: 'text' } }, ...textPart(asText(block.text)))
    case 'thinking':
      return said(
        { ...next, block: { index, kind: 'thinking' } },
        ...thoughtPart(asText(block.thinking)),
        ...sealPart(asText(block.signature)),
      )
    case 'redacted_thinking': {
      const sealed = { format: formatName, data: asText(block.data), id: null, redacted: true } as const
      return said({ ...next, block: { index, kind: 'redacted' } }, { kind: 'reasoning-seal', sealed })
    }
    case 'tool_use': {
      const { calls: call } = state
      const whole =
        isObject(block.input) && Object.keys(block.input).length > 0 ? JSON.stringify(block.input) : ''
      return said(
        { ...next, calls: call + 1, block: { index, kind: 'call', call, whole } },
        {
          kind: 'tool-call-start',
          index: call,
          id: asText(block.id) || `call_${call}`,
          name: asText(block.name),
        },
      )
    }
    default:
      return said({ ...next, block: { index, kind: 'opaque', value: block, input: '' } })
  }
}

const textPart = (text: string): StreamPart[] => (text === '' ? [] : [{ kind: 'text-delta', text }])
const thoughtPart = (text: string): StreamPart[] => (text === '' ? [] : [{ kind: 'reasoning-delta', text }])
const sealPart = (data: string): StreamPart[] =>
  data === ''
    ? []
    : [{ kind: 'reasoning-seal', sealed: { format: formatName, data, id: null, redacted: false } }]

export function readBlockDelta(state: MessagesStreamState, delta: JsonObject): Read {
  switch (delta.type) {
    case 'text_delta':
      return said(state, ...textPart(asText(delta.text)))
    case 'thinking_delta':
      return said(state, ...thoughtPart(asText(delta.thinking)))
    case 'signature_delta':
      return said(state, ...sealPart(asText(delta.signature)))
    case 'input_json_delta':
      return readInput(state, asText(delta.partial_json))
    case 'citations_delta':
      return said(state, { kind: 'opaque', format: formatName, value: delta })
    default:
      return said(state)
  }
}

/** No hosted tool has an input of this size: what sends it is broken. */
const mostInputChars = 1024 * 1024

function readInput(state: MessagesStreamState, text: string): Read {
  const { block } = state
  if (text === '' || block === null) return said(state)
  if (block.kind === 'call') {
    const filling = block.whole === '' ? state : { ...state, block: { ...block, whole: '' } }
    return said(filling, { kind: 'tool-call-delta', index: block.call, argumentsText: text })
  }
  if (block.kind !== 'opaque') return said(state)
  const input = block.input + text
  if (input.length <= mostInputChars) return said({ ...state, block: { ...block, input } })
  const why = `the input of a hosted tool has more than ${mostInputChars} characters`
  return { ...said(state), failure: failure('unreadable', `The vendor's stream can't be followed: ${why}.`) }
}

/** A block that only the vendor can read is told of when it is whole. */
export function readBlockStop(state: MessagesStreamState): Read {
  const { block } = state
  const closed = { ...state, block: null }
  if (block?.kind === 'call' && block.whole !== '')
    return said(closed, { kind: 'tool-call-delta', index: block.call, argumentsText: block.whole })
  if (block?.kind !== 'opaque' || typeof block.value.type !== 'string') return said(closed)
  const input = block.input === '' ? undefined : parsedJson(block.input)
  const value = input === undefined ? block.value : { ...block.value, input }
  return said(closed, { kind: 'opaque', format: formatName, value })
}
