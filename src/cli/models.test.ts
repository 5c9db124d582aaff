import { Command } from 'commander'
import { describe, expect, it, vi } from 'vitest'
import { createCatalog } from '../catalog/catalog.ts'
import { UserError } from './command.ts'
import { describeModels, modelsCommand } from './models.ts'

const catalog = createCatalog()
const plain = { all: false, sources: false, json: false }
const lines = (text: string) => text.split('\n')

describe('fairlead models', () => {
  it('lists the served models with their prices', () => {
    const text = describeModels(catalog, null, plain)
    expect(text).toMatch(/^openai\/gpt-4o +2\.5 +1\.25 +10 +128k +tools images files json-schema logprobs/m)
    expect(text).toMatch(/^simulated\/nano .*simulated$/m)
    expect(text).not.toMatch(/^openai\/gpt-3\.5-turbo /m)
    expect(text).toMatch(/\d+ models; prices as of 20\d\d-\d\d-\d\d to 20\d\d-\d\d-\d\d/)
  })

  it('adds those no longer served when asked, and counts prices it does not know', () => {
    const text = describeModels(catalog, null, { ...plain, all: true })
    expect(text).toMatch(/^openai\/gpt-3\.5-turbo .*no longer served$/m)
    expect(text).toMatch(/^deepseek\/deepseek-v2\.5 +unknown +unknown +unknown /m)
    expect(text).toMatch(/\b2 without a known price/)
  })

  it('keeps to one vendor', () => {
    const text = describeModels(catalog, null, { ...plain, vendor: 'groq' })
    const ids = lines(text).filter((line) => line.includes('/') && !line.startsWith('model'))
    expect(ids.filter((line) => line.startsWith('groq/')).length).toBeGreaterThan(2)
    expect(text).not.toContain('openai/gpt-4o ')
  })

  it('shows one model, or every model of a shared name', () => {
    expect(describeModels(catalog, 'GPT-4o', plain)).toContain('openai/gpt-4o')
    const shared = describeModels(catalog, 'gpt-oss-120b', plain)
    expect(shared).toContain('groq/openai/gpt-oss-120b')
    expect(shared).toContain('together/openai/gpt-oss-120b')
  })

  it('shows where each figure comes from', () => {
    const text = describeModels(catalog, 'gpt-4o', { ...plain, sources: true })
    expect(text).toMatch(/price, input +2\.5 +2026-11-20 +LiteLLM .*github\.com\/BerriAI/)
    expect(text).toMatch(/mmlu +88\.7 % +\d{4}-\d\d-\d\d +openai\/simple-evals/)
    expect(text).toMatch(/speed +\d+ tokens\/s +\d{4}-\d\d-\d\d +tier default/)
  })

  it('prints JSON that says all of it', () => {
    const [model] = JSON.parse(describeModels(catalog, 'gpt-4o', { ...plain, json: true }))
    expect(model).toMatchObject({
      id: 'openai/gpt-4o',
      prices: { input: 2.5, output: 10 },
      capabilities: ['tools', 'images', 'files', 'json-schema', 'logprobs'],
      retired: false,
      provenance: { prices: { asOf: '2026-11-20' } },
    })
    expect(model).not.toHaveProperty('reachable')
  })

  it('says which models can be called where that is known', () => {
    const isReachable = ({ vendor }: { vendor: string }) => vendor === 'groq'
    const text = describeModels(catalog, 'gpt-oss-120b', plain, isReachable)
    expect(lines(text)[0]).toContain('reachable')
    expect(text).toMatch(/^groq\/.* yes/m)
    expect(text).toMatch(/^together\/.* no/m)
    const json = JSON.parse(describeModels(catalog, 'gpt-oss-120b', { ...plain, json: true }, isReachable))
    expect(json.map(({ reachable }: { reachable: boolean }) => reachable)).toEqual([true, false])
  })

  it('says what to do about a name it does not know', () => {
    expect(() => describeModels(catalog, 'gpt-4o-mni', plain)).toThrow('Did you mean openai/gpt-4o-mini?')
    expect(() => describeModels(catalog, 'zzzzzzzzzzzz', plain)).toThrow('fairlead models --all')
    const unknown = () => describeModels(catalog, null, { ...plain, vendor: 'nobody' })
    expect(unknown).toThrow(UserError)
    expect(unknown).toThrow(/no models of nobody\. It has those of openai, anthropic, /)
  })

  it('runs as a command', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      const program = new Command()
      modelsCommand(program)
      await program.parseAsync(['models', '--vendor', 'xai', '--json'], { from: 'user' })
      expect(JSON.parse(log.mock.calls[0]![0]).length).toBeGreaterThan(2)
    } finally {
      log.mockRestore()
    }
  })
})
