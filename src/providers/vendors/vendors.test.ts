import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { vendorNamed, vendors } from './index.ts'
import { defineVendor } from './vendor.ts'

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => name !== 'index' && name !== 'vendor')

describe('the list of vendors', () => {
  it('holds every record of the folder, each named after its file', () => {
    expect(vendors.map(({ name }) => name).sort()).toEqual(files.sort())
  })

  it('has no two vendors with one base URL', () => {
    expect(new Set(vendors.map(({ baseUrl }) => baseUrl)).size).toBe(vendors.length)
  })

  it('has no key variable that belongs to two vendors', () => {
    const variables = vendors.flatMap(({ keyVariables }) => keyVariables)
    expect(new Set(variables).size).toBe(variables.length)
  })

  it('finds a vendor by name', () => {
    expect(vendorNamed('groq')?.title).toBe('Groq')
    expect(vendorNamed('nobody')).toBeUndefined()
  })
})

describe.each(vendors.map((vendor) => [vendor.name, vendor] as const))('%s', (name, vendor) => {
  const url = new URL(vendor.baseUrl)

  it('has a name that fits before the slash of a model id', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
    expect(vendor.title.length).toBeGreaterThan(0)
  })

  it('is reached over https, or on this machine when it is local', () => {
    if (vendor.local) expect(url.hostname).toBe('127.0.0.1')
    else expect(url.protocol).toBe('https:')
  })

  it('has a base URL that a path can be appended to', () => {
    expect(vendor.baseUrl).not.toMatch(/\/$/)
    expect(url.search + url.hash + url.username + url.password).toBe('')
    expect(vendor.baseUrl).not.toContain('/chat/completions')
  })

  it('sends fixed headers by names in lower case, and no key among them', () => {
    for (const header of Object.keys(vendor.headers ?? {})) {
      expect(header).toBe(header.toLowerCase())
      expect(header).not.toMatch(/key|authorization/)
    }
  })

  it('names the variables that may hold its key, exactly where it uses one', () => {
    for (const variable of vendor.keyVariables) expect(variable).toMatch(/^[A-Z][A-Z0-9_]*$/)
    expect(vendor.keyVariables.length > 0).toBe(vendor.auth.kind !== 'none')
    if (!vendor.local) expect(vendor.auth.kind).not.toBe('none')
  })
})

describe('a vendor record', () => {
  const record = {
    name: 'example',
    title: 'Example',
    baseUrl: 'https://api.example.com/v1',
    keyVariables: ['EXAMPLE_API_KEY'],
    quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
  } as const

  it('is a remote vendor with a bearer key unless it says otherwise', () => {
    expect(defineVendor(record)).toMatchObject({
      format: 'openai-chat',
      auth: { kind: 'bearer' },
      local: false,
    })
  })

  it('keeps what it says', () => {
    const auth = { kind: 'header', name: 'x-api-key' } as const
    expect(defineVendor({ ...record, auth, local: true })).toMatchObject({ auth, local: true })
  })
})
