import type { StreamPart } from '../../src/domain/answer.ts'
import type { Failure } from '../../src/domain/failure.ts'
import { type Frame, readSse, restOfSse, startSse } from '../../src/wire/sse.ts'
import type { StreamDecoder } from '../../src/wire/wire-format.ts'

export function framesOf(chunks: readonly Uint8Array[]): Frame[] {
  const frames: Frame[] = []
  let state = startSse()
  for (const chunk of chunks) {
    const read = readSse(state, chunk)
    state = read.state
    frames.push(...read.frames)
  }
  const rest = restOfSse(state)
  return rest === null ? frames : [...frames, rest]
}

export type Watched = {
  readonly parts: StreamPart[]
  readonly failures: Failure[]
  /** One for each event. */
  readonly usageOnly: boolean[]
}

/** What a decoder makes of a stream that arrives in these chunks. */
export function watched<State>(decoder: StreamDecoder<State>, chunks: readonly Uint8Array[]): Watched {
  const seen: Watched = { parts: [], failures: [], usageOnly: [] }
  let state = decoder.start
  for (const { event } of framesOf(chunks)) {
    if (event === null) continue
    const read = decoder.read(state, event)
    state = read.state
    seen.parts.push(...read.parts)
    if (read.failure !== null) seen.failures.push(read.failure)
    seen.usageOnly.push(read.usageOnly)
  }
  return seen
}

/** The bytes in two chunks, for each place to cut them. */
export function* cutsOf(bytes: Uint8Array): Generator<[Uint8Array, Uint8Array]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
}

export const singleBytes = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1))
