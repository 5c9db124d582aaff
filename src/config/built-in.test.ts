import { describe, expect, it } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { builtInSurroundings } from './built-in.ts'
import { defineConfig } from './define-config.ts'
import { readEnvironment } from './environment.ts'
import { loadConfig } from './load.ts'

const load = async (variables: Record<string, string>) => {
  const surroundings = builtInSurroundings([], readEnvironment(variables))
  const result = await loadConfig({ file: null, directory: aFolder(), surroundings })
  if (result.kind === 'faulty') throw new Error('no file has no faults')
  return result.config
}

describe('what Fairlead ships', () => {
  it('works with no file and no key, on simulated models', async () => {
    const config = await load({})
    expect(config.models.length).toBeGreaterThan(0)
    expect(config.models.every(({ simulated }) => simulated)).toBe(true)
    expect(config.policies).toMatchObject([{ name: 'auto', strategy: 'utility' }])
  })

  it('has models for every vendor that a key makes reachable, and no retired one among them', async () => {
    const { entries, vendors } = builtInSurroundings()
    for (const vendor of vendors.filter(({ keyVariables, local }) => keyVariables.length > 0 && !local)) {
      const config = await load({ [vendor.keyVariables[0]!]: 'some-key' })
      expect(config.vendors.map((reached) => reached.vendor.name)).toContain(vendor.name)
      expect(config.models.filter((model) => model.vendor === vendor.name).length).toBeGreaterThan(0)
    }
    const retired = new Set(entries.filter((entry) => entry.retired).map(({ model }) => model.id))
    expect((await load({ OPENAI_API_KEY: 'some-key' })).models.filter(({ id }) => retired.has(id))).toEqual(
      [],
    )
  })

  it('gives defineConfig the types of every strategy', () => {
    const config = defineConfig({
      vendors: { openai: { apiKey: 'env:OPENAI_API_KEY' } },
      policies: {
        auto: { quality: '95%' },
        steady: { strategy: 'fixed', model: 'openai/gpt-5-mini' },
        // @ts-expect-error: an option of another strategy
        wrong: { strategy: 'cheapest', model: 'openai/gpt-5-mini' },
      },
    })
    expect(Object.keys(config.policies ?? {})).toEqual(['auto', 'steady', 'wrong'])
  })
})
