/**
 * Cuts a byte stream into server-sent events (WHATWG HTML 9.2.6) as a reducer: no I/O, each byte looked at once.
 * A frame keeps the event's own bytes, so that a stream of the client's format is relayed untouched.
 */
import type { ServerEvent } from './wire-format.ts'

/**
 * `bytes` is the whole event with its blank line, and any line ends that stood before it.
 * `event` is null where there is nothing to dispatch: comments, keep-alives, `retry:`.
 */
export type Frame = { readonly bytes: Uint8Array; readonly event: ServerEvent | null }

/**
 * Where in an event the bytes read so far end. `leading`: before its first line. `overflowed` is for good: the stream
 * sent an event larger than the limit and can't be followed any further.
 */
type Place = 'leading' | 'in-line' | 'after-line-feed' | 'after-return' | 'overflowed'

type Piece = { readonly bytes: Buffer; readonly before: Piece | null }

export type SseState = {
  readonly place: Place
  /** The bytes of the event that has not ended yet, last piece first. */
  readonly pending: Piece | null
  readonly pendingBytes: number
  readonly maxEventBytes: number
  /** No event has ended yet: a byte order mark may come. */
  readonly first: boolean
}

export type SseRead = {
  readonly state: SseState
  readonly frames: readonly Frame[]
  /** An event outgrew the limit. The frames before it are whole; nothing after it will be read. */
  readonly overflow: boolean
}

const lineFeed = 10
const carriageReturn = 13
const defaultMaxEventBytes = 8 * 1024 * 1024

export const startSse = (maxEventBytes = defaultMaxEventBytes): SseState => ({
  place: 'leading',
  pending: null,
  pendingBytes: 0,
  maxEventBytes,
  first: true,
})

export function readSse(state: SseState, chunk: Uint8Array): SseRead {
  if (state.place === 'overflowed') return { state, frames: [], overflow: true }
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  const hasReturns = bytes.indexOf(carriageReturn) !== -1
  const frames: Frame[] = []
  let { place, pending, pendingBytes, first } = state
  let from = 0
  for (;;) {
    const scan = scanEvent(bytes, from, place, hasReturns)
    const length = scan.at - from
    if (pendingBytes + length > state.maxEventBytes) return overflow(state, frames)
    if (!scan.ended) {
      if (length > 0) pending = push(pending, bytes.subarray(from))
      pendingBytes += length
      return {
        state: { ...state, place: scan.place, pending, pendingBytes, first },
        frames,
        overflow: false,
      }
    }
    const part = bytes.subarray(from, scan.at)
    frames.push(frameOf(pending === null ? part : joined({ bytes: part, before: pending }), first))
    place = 'leading'
    pending = null
    pendingBytes = 0
    first = false
    from = scan.at
  }
}

/**
 * What is left of a stream that ended without a blank line; null where nothing is. The standard drops it, but vendors
 * do forget the last line end, so it is read as an event and its use left to the caller.
 */
export const restOfSse = ({ pending, first }: SseState): Frame | null =>
  pending === null ? null : frameOf(joined(pending), first)

const overflow = (state: SseState, frames: readonly Frame[]): SseRead => ({
  state: { ...state, place: 'overflowed', pending: null, pendingBytes: 0 },
  frames,
  overflow: true,
})

/** A comment: seen on the way and by whoever reads the bytes, and by no client's program. */
export const comment = (text: string): Uint8Array => Buffer.from(`: ${text.replace(/[\r\n]+/g, ' ')}\n\n`)

type Scan = { readonly ended: boolean; readonly at: number; readonly place: Place }

/** Goes to the end of the event that `from` is in, or to the end of the bytes. */
function scanEvent(bytes: Buffer, from: number, start: Place, hasReturns: boolean): Scan {
  let place = start
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]!
    if (place === 'in-line') {
      at = hasReturns ? lineEnd(bytes, at) : skipToBlankLine(bytes, at)
      if (at === bytes.length) break
      place = bytes[at++] === lineFeed ? 'after-line-feed' : 'after-return'
    } else if (byte !== lineFeed && byte !== carriageReturn) {
      place = 'in-line'
    } else if (place === 'leading') {
      at++
    } else if (byte === lineFeed && place === 'after-return') {
      place = 'after-line-feed'
      at++
    } else {
      // The line feed of a final \r\n may still be on its way: the event is given out now, and the line feed then
      // leads the next one.
      const pair = byte === carriageReturn && bytes[at + 1] === lineFeed
      return { ended: true, at: at + (pair ? 2 : 1), place: 'leading' }
    }
  }
  return { ended: false, at, place }
}

/** The last line end before the next blank line, so that lines within an event cost nothing of their own. */
function skipToBlankLine(bytes: Buffer, from: number): number {
  const blank = bytes.indexOf('\n\n', from, 'latin1')
  if (blank !== -1) return blank
  return bytes[bytes.length - 1] === lineFeed ? bytes.length - 1 : bytes.length
}

function lineEnd(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++
  return at
}

/**
 * Adds a piece and merges it with those before it that are no longer than what has been gathered. A merged piece is at
 * least twice as long as each old one in it, so n bytes in chunks of any size cost O(n log n) copies and few pieces.
 */
function push(pending: Piece | null, bytes: Buffer): Piece {
  let before = pending
  let length = bytes.length
  const merged = [bytes]
  while (before !== null && before.bytes.length <= length) {
    length += before.bytes.length
    merged.push(before.bytes)
    before = before.before
  }
  return { bytes: merged.length === 1 ? bytes : Buffer.concat(merged.reverse(), length), before }
}

function joined(last: Piece): Buffer {
  const pieces: Buffer[] = []
  for (let piece: Piece | null = last; piece !== null; piece = piece.before) pieces.push(piece.bytes)
  return pieces.length === 1 ? last.bytes : Buffer.concat(pieces.reverse())
}

const byteOrderMark = '\uFEFF'

function frameOf(bytes: Buffer, first: boolean): Frame {
  const text = bytes.toString('utf8')
  return { bytes, event: eventOf(first && text.startsWith(byteOrderMark) ? text.slice(1) : text) }
}

function eventOf(text: string): ServerEvent | null {
  // Nearly every event is one `data:` line between line feeds.
  if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2 && !text.includes('\r')) {
    return { name: '', data: text.slice(6, -2) }
  }
  let name = ''
  let data: string | null = null
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data = data === null ? value : `${data}\n${value}`
    else if (field === 'event') name = value
  }
  return data === null ? null : { name, data }
}
