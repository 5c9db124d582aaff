/** Follows a vendor's stream beside its relay: what it says, what it costs, whether it is complete. No I/O. */

import type { Finish, StreamPart, Usage } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { type Frame, readSse, restOfSse, startSse } from '../../wire/sse.ts'
import type { ServerEvent, WireFormat } from '../../wire/wire-format.ts'
import { oneBuffer } from './read-body.ts'

/** A wire format with its end marker (`data: [DONE]`), to know it by and to supply where a vendor leaves it out. */
export type StreamCodec = {
  readonly format: WireFormat
  readonly endMarker: { readonly bytes: Uint8Array; readonly event: ServerEvent } | null
}

export type StreamWatch = {
  readonly codec: StreamCodec
  /** Hand on events that hold nothing but usage. */
  readonly usageWanted: boolean
  framing: ReturnType<typeof startSse>
  decoding: unknown
  /** What the events said that were read since `takeParts`. */
  parts: StreamPart[]
  contentSeen: boolean
  outputChars: number
  usage: Usage | null
  finish: Finish | null
  failure: Failure | null
  /** The format's own end marker has been handed on. */
  endMarked: boolean
}

export function streamCodec(format: WireFormat): StreamCodec {
  const ending = format.encodeStream({ id: '', created: 0, model: '' }, { usage: false }).end()
  const [frame] = readSse(startSse(), Buffer.from(ending)).frames
  return { format, endMarker: frame?.event ? { bytes: frame.bytes, event: frame.event } : null }
}

export const watchStream = (codec: StreamCodec, usageWanted: boolean): StreamWatch => ({
  codec,
  usageWanted,
  framing: startSse(),
  decoding: codec.format.streamDecoder.start,
  parts: [],
  contentSeen: false,
  outputChars: 0,
  usage: null,
  finish: null,
  failure: null,
  endMarked: false,
})

export function takeParts(watch: StreamWatch): readonly StreamPart[] {
  const { parts } = watch
  watch.parts = []
  return parts
}

/** Reads a chunk and returns what of it the client may have: whole events, untouched, up to the first that reports a failure. */
export function readChunk(watch: StreamWatch, chunk: Uint8Array): Uint8Array | null {
  const { state, frames, overflow } = readSse(watch.framing, chunk)
  watch.framing = state
  let kept: Uint8Array[] | null = null
  for (const frame of frames) {
    if (!readFrame(watch, frame)) continue
    if (kept === null) kept = [frame.bytes]
    else kept.push(frame.bytes)
  }
  if (overflow)
    watch.failure ??= failure('unreadable', 'the stream held an event that is too large to follow')
  return kept === null ? null : oneBuffer(kept)
}

/** Reads what a stream that ended without its last blank line left over. Half an event counts for nothing. */
export function readRest(watch: StreamWatch): Uint8Array | null {
  const rest = restOfSse(watch.framing)
  if (rest === null) return null
  const { failure: before } = watch
  const keep = readFrame(watch, rest)
  watch.failure = before
  return keep && watch.finish !== null ? Buffer.concat([rest.bytes, Buffer.from('\n\n')]) : null
}

/** Whether the client gets the frame. */
function readFrame(watch: StreamWatch, { event }: Frame): boolean {
  if (watch.failure !== null || watch.endMarked) return false
  if (event === null) return true
  if (isEndMarker(watch.codec, event)) {
    return markEnd(watch)
  }
  const read = watch.codec.format.streamDecoder.read(watch.decoding, event)
  watch.decoding = read.state
  for (const part of read.parts) {
    notePart(watch, part)
    watch.parts.push(part)
  }
  // An answer that has finished is whole, whatever its vendor says after it.
  if (read.failure !== null && watch.finish === null) watch.failure = read.failure
  if (read.failure !== null || read.malformed) return false
  if (read.ended) return markEnd(watch)
  return !read.usageOnly || watch.usageWanted
}

/** Before a finish reason it is no end, and would pass a truncated answer for a whole one. */
function markEnd(watch: StreamWatch): boolean {
  if (watch.finish === null)
    watch.failure ??= failure('truncated', 'the stream was closed without a word on whether it is whole')
  watch.endMarked = watch.finish !== null
  return watch.endMarked
}

function isEndMarker({ endMarker }: StreamCodec, event: ServerEvent): boolean {
  return endMarker !== null && event.data === endMarker.event.data && event.name === endMarker.event.name
}

function notePart(watch: StreamWatch, part: StreamPart): void {
  switch (part.kind) {
    case 'start':
    case 'logprobs':
      return
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      noteContent(watch, part.text.length)
      return
    case 'reasoning-seal':
    case 'opaque':
      watch.contentSeen = true
      return
    case 'tool-call-start':
      watch.contentSeen = true
      noteContent(watch, part.name.length)
      return
    case 'tool-call-delta':
      noteContent(watch, part.argumentsText.length)
      return
    case 'finish':
      watch.finish = part.finish
      watch.contentSeen = true
      return
    case 'usage':
      watch.usage = part.usage
      return
    default:
      unreachable(part)
  }
}

function noteContent(watch: StreamWatch, chars: number): void {
  if (chars === 0) return
  watch.outputChars += chars
  watch.contentSeen = true
}
