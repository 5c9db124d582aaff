import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutsOf, framesOf, singleBytes } from '../../test/support/wire-streams.ts'
import { readSse, startSse } from './sse.ts'
import type { ServerEvent } from './wire-format.ts'

const eventsOf = (chunks: readonly Uint8Array[]) =>
  framesOf(chunks).flatMap(({ event }) => (event === null ? [] : [event]))

const read = (text: string) => eventsOf([Buffer.from(text)])
const data = (...texts: string[]): ServerEvent[] => texts.map((text) => ({ name: '', data: text }))

describe('an event', () => {
  it.each([
    ['one line', 'data: a\n\n', data('a')],
    ['no space after the colon', 'data:a\n\n', data('a')],
    ['only the first space taken off', 'data:  a \n\n', data(' a ')],
    ['several data lines', 'data: a\ndata: b\ndata\n\n', data('a\nb\n')],
    ['carriage returns', 'data: a\r\rdata: b\r\r', data('a', 'b')],
    ['carriage returns and line feeds', 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', data('a\nb', 'c')],
    ['mixed line ends', 'data: a\n\r\ndata: b\r\n\ndata: c\r\n\r\n', data('a', 'b', 'c')],
    ['a name', 'event: error\ndata: a\n\n', [{ name: 'error', data: 'a' }]],
    ['comments within', ': hi\ndata: a\n:ho\n\n', data('a')],
    ['fields that nobody reads', 'id: 7\nretry: 10\nother: x\ndata: a\n\n', data('a')],
    ['an empty data line', 'data\n\n', data('')],
    ['a byte order mark before it', '\uFEFFdata: a\n\n', data('a')],
    ['blank lines before it', '\n\r\n\ndata: a\n\n', data('a')],
    ['more blank lines after it', 'data: a\n\n\n\ndata: b\n\n', data('a', 'b')],
    ['no end', 'data: a\n\ndata: b', data('a', 'b')],
    ['one line end at the end of the stream', 'data: a\n', data('a')],
  ])('has %s', (_, text, events) => {
    expect(read(text)).toEqual(events)
    for (const cut of cutsOf(Buffer.from(text))) expect(eventsOf(cut)).toEqual(events)
    expect(eventsOf(singleBytes(Buffer.from(text)))).toEqual(events)
  })

  it('has nothing to dispatch where it is a comment, a name or white space alone', () => {
    expect(framesOf([Buffer.from(': keep-alive\n\nevent: ping\n\n\n')]).map(({ event }) => event)).toEqual([
      null,
      null,
      null,
    ])
  })

  it('takes a byte order mark off the first event only', () => {
    expect(read('data: a\n\n\uFEFFdata: b\n\n')).toEqual(data('a'))
  })

  it('survives a cut within a character', () => {
    const bytes = Buffer.from('data: 北京 🎉\n\n')
    for (const cut of cutsOf(bytes)) expect(eventsOf(cut)).toEqual(data('北京 🎉'))
  })

  it('is given out with its last byte, not with the next event', () => {
    expect(readSse(startSse(), Buffer.from('data: a\r\n\r')).frames).toHaveLength(1)
    expect(readSse(startSse(), Buffer.from('data: a\n\n')).frames).toHaveLength(1)
  })
})

describe('frames', () => {
  it('end after the whole of their last line end', () => {
    const texts = (text: string) =>
      framesOf([Buffer.from(text)]).map(({ bytes }) => Buffer.from(bytes).toString())
    expect(texts('data: a\r\n\r\ndata: b\r\n\r\n')).toEqual(['data: a\r\n\r\n', 'data: b\r\n\r\n'])
    expect(texts('data: a\n\n: hi\n\ndata: b\r\r')).toEqual(['data: a\n\n', ': hi\n\n', 'data: b\r\r'])
  })

  const anyBytes = fc
    .array(
      fc.oneof(
        fc.constantFrom('data: a', 'data', 'event:x', ':', 'é', '\uFEFF', ' '),
        fc.constantFrom('\n', '\r', '\r\n', '\n\n'),
      ),
    )
    .map((pieces) => Buffer.from(pieces.join('')))

  it('hold every byte of the stream, and the same events however it is cut', () => {
    fc.assert(
      fc.property(anyBytes, fc.array(fc.nat()), (bytes, places) => {
        const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
          (a, b) => a - b,
        )
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
        expect(Buffer.concat(framesOf(chunks).map((frame) => frame.bytes)).equals(bytes)).toBe(true)
        expect(eventsOf(chunks)).toEqual(eventsOf([bytes]))
      }),
    )
  })

  it('are read from a view into a larger buffer', () => {
    const whole = new TextEncoder().encode('xxdata: a\n\nxx')
    expect(eventsOf([whole.subarray(2, -2)])).toEqual(data('a'))
  })
})

describe('the state', () => {
  it('can be read from twice: reading changes nothing', () => {
    const { state } = readSse(startSse(), Buffer.from('data: a'))
    const first = readSse(state, Buffer.from('b\n\n'))
    const second = readSse(state, Buffer.from('c\n\n'))
    expect(first.frames[0]?.event?.data).toBe('ab')
    expect(second.frames[0]?.event?.data).toBe('ac')
  })

  it('keeps few pieces of an event that comes in very many', () => {
    let state = startSse()
    for (let count = 0; count < 20_000; count++) state = readSse(state, Buffer.from('x')).state
    let pieces = 0
    for (let piece = state.pending; piece !== null; piece = piece.before) pieces++
    expect(pieces).toBeLessThan(20)
    expect(readSse(state, Buffer.from('\n\n')).frames[0]?.bytes.length).toBe(20_002)
  })
})

describe('an event over the limit', () => {
  it('is an overflow, after the whole events before it', () => {
    const result = readSse(startSse(20), Buffer.from(`data: a\n\ndata: ${'b'.repeat(30)}\n\n`))
    expect(result.frames.map(({ event }) => event?.data)).toEqual(['a'])
    expect(result.overflow).toBe(true)
  })

  it('is an overflow also where it comes bit by bit, and holds no bytes then', () => {
    let read = readSse(startSse(20), Buffer.from('data: '))
    for (let count = 0; count < 14; count++) read = readSse(read.state, Buffer.from('b'))
    expect(read.overflow).toBe(false)
    read = readSse(read.state, Buffer.from('b'))
    expect(read.overflow).toBe(true)
    expect(read.state.pending).toBeNull()
    expect(readSse(read.state, Buffer.from('\n\ndata: c\n\n'))).toMatchObject({ frames: [], overflow: true })
  })

  it('may be exactly as long as the limit', () => {
    expect(readSse(startSse(9), Buffer.from('data: a\n\n')).overflow).toBe(false)
    expect(readSse(startSse(8), Buffer.from('data: a\n\n')).overflow).toBe(true)
  })
})
