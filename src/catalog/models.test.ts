import { describe, expect, it } from 'vitest'
import { benchmarks } from '../domain/model.ts'
import { vendors } from '../providers/vendors/index.ts'
import type { CatalogEntry } from './entry.ts'
import { builtInModels } from './models/index.ts'
import type { Source } from './sources.ts'

const vendorNames = new Set([...vendors.map(({ name }) => name), 'simulated'])
const numbers = (entry: CatalogEntry) =>
  Object.values(entry.model.prices).filter((price) => price !== 'unknown')

describe('the built-in models', () => {
  it('are many, most of them served today, from every main vendor', () => {
    const served = builtInModels.filter(({ retired }) => !retired)
    expect(served.length).toBeGreaterThanOrEqual(55)
    expect(new Set(served.map(({ model }) => model.vendor)).size).toBeGreaterThanOrEqual(11)
  })

  it('have ids of their own', () => {
    const ids = builtInModels.map(({ model }) => model.id.toLowerCase())
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('share no alias with another model of the same vendor', () => {
    const names = builtInModels.flatMap(({ model, aliases }) =>
      [model.vendorName, ...aliases].map((name) => `${model.vendor}: ${name.toLowerCase()}`),
    )
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('write their aliases in small letters, as lookups fold them', () => {
    for (const alias of builtInModels.flatMap(({ aliases }) => aliases)) {
      expect(alias).toBe(alias.toLowerCase())
      expect(alias).toMatch(/^\S+$/)
    }
  })

  it('have exactly the four simulated models at their chosen prices', () => {
    const simulated = builtInModels.filter(({ model }) => model.simulated)
    expect(
      simulated.map(({ model: { id, prices, verbosity } }) => [id, prices.input, prices.output, verbosity]),
    ).toEqual([
      ['simulated/nano', 0.1, 0.4, 1],
      ['simulated/mid', 0.5, 2, 1],
      ['simulated/frontier', 3, 15, 1],
      ['simulated/reasoning', 2, 8, 5],
    ])
  })
})

describe.each(builtInModels.map((entry) => [entry.model.id, entry] as const))('%s', (id, entry) => {
  const { model, provenance } = entry
  const { prices } = model

  it('is named after a vendor that Fairlead can reach', () => {
    expect(id).toBe(`${model.vendor}/${model.vendorName}`)
    expect(vendorNames).toContain(model.vendor)
    expect(model.simulated).toBe(model.vendor === 'simulated')
  })

  it('has prices that are unknown or above zero, in a plausible order', () => {
    for (const price of numbers(entry)) expect(price).toBeGreaterThan(0)
    if (prices.input === 'unknown' || prices.output === 'unknown') return
    expect(prices.output).toBeGreaterThanOrEqual(prices.input)
    expect(prices.cachedRead).toBeLessThanOrEqual(prices.input)
    expect(prices.cacheWrite).toBeGreaterThanOrEqual(prices.input)
  })

  it('knows either both of its main prices or neither', () => {
    expect(prices.input === 'unknown').toBe(prices.output === 'unknown')
    expect(prices.input === 'unknown').toBe(provenance.prices.name === 'not established')
  })

  it('has a window that holds its longest answer', () => {
    expect(model.contextWindow).toBeGreaterThanOrEqual(4_096)
    expect(model.maxOutputTokens).toBeGreaterThan(0)
    expect(model.maxOutputTokens).toBeLessThanOrEqual(model.contextWindow)
  })

  it('has scores between 0 and 1, under known names', () => {
    for (const [name, share] of Object.entries(model.benchmarks)) {
      expect(benchmarks).toContain(name)
      expect(share).toBeGreaterThan(0)
      expect(share).toBeLessThan(1)
    }
  })

  it('has a speed and a verbosity', () => {
    expect(model.speed.firstTokenMs).toBeGreaterThan(0)
    expect(model.speed.tokensPerSecond).toBeGreaterThan(0)
    expect(model.verbosity).toBeGreaterThanOrEqual(1)
    expect(model.verbosity).toBeLessThanOrEqual(8)
    if (model.verbosity >= 2) expect(model.capabilities).toContain('reasoning')
  })

  it('has a source and a date for every figure', () => {
    const all: (Source | undefined)[] = [
      provenance.prices,
      provenance.window,
      provenance.speed,
      provenance.verbosity,
      ...[...model.capabilities].map((name) => provenance.capabilities[name]),
      ...Object.keys(model.benchmarks).map((name) => provenance.benchmarks[name as 'mmlu']),
    ]
    for (const source of all) {
      expect(source?.name).toMatch(/\S/)
      expect(source?.asOf).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })

  it('says until when it is served only while it is', () => {
    if (entry.servedUntil === null) return
    expect(entry.retired).toBe(false)
    expect(entry.servedUntil).toMatch(/^20\d\d-\d\d-\d\d$/)
  })
})
