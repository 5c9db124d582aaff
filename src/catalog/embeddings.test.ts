import { expect, test } from 'vitest'
import { vendors } from '../providers/vendors/index.ts'
import { builtInEmbeddings } from './embeddings.ts'
import { builtInModels } from './models/index.ts'

const ids = builtInEmbeddings.map(({ id }) => id)

test('have ids of their own, of vendors that can be asked for vectors', () => {
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) {
    const vendor = vendors.find(({ name }) => name === id.slice(0, id.indexOf('/')))
    expect(vendor?.format, id).toBe('openai-chat')
  }
})

test('are no models that a policy might choose', () => {
  const chosen = new Set<string>(builtInModels.map(({ model }) => model.id))
  expect(ids.filter((id) => chosen.has(id))).toEqual([])
})

test.each(builtInEmbeddings)(
  '$id: figures that can be, with a source and a day',
  ({ dimensions, price, contextWindow, source }) => {
    expect(dimensions).toBeGreaterThanOrEqual(128)
    expect(dimensions).toBeLessThanOrEqual(4096)
    expect(price).toBeGreaterThan(0)
    expect(price).toBeLessThan(1)
    expect(contextWindow).toBeGreaterThanOrEqual(512)
    expect(source.url).toMatch(/^https:/)
    expect(source.asOf).toMatch(/^20\d\d-\d\d-\d\d$/)
  },
)
