import { describe, expect, test } from 'vitest'
import { answerText } from '../../domain/answer.ts'
import { wireFormats } from '../../wire/index.ts'
import { answerOf, mostAnswerBytes, openWatch, type Sample } from './sample.ts'

const envelope = { id: 'x', created: 1, model: 'acme' }
const parts = [
  { kind: 'start', model: 'acme' },
  { kind: 'text-delta', text: 'One ' },
  { kind: 'text-delta', text: 'two.' },
  { kind: 'finish', finish: { kind: 'stop', raw: 'stop' } },
] as const

function framesIn(format: (typeof wireFormats)[number], of: readonly unknown[] = parts): Uint8Array[] {
  const encoder = format.encodeStream(envelope, { usage: true })
  const texts = [...of.map((part) => encoder.part(part as never)), encoder.end()]
  return texts.filter((text) => text !== '').map((text) => Buffer.from(text))
}

const asked = { request: { messages: [] } }

async function* flowing(frames: readonly Uint8Array[]) {
  for (const frame of frames) yield frame
}

async function watched(format: { name: string }, frames: readonly Uint8Array[], end: unknown = null) {
  const samples: Sample[] = []
  const incoming = { format, text: 'abc', asked } as never
  const watch = openWatch({ incoming, policy: {} as never, decision: {} as never }, (one) =>
    samples.push(one),
  )
  const seen = watch.see({ kind: 'stream', frames: flowing(frames) } as never)
  const passed: Uint8Array[] = []
  if (seen.kind === 'stream') for await (const frame of seen.frames) passed.push(frame)
  watch.over(end as never)
  return { passed, sample: samples[0] ?? null }
}

describe.each(wireFormats.map((format) => [format.name, format] as const))('a stream of %s', (_, format) => {
  test('passes byte for byte, and its answer can be told afterwards', async () => {
    const frames = framesIn(format)
    const { passed, sample } = await watched(format, frames)
    expect(passed).toEqual(frames)
    expect(answerText(answerOf(sample!)!)).toBe('One two.')
  })

  test('that never finishes is no answer', async () => {
    const { sample } = await watched(format, framesIn(format).slice(0, 2))
    expect(answerOf(sample!)).toBeNull()
  })
})

test('a stream in Fairlead’s own form is told from its parts', async () => {
  const frames = parts.map((part) => Buffer.from(`data: ${JSON.stringify(part)}\n\n`))
  const { sample } = await watched({ name: 'fairlead' }, frames)
  expect(answerText(answerOf(sample!)!)).toBe('One two.')
})

test('what failed, was never answered, or is too large is kept by nobody', async () => {
  const [format] = wireFormats
  const frames = framesIn(format!)
  expect((await watched(format!, frames, { kind: 'cancelled' })).sample).toBeNull()
  const large = [...frames, Buffer.alloc(mostAnswerBytes)]
  const { passed, sample } = await watched(format!, large)
  expect(passed.map(({ length }) => length)).toEqual(large.map(({ length }) => length))
  expect(sample).toBeNull()
})

test('a reader that leaves a stream early lets go of what is behind it', async () => {
  let released = false
  const behind = {
    next: async () => ({ done: false, value: Buffer.from('x') }),
    return: async () => {
      released = true
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
  const incoming = { format: { name: 'openai-chat' }, text: '', asked } as never
  const watch = openWatch({ incoming, policy: {} as never, decision: {} as never }, () => {})
  const seen = watch.see({ kind: 'stream', frames: behind } as never)
  if (seen.kind === 'stream') for await (const _ of seen.frames) break
  expect(released).toBe(true)
})
