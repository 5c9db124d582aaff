import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anEnvelope,
  anyAnswer,
  anyFailure,
  anyRequest,
  anyStream,
} from '../../test/support/wire-arbitraries.ts'
import { cutsOf, framesOf, singleBytes, watched } from '../../test/support/wire-streams.ts'
import type { Answer, StreamPart } from '../domain/answer.ts'
import { consequences, type FailureKind, failure } from '../domain/failure.ts'
import type { Request } from '../domain/request.ts'
import { noRoutingOptions } from '../domain/routing-options.ts'
import type { Decoded, VendorSide, WireFormat } from './wire-format.ts'

/** A stream as a vendor sent it. */
export type Recording = { readonly name: string; readonly bytes: Uint8Array; readonly complete: boolean }

const vendors: readonly VendorSide[] = [
  { model: 'small', quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' } },
  { model: 'big "one"', quirks: { streamUsageOption: false, maxTokensField: 'max_completion_tokens' } },
]

/** What a format can say; requests, answers and streams with nothing in them that it has no place for. */
export type Expressible = {
  readonly requests: fc.Arbitrary<Request>
  readonly answers: fc.Arbitrary<Answer>
  /** From `start` to `finish` and `usage`, at least three parts. */
  readonly streams: fc.Arbitrary<StreamPart[]>
  /** The format writes the finish with the end of a stream: no stream of it breaks off between the two. */
  readonly finishWithEnd?: true
}

const everything: Expressible = { requests: anyRequest, answers: anyAnswer, streams: anyStream }

/** What every wire format does. */
export function wireFormatContract(
  format: WireFormat,
  recordings: readonly Recording[],
  expressible: Expressible = everything,
): void {
  describe(`the contract of a wire format: ${format.name}`, () => {
    describe('a request', () => requests(format, expressible.requests))
    describe('an answer', () => answers(format, expressible.answers))
    describe('a stream', () => streams(format, expressible))
    describe('a recorded stream', () => recorded(format, recordings))
    describe('a failure', () => failures(format))
  })
}

function requests(format: WireFormat, anyRequest: Expressible['requests']): void {
  it.each(vendors)('says the same after encoding and decoding, to $model', (to) => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const {
          model,
          request: read,
          options,
        } = decoded(format.decodeRequest(JSON.parse(format.encodeRequest(request, to))))
        expect(model).toBe(to.model)
        expect(options).toEqual(noRoutingOptions)
        expect({ ...read, extra: {} }).toEqual({ ...request, from: format.name, extra: {} })
        expect(read.extra).toMatchObject(request.extra)
      }),
    )
  })

  it.each(vendors)('says the same after being edited, but for the model, to $model', (to) => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const text = format.encodeRequest(request, { ...to, model: 'auto' })
        const { model, request: read } = decoded(
          format.decodeRequest(JSON.parse(format.editRequest(text, to))),
        )
        expect(model).toBe(to.model)
        expect({ ...read, extra: {} }).toEqual({ ...request, from: format.name, extra: {} })
        expect(read.extra).toMatchObject(request.extra)
      }),
    )
  })

  it('is decoded or rejected with a reason, whatever the client sends', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const read = format.decodeRequest(body)
        if (read.kind === 'failed') expect(read.failure).toMatchObject({ kind: 'rejected', message: /./ })
      }),
    )
  })
}

function answers(format: WireFormat, anyAnswer: Expressible['answers']): void {
  it('says the same after encoding and decoding', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const body: unknown = JSON.parse(JSON.stringify(format.encodeAnswer(answer, anEnvelope())))
        const read = decoded(format.decodeAnswer(body))
        expect({ ...read, finish: read.finish.kind }).toEqual({
          ...answer,
          model: anEnvelope().model,
          finish: answer.finish.kind,
        })
      }),
    )
  })

  it('is decoded or a failure, whatever the vendor sends', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(['decoded', 'failed']).toContain(format.decodeAnswer(body).kind)
      }),
    )
  })
}

function streams(format: WireFormat, { streams: anyStream, finishWithEnd }: Expressible): void {
  const encoded = (parts: readonly StreamPart[], usage: boolean) => {
    const { part, end } = format.encodeStream(anEnvelope(), { usage })
    return { body: parts.map(part).join(''), end: end() }
  }

  it('says the same after encoding and decoding, cut anywhere', () => {
    fc.assert(
      fc.property(anyStream, fc.array(fc.nat(), { maxLength: 4 }), (parts, places) => {
        const { body, end } = encoded(parts, true)
        const seen = watched(format.streamDecoder, pieces(Buffer.from(body + end), places))
        expect(seen.parts.map(comparable)).toEqual(parts.map(comparable))
        expect(seen.failures).toEqual([])
      }),
    )
  })

  it('goes on where it broke off, under the same name, as if it had never stopped', () => {
    fc.assert(
      fc.property(anyStream, fc.nat(), (parts, cut) => {
        const at = (finishWithEnd ? 1 : 2) + (cut % (parts.length - 2))
        const before = encoded(parts.slice(0, at), false).body
        let state = format.streamDecoder.start
        for (const { event } of framesOf([Buffer.from(before)]))
          if (event !== null) state = format.streamDecoder.read(state, event).state
        const { part, end } = format.resumeStream(state, { usage: true })
        const rest = parts.slice(at).map(part).join('') + end()
        // As if it had been written in one go: nothing is said twice, ids and numbers go on.
        const whole = encoded(parts, true)
        const lines = (text: string) => text.replaceAll(',"usage":null', '')
        expect(lines(before + rest)).toBe(lines(whole.body + whole.end))
      }),
    )
  })

  it('has no usage for a client who did not ask for it', () => {
    fc.assert(
      fc.property(anyStream, (parts) => {
        const { body, end } = encoded(parts, false)
        const seen = watched(format.streamDecoder, [Buffer.from(body + end)])
        expect(seen.parts.map(comparable)).toEqual(
          parts.filter(({ kind }) => kind !== 'usage').map(comparable),
        )
      }),
    )
  })

  it('never looks complete once it has failed', () => {
    fc.assert(
      fc.property(anyStream, fc.nat(), anyFailure, (parts, cut, why) => {
        const before = parts.slice(0, 1 + (cut % (parts.length - 2)))
        const { body, end } = encoded(before, false)
        const failed = format.encodeStreamFailure(why)
        const seen = watched(format.streamDecoder, [Buffer.from(body + failed)])
        expect(seen.failures).toHaveLength(1)
        expect(seen.parts.map(comparable)).toEqual(before.map(comparable))
        expect(failed).not.toContain(end)
      }),
    )
  })

  it('is read or skipped, whatever an event holds', () => {
    const anything = fc.record({ name: fc.string(), data: fc.oneof(fc.string(), fc.json()) })
    fc.assert(
      fc.property(fc.array(anything), (events) => {
        let state = format.streamDecoder.start
        for (const event of events) state = format.streamDecoder.read(state, event).state
      }),
    )
  })
}

