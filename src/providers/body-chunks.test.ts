import { PassThrough, Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BodyChunks } from './body-chunks.ts'

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Uint8Array[] = []
  for await (const chunk of chunks) read.push(chunk)
  return Buffer.concat(read).toString()
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('every byte comes, in order, however they were written and whenever they are read', async () => {
  const pieces = fc.array(fc.record({ text: fc.string({ maxLength: 9 }), pause: fc.boolean() }), {
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (written, late) => {
      const body = new PassThrough({ highWaterMark: 8 })
      const chunks = new BodyChunks(body)
      const writing = (async () => {
        for (const { text, pause } of written) {
          body.write(text)
          if (pause) await nextTurn()
        }
        body.end()
      })()
      if (late) await writing
      expect(await textOf(chunks)).toBe(written.map(({ text }) => text).join(''))
    }),
  )
})

test('after the end there is nothing more, however often one asks', async () => {
  const chunks = new BodyChunks(Readable.from([Buffer.from('a')], { objectMode: false }))
  expect(await textOf(chunks)).toBe('a')
  expect(await chunks.next()).toEqual({ done: true, value: undefined })
})

test('an error reaches the one who waits, and everyone who asks after it', async () => {
  const body = new PassThrough()
  const chunks = new BodyChunks(body)
  const waiting = chunks.next()
  body.destroy(new Error('reset'))
  await expect(waiting).rejects.toThrow('reset')
  await expect(chunks.next()).rejects.toThrow('reset')
})

test('an error that nobody waits for is kept, and ends nothing', async () => {
  const body = new PassThrough()
  const chunks = new BodyChunks(body)
  body.destroy(new Error('reset'))
  await nextTurn()
  await expect(chunks.next()).rejects.toThrow('reset')
})

test('a stream that is closed without its end never passes for a whole one', async () => {
  const body = new PassThrough()
  const chunks = new BodyChunks(body)
  body.write('half')
  expect(Buffer.from((await chunks.next()).value!).toString()).toBe('half')
  const waiting = chunks.next()
  body.destroy()
  await expect(waiting).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
})

test('who stops reading closes the stream', async () => {
  const body = new PassThrough()
  body.write('first')
  for await (const chunk of new BodyChunks(body)) {
    expect(Buffer.from(chunk).toString()).toBe('first')
    break
  }
  expect(body.destroyed).toBe(true)
})
