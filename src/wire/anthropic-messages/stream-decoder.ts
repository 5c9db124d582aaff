import type { StreamPart } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { asObject, asText, isObject, type JsonObject, parsedJson } from '../lenient.ts'
import type { StreamDecoder, StreamRead } from '../wire-format.ts'
import { failureOfError } from './decode-failure.ts'
import { decodeFinish } from './finish.ts'
import { type OpenBlock, readBlockDelta, readBlockStart, readBlockStop } from './stream-blocks.ts'
import { decodeUsage, laterUsage } from './usage.ts'

export type MessagesStreamState = {
  /** As `message_start` has it; `null` before. */
  readonly head: { readonly id: string; readonly model: string } | null
  /** The vendor's own counts so far. */
  readonly usage: JsonObject
  readonly block: OpenBlock | null
  /** The next block's index for a client. */
  readonly nextBlock: number
  /** Calls of tools that have begun. */
  readonly calls: number
  /** The finish part went out. */
  readonly ended: boolean
}

export const streamDecoder: StreamDecoder<MessagesStreamState> = {
  start: { head: null, usage: {}, block: null, nextBlock: 0, calls: 0, ended: false },
  read: (state, { name, data }) => {
    const event = parsedJson(data)
    if (isObject(event)) return readEvent(state, asText(event.type) || name, event)
    if (name === 'error') return failed(state, failureOfError(data))
    // Half an event had words in it that are lost: what follows would look whole and have a hole. Anything else is noise.
    return data.trimStart().startsWith('{')
      ? failed(state, brokenEvent())
      : { ...nothing(state), malformed: true }
  },
}

export type Read = StreamRead<MessagesStreamState>

const nothing = (state: MessagesStreamState): Read => ({
  state,
  parts: [],
  failure: null,
  usageOnly: false,
})

const failed = (state: MessagesStreamState, why: Failure): Read => ({
  ...nothing(state),
  failure: why,
})

const said = (state: MessagesStreamState, ...parts: readonly StreamPart[]): Read => ({
  ...nothing(state),
  parts,
})

const brokenEvent = (): Failure =>
  failure('unreadable', "An event of the vendor's stream is broken, so that a part of the answer is lost.")

/** Events of kinds that are yet to come say nothing here, and are handed on. */
function readEvent(state: MessagesStreamState, type: string, event: JsonObject): Read {
  switch (type) {
    case 'message_start':
      return readStart(state, asObject(event.message))
    case 'content_block_start':
      return readBlockStart(state, event)
    case 'content_block_delta':
      return readBlockDelta(state, asObject(event.delta))
    case 'content_block_stop':
      return readBlockStop(state)
    case 'message_delta':
      return readMessageDelta(state, event)
    case 'message_stop':
      return { ...nothing(state), ended: true }
    case 'error':
      return failed(state, failureOfError(event))
    default:
      return event.error ? failed(state, failureOfError(event)) : nothing(state)
  }
}

function readStart(state: MessagesStreamState, message: JsonObject): Read {
  if (state.head !== null) return nothing(state)
  const head = { id: asText(message.id), model: asText(message.model) }
  const usage = laterUsage(state.usage, message.usage)
  return said({ ...state, head, usage }, { kind: 'start', model: head.model })
}

/** Usage comes after the reason to stop, in one event with it. */
function readMessageDelta(state: MessagesStreamState, event: JsonObject): Read {
  const usage = laterUsage(state.usage, event.usage)
  const delta = asObject(event.delta)
  const parts: StreamPart[] = []
  const ends = !state.ended && asText(delta.stop_reason) !== ''
  if (ends) parts.push({ kind: 'finish', finish: decodeFinish(delta, state.calls > 0) })
  const told = event.usage === undefined ? null : decodeUsage(usage)
  if (told !== null) parts.push({ kind: 'usage', usage: told })
  return said({ ...state, usage, ended: state.ended || ends }, ...parts)
}