function recorded(format: WireFormat, recordings: readonly Recording[]): void {
  const { streamDecoder } = format

  it.each(recordings)('$name reads the same cut at every byte', ({ bytes }) => {
    const whole = watched(streamDecoder, [bytes])
    expect(whole.parts.length).toBeGreaterThan(1)
    for (const cut of cutsOf(bytes)) expect(watched(streamDecoder, cut)).toEqual(whole)
    expect(watched(streamDecoder, singleBytes(bytes))).toEqual(whole)
  })

  it.each(recordings)('$name is relayed byte for byte', ({ bytes }) => {
    for (const cut of cutsOf(bytes)) {
      expect(Buffer.concat(framesOf(cut).map((frame) => frame.bytes)).equals(bytes)).toBe(true)
    }
  })

  it.each(recordings)('$name starts once, and finishes once if it is complete', ({ bytes, complete }) => {
    const { parts, failures } = watched(streamDecoder, [bytes])
    expect(parts.filter(({ kind }) => kind === 'start')).toHaveLength(1)
    expect(parts.filter(({ kind }) => kind === 'finish')).toHaveLength(complete ? 1 : 0)
    expect(failures).toHaveLength(complete ? 0 : 1)
  })

  it.each(recordings)('$name broken off says the beginning of the same', ({ bytes }) => {
    const whole = watched(streamDecoder, [bytes]).parts
    for (const [beginning] of cutsOf(bytes)) {
      const { parts } = watched(streamDecoder, [beginning])
      expect(parts).toEqual(whole.slice(0, parts.length))
    }
  })

  it.each(recordings)('$name says the same when it is encoded anew', ({ bytes, complete }) => {
    const { parts } = watched(streamDecoder, [bytes])
    const { part, end } = format.encodeStream(anEnvelope(), { usage: true })
    const again = watched(streamDecoder, [Buffer.from(parts.map(part).join('') + end())])
    const usage = parts.findLast(({ kind }) => kind === 'usage')
    const expected = [...parts.filter(({ kind }) => kind !== 'usage'), ...(usage ? [usage] : [])]
    expect(again.parts.map(comparable)).toEqual(expected.map(comparable))
    expect(again.parts.some(({ kind }) => kind === 'finish')).toBe(complete)
  })
}

function failures(format: WireFormat): void {
  const roundTrip = (kind: FailureKind) => {
    const { status, body } = format.encodeFailure(failure(kind, 'Because.'))
    return { status, read: format.decodeFailure({ status, headers: {}, body: JSON.stringify(body) }) }
  }

  it.each(Object.keys(consequences) as FailureKind[])(
    '%s has the status of the table and its message',
    (kind) => {
      const { status, read } = roundTrip(kind)
      expect(status).toBe(consequences[kind].status)
      expect(read.message).toContain('Because.')
    },
  )

  it.each(['rejected', 'context-exceeded', 'content-filtered', 'rate-limited'] as const)(
    '%s is still that behind another gateway',
    (kind) => {
      expect(roundTrip(kind).read).toMatchObject({ kind, code: consequences[kind].code })
    },
  )

  it.each([
    'timed-out',
    'unavailable',
    'overloaded',
    'credential',
    'quota',
    'truncated',
    'unreadable',
  ] as const)('%s behind another gateway does not keep other models from being tried', (kind) => {
    expect(consequences[roundTrip(kind).read.kind].otherModel).toBe(true)
  })

  it('is read from any reply', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        const read = format.decodeFailure({ status, headers: {}, body })
        expect(read.vendorStatus).toBe(status)
        expect(read.message.length).toBeLessThan(800)
      }),
    )
  })
}

function decoded<T>(result: Decoded<T>): T {
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

/** The envelope's model and the unified finish are what a re-encoded stream keeps. */
const comparable = (part: StreamPart): unknown => {
  if (part.kind === 'start') return part.kind
  return part.kind === 'finish' ? { kind: part.kind, finish: part.finish.kind } : part
}

function pieces(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length))
}
