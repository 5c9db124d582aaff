import { expect, test } from 'vitest'
import { failure } from '../../../domain/failure.ts'
import type { SentenceEncoder } from '../../../domain/text-model.ts'
import { readVectors } from './read-vectors.ts'

const { signal } = new AbortController()

/** Vectors tell a text's length; `failAt`: the call that fails. */
function anEncoder(failAt = Number.POSITIVE_INFINITY) {
  const calls: (readonly string[])[] = []
  const encoder: SentenceEncoder = {
    id: 'lengths',
    read: async (texts) => {
      calls.push(texts)
      if (calls.length === failAt) return { kind: 'failed', failure: failure('unavailable', 'down') }
      return { kind: 'read', values: texts.map(({ length }) => Float32Array.of(length)) }
    },
    close: async () => {},
  }
  return { encoder, calls }
}

const texts = Array.from({ length: 70 }, (_, index) => 'x'.repeat(70 - index))

test('every text has its vector, each is asked for once, and progress is told', async () => {
  const { encoder, calls } = anEncoder()
  const told: number[] = []
  const read = await readVectors(encoder, [...texts, ...texts], signal, (done, total) =>
    told.push(done / total),
  )
  expect(read.kind).toBe('read')
  if (read.kind === 'read')
    for (const text of texts) expect([...read.vectors.get(text)!]).toEqual([text.length])
  expect(calls.map(({ length }) => length)).toEqual([32, 32, 6])
  expect(calls[0]).toContain('x')
  expect(told).toEqual([32 / 70, 64 / 70, 1])
})

test('a call that fails ends it', async () => {
  const { encoder, calls } = anEncoder(2)
  expect(await readVectors(encoder, texts, signal, () => {})).toMatchObject({
    kind: 'failed',
    failure: { kind: 'unavailable' },
  })
  expect(calls).toHaveLength(2)
})
