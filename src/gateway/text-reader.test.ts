import { describe, expect, test } from 'vitest'
import { aRequest } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import type { Policy } from '../domain/policy.ts'
import type { TextModel } from '../domain/text-model.ts'
import { createTextReader, type TextModels } from './text-reader.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const anyModel = { pool: 'all', texts: [] as readonly string[] } as Policy

/** Answers with `value`, or never. */
const aModel = <Value>(value: Value | null, seen: string[] = []): TextModel<Value> => ({
  id: 'a model',
  read: (texts, signal) => {
    seen.push(...texts)
    if (value !== null) return Promise.resolve({ kind: 'read', values: texts.map(() => value) })
    return new Promise((resolve) =>
      signal.addEventListener('abort', () =>
        resolve({ kind: 'failed', failure: failure('timed-out', 'it did not answer within its time limit') }),
      ),
    )
  },
  close: async () => {},
})

const vector = Float32Array.of(1, 0)
const domain = { math: 0.9, law: 0.1 }

function reading(models: Partial<TextModels>, policy = anyModel, request = aRequest({ text: 'Why?' })) {
  return createTextReader({ encoder: null, classifiers: [], ...models }, clock).read(request, policy)
}

test('the vector and the classes of the text that is routed by', async () => {
  const seen: string[] = []
  const tools = [{ name: 'look_up', description: null, parameters: null, strict: null }]
  const read = await reading(
    {
      encoder: { model: aModel(vector, seen), timeoutMs: 100 },
      classifiers: [{ name: 'domain', model: aModel(domain, seen), timeoutMs: 100 }],
    },
    anyModel,
    aRequest({ text: 'Why?', tools }),
  )
  expect(read).toMatchObject({ vector, classes: { domain }, warnings: [] })
  expect(seen).toEqual(['Why?\ntool look_up ', 'Why?\ntool look_up '])
})

describe('a model that does not answer in time', () => {
  test('is noted, and the others count', async () => {
    const read = await reading({
      encoder: { model: aModel<Float32Array>(null), timeoutMs: 5 },
      classifiers: [
        { name: 'domain', model: aModel(domain), timeoutMs: 100 },
        { name: 'slow', model: aModel<typeof domain>(null), timeoutMs: 5 },
      ],
    })
    expect(read).toMatchObject({
      vector: null,
      classes: { domain },
      warnings: [
        'encoder: it did not answer within its time limit',
        'classifier slow: it did not answer within its time limit',
      ],
    })
  })
})

test('where there is one model to choose from, nobody is asked', async () => {
  const seen: string[] = []
  const read = await reading({ encoder: { model: aModel(vector, seen), timeoutMs: 100 } }, {
    pool: ['acme/only'],
  } as unknown as Policy)
  expect(read).toMatchObject({ vector: null, classes: {}, warnings: [] })
  expect(seen).toEqual([])
})
