import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TextEmbedder } from '../domain/strategy.ts'
import { createTermReader } from './terms.ts'
import { createToolIndex } from './tool-index.ts'
import { toolQuery } from './tool-query.ts'
import type { DescribedTool } from './tool-text.ts'

const tools: readonly DescribedTool[] = [
  {
    name: 'get_weather',
    description: 'Current weather of a city.',
    parameters: { properties: { city: {} } },
  },
  {
    name: 'sendMessage',
    description: 'Sends a text.',
    parameters: { properties: { channel: { enum: ['matrix', 'irc'] } } },
  },
  { name: 'track', description: 'Where a shipment is.', parameters: { properties: { trackingNumber: {} } } },
  {
    name: 'crawl',
    description: 'Opens it.',
    parameters: { properties: { target: { description: 'The URL to open' } } },
  },
  { name: 'time_zone', description: 'Offset from UTC.', parameters: null },
  { name: 'paint', description: null, parameters: null },
]
const reader = createTermReader()

const ranked = (text: string, embedder: TextEmbedder | null = null) =>
  createToolIndex(tools, reader, embedder).rank(toolQuery([{ text, weight: 1 }], reader))
const best = (text: string, embedder: TextEmbedder | null = null) =>
  tools[ranked(text, embedder).order[0]!]!.name

describe('a tool is found', () => {
  test.each([
    ['by its name', 'what is the weather', 'get_weather'],
    ['by its description', 'my shipment', 'track'],
    ['by the name of a parameter', 'here is the tracking number', 'track'],
    ['by what an argument may be', 'write it on irc', 'sendMessage'],
    ['by a word that means the same', 'where is my parcel', 'track'],
    ['by a value that it takes', 'see http://example.org', 'crawl'],
    ['by its name written as one word', 'which timezone', 'time_zone'],
  ])('%s', (_, text, name) => {
    expect(best(text)).toBe(name)
  })
})

test('each part of a request finds its own tool', () => {
  const { order } = ranked('Tell me the weather in the city of Bern, and then track my shipment.')
  expect(new Set(order.slice(0, 2).map((place) => tools[place]!.name))).toEqual(
    new Set(['get_weather', 'track']),
  )
})

test('vectors decide where words do not', () => {
  const embedder: TextEmbedder = {
    id: 'colours',
    vectorOf: (text) => Float32Array.from(/paint|crimson/.test(text) ? [1, 0] : [0, 1]),
  }
  expect(best('crimson', embedder)).toBe('paint')
  expect(best('crimson')).not.toBe('paint')
})

test('an encoder that can read neither is done without', () => {
  const silent: TextEmbedder = { id: 'silent', vectorOf: () => null }
  expect(ranked('weather', silent)).toEqual(ranked('weather'))
})

test('how many words of a request are known is told', () => {
  expect(ranked('weather parcel').knownShare).toBe(1)
  expect(ranked('weather qwertzuiop').knownShare).toBe(0.5)
  expect(ranked('please do that').knownShare).toBeNull()
})

test('chances sum to 1, and equals stand in the catalogue’s order', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (text) => {
      const { order, chances } = ranked(text)
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9)
      expect([...order].sort()).toEqual([...tools.keys()])
      for (const [place, tool] of order.slice(1).entries()) {
        const before = order[place]!
        expect(chances[before]).toBeGreaterThanOrEqual(chances[tool]!)
        if (chances[before] === chances[tool]) expect(before).toBeLessThan(tool)
      }
    }),
  )
})

test('a catalogue of no tools ranks none, and one that is too large is refused', () => {
  expect(createToolIndex([], reader, null).rank(toolQuery([], reader)).order).toEqual([])
  expect(() => createToolIndex(new Array(65_536).fill(tools[0]), reader, null)).toThrow('65535 tools')
})
