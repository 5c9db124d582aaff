import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameOf, readFrames } from './frames.ts'

const bytes = new TextEncoder()

async function read(text: string, cuts: readonly number[]) {
  const whole = bytes.encode(text)
  const edges = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const [index, edge] of edges.slice(1).entries())
        controller.enqueue(whole.slice(edges[index]!, edge))
      controller.close()
    },
  })
  const found = []
  for await (const frame of readFrames(body)) found.push(frame)
  return found
}

const stream =
  'retry: 2000\n\nid: 1\nevent: decided\ndata: {"a":"ü😀"}\n\n: still here\n\nevent: alarm\r\ndata: {}\r\n\r\n'

test('events are read alike wherever the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (cuts) => {
      expect(await read(stream, cuts)).toEqual([
        { event: 'decided', data: '{"a":"ü😀"}' },
        { event: 'alarm', data: '{}' },
      ])
    }),
  )
})

test('an event of several lines is one text, and one without data is none', () => {
  expect(frameOf('data: a\ndata:b')).toEqual({ event: 'message', data: 'a\nb' })
  expect(frameOf(': nothing')).toBeNull()
  expect(frameOf('event: alone')).toBeNull()
})
