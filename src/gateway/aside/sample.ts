/** What is kept of a request and its answer for work beside the served path: references, until somebody looks into them. */

import type { Answer } from '../../domain/answer.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Forwarded } from '../../engine/attempts/forward.ts'
import type { StreamPart } from '../../domain/answer.ts'
import { assemble, assembled, beginAssembly } from '../../caching/assemble.ts'
import { wireFormats } from '../../wire/index.ts'
import { parsedJson } from '../../wire/lenient.ts'
import { readSse, startSse } from '../../wire/sse.ts'
import type { ServerEvent, StreamDecoder } from '../../wire/wire-format.ts'
import type { Incoming } from '../gateway.ts'

/** A request that was answered. */
export type Sample = {
  readonly incoming: Incoming
  /** The policy that served it. */
  readonly policy: Policy
  readonly decision: Decision
  readonly given: Given
}

/** As it went to the client: whole, or the frames of a stream, in the client's format, not read yet. */
export type Given =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'frames'; readonly frames: readonly Uint8Array[] }

/** Larger answers are judged by nobody. */
export const mostAnswerBytes = 512 * 1024

/** Looks on while a request is answered. Nothing of the answer changes, and nobody waits. */
export type Watch = {
  /** The strategy had the answer in hand. */
  readonly whole: (answer: Answer) => void
  /** What is to be handed on in its place: the same, seen as it passes. */
  readonly see: (forwarded: Forwarded) => Forwarded
  /** `end`: what the client was told at the end; `null`: the answer is whole. */
  readonly over: (end: Failure | null) => void
}

type Subject = Omit<Sample, 'given'>

/** `bytes`: about what the sample keeps in memory. */
export function openWatch(subject: Subject, done: (sample: Sample, bytes: number) => void): Watch {
  let given: Given | null = null
  let bytes = 0
  return {
    whole: (answer) => {
      given = { kind: 'answer', answer }
      bytes = JSON.stringify(answer.parts).length
    },
    see: (forwarded) => {
      if (forwarded.kind === 'failed') return forwarded
      if (forwarded.kind === 'buffered') {
        given = { kind: 'answer', answer: forwarded.answer }
        bytes = forwarded.bytes.length
        return forwarded
      }
      const kept: Uint8Array[] = []
      given = { kind: 'frames', frames: kept }
      const keep = (frame: Uint8Array): void => {
        bytes += frame.length
        if (bytes <= mostAnswerBytes) kept.push(frame)
        else kept.length = 0
      }
      return { ...forwarded, frames: seen(forwarded.frames, keep) }
    },
    over: (end) => {
      if (end !== null || given === null || bytes > mostAnswerBytes) return
      done({ ...subject, given }, bytes + weightOf(subject.incoming))
    },
  }
}

/** The same frames, at the same moments. */
function seen(
  frames: AsyncIterableIterator<Uint8Array>,
  keep: (frame: Uint8Array) => void,
): AsyncIterableIterator<Uint8Array> {
  const look = (step: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    if (step.done !== true) keep(step.value)
    return step
  }
  return {
    next: async () => look(await frames.next()),
    ...(frames.return && { return: (value) => frames.return!(value) }),
    ...(frames.throw && { throw: (error) => frames.throw!(error) }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** A decision with its candidates, roughly. */
const recordBytes = 16 * 1024

/** The text and what was decoded of it; a request that was handed over as a value is weighed by its texts. */
function weightOf({ text, asked }: Incoming): number {
  let chars = recordBytes + 2 * text.length
  for (const { content } of asked.request.messages)
    for (const part of content) {
      if (part.kind === 'text') chars += part.text.length
      if (part.kind === 'image') chars += part.url.length
      if (part.kind === 'tool-call') chars += part.argumentsText.length
    }
  return chars
}

/** `null`: it can't be told from what the client got. */
export function answerOf({ incoming, given }: Sample): Answer | null {
  if (given.kind === 'answer') return given.answer
  const format = wireFormats.find(({ name }) => name === incoming.format.name)
  if (format !== undefined) return decoded(given.frames, format.streamDecoder)
  return incoming.format.name === 'fairlead' ? decoded(given.frames, ownParts) : null
}

/** Streams in Fairlead's own form have a part for an event. */
const ownParts: StreamDecoder<null> = {
  start: null,
  read: (state, { data }) => {
    const part = parsedJson(data) as StreamPart | undefined
    return { state, parts: part === undefined ? [] : [part], failure: null, usageOnly: false }
  },
}

function decoded<State>(frames: readonly Uint8Array[], decoder: StreamDecoder<State>): Answer | null {
  const assembly = beginAssembly(mostAnswerBytes)
  let state = decoder.start
  for (const event of eventsIn(frames)) {
    const read = decoder.read(state, event)
    if (read.failure !== null) return null
    state = read.state
    for (const part of read.parts) if (!assemble(assembly, part)) return null
  }
  return assembled(assembly, null)
}

function* eventsIn(frames: readonly Uint8Array[]): Generator<ServerEvent> {
  let state = startSse()
  for (const frame of frames) {
    const read = readSse(state, frame)
    state = read.state
    for (const { event } of read.frames) if (event !== null) yield event
  }
}
