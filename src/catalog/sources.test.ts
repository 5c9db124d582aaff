import { expect, it } from 'vitest'
import { builtInModels } from './models/index.ts'
import { type Source, sources } from './sources.ts'

const all: readonly [string, Source][] = Object.entries(sources)

it.each(all)('%s names a real date and, unless it is our own choice, a page', (_, { url, asOf }) => {
  expect(new Date(`${asOf}T00:00:00Z`).toISOString().slice(0, 10)).toBe(asOf)
  if (url !== null) expect(new URL(url).protocol).toBe('https:')
})

it('has pageless sources only for figures that nobody published', () => {
  const pageless = all.filter(([, { url }]) => url === null).map(([key]) => key)
  expect(pageless).toEqual(['tierDefault', 'notEstablished', 'simulation'])
})

it('has no source that no figure needs', () => {
  const used = new Set(
    builtInModels.flatMap(({ provenance: { capabilities, benchmarks, ...others } }) => [
      ...Object.values(others),
      ...Object.values(capabilities),
      ...Object.values(benchmarks),
    ]),
  )
  expect(all.filter(([, source]) => !used.has(source)).map(([key]) => key)).toEqual([])
})
