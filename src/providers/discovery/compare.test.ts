import { expect, test } from 'vitest'
import { aModel, anEntry } from '../../../test/support/surroundings.ts'
import { createCatalog } from '../../catalog/catalog.ts'
import { compare } from './compare.ts'
import { aFoundModel, type FoundModel } from './found-model.ts'

// In dollars per million: input 1, cached 0.1, output 4; a window of 128,000.
const catalog = createCatalog([anEntry(aModel('acme/small'))])

const compared = (found: FoundModel, local = false) =>
  compare(
    { kind: 'listed', vendor: 'acme', title: 'Acme', local, url: 'u', api: 'a', models: [found] },
    catalog,
  )[0]

test('a new model whose price nobody names is of unknown price, and never free', () => {
  expect(compared(aFoundModel('new'))).toMatchObject({
    status: 'new',
    stated: { id: 'acme/new', prices: 'unknown' },
  })
  const unknown = { input: 'unknown', output: 'unknown' } as const
  expect(compared(aFoundModel('new', { prices: unknown }))?.stated.prices).toBe('unknown')
})

test("on one's own hardware tokens cost nothing", () => {
  expect(compared(aFoundModel('new'), true)?.stated).toEqual({
    id: 'acme/new',
    prices: { input: 0, output: 0 },
    capabilities: ['tools', 'json-schema'],
  })
})

test('what the listing says of a new model is stated, and no answer longer than its window', () => {
  const found = aFoundModel('new', {
    contextWindow: 8_000,
    maxOutputTokens: 16_000,
    capabilities: ['tools'],
    prices: { input: 2, output: 3, cachedRead: 0.2 },
  })
  expect(compared(found)?.stated).toEqual({
    id: 'acme/new',
    contextWindow: 8_000,
    maxOutputTokens: 8_000,
    capabilities: ['tools'],
    prices: { input: 2, output: 3, cachedRead: 0.2 },
  })
})

test('a known model of which nothing else is said is known', () => {
  const prices = { input: 1.0000000001, output: 4 }
  expect(compared(aFoundModel('small', { prices, contextWindow: 128_000 }))).toMatchObject({
    status: 'known',
    differences: [],
  })
  expect(compared(aFoundModel('small', { prices: { input: 'unknown', output: 'unknown' } }))?.status).toBe(
    'known',
  )
})

test('of a known model, what differs', () => {
  const found = aFoundModel('small', {
    prices: { input: 1, cachedRead: 0.5, output: 8 },
    contextWindow: 64_000,
    maxOutputTokens: 8_000,
    capabilities: ['tools', 'images'],
  })
  expect(compared(found)).toMatchObject({
    status: 'differs',
    differences: [
      'cached input 0.5 in place of 0.1',
      'output 8 in place of 4',
      'context window 64000 in place of 128000',
      'longest answer 8000 in place of 16000',
      'can do images',
    ],
    stated: {
      contextWindow: 64_000,
      maxOutputTokens: 8_000,
      capabilities: ['tools', 'json-schema', 'images'],
    },
  })
})

test('models of other kinds are left out', () => {
  expect(compared(aFoundModel('new', { kind: 'embeddings' }))).toBeUndefined()
})
