import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aGateway, incoming, resolvedIn, say } from '../../test/support/a-gateway.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'

const price = { input: 1, output: 10 }
const capabilities = ['tools']

async function twoVendors(policy: object = {}, more: object = {}) {
  const script = { small: [{ kind: 'answer' }], large: [{ kind: 'answer' }] } as const
  const acme = await aFaultServer(script)
  const globex = await aFaultServer(script)
  const config = {
    vendors: {
      acme: { baseUrl: acme.baseUrl, dataCollection: 'training', region: 'us' },
      globex: { baseUrl: globex.baseUrl, dataCollection: 'kept', region: 'eu' },
    },
    models: [
      { id: 'acme/small', prices: price, capabilities },
      { id: 'globex/large', prices: { input: 5, output: 50 }, capabilities },
    ],
    policies: { auto: { strategy: 'cheapest', ...policy }, ...more },
  }
  const { gateway } = await aGateway({ config })
  const chat = async (body: object = {}) => {
    const reply = await gateway.chat(
      incoming({ model: 'auto', messages: say('Hello'), ...body }),
      new AbortController().signal,
    )
    return reply.kind === 'failed' ? reply.failure.message : (reply.served?.model ?? null)
  }
  return { chat, acme, globex, config }
}

describe('a request says which vendors may serve it', () => {
  test.each<readonly [object, string]>([
    [{}, 'acme/small'],
    [{ provider: { only: ['Globex'] } }, 'globex/large'],
    [{ provider: { ignore: ['acme'] } }, 'globex/large'],
    [{ provider: { data_collection: 'deny' } }, 'globex/large'],
    [{ provider: { data_collection: 'allow', order: ['globex'], sort: 'price' } }, 'acme/small'],
    [{ fairlead: { vendors: { only: ['globex'] } } }, 'globex/large'],
    [{ fairlead: { vendors: { ignore: ['acme'] } } }, 'globex/large'],
  ])('%j', async (body, model) => {
    const { chat, acme, globex } = await twoVendors()
    expect(await chat(body)).toBe(model)
    // No vendor sees a field that it would refuse.
    const [seen] = [...acme.seen, ...globex.seen]
    expect(Object.keys(JSON.parse(seen!.text))).toEqual(['model', 'messages'])
  })

  test('nobody is left: why, vendor by vendor', async () => {
    const { chat } = await twoVendors()
    const told = await chat({ provider: { zdr: true } })
    expect(told).toContain('acme may train on what it is sent')
    expect(told).toContain('globex keeps what it is sent')
  })

  test.each<readonly [object, string]>([
    [{ provider: 'acme' }, 'provider'],
    [{ provider: { only: 'acme' } }, 'provider.only'],
    [{ provider: { data_collection: 'maybe' } }, 'provider.data_collection'],
    [{ provider: { zdr: 'yes' } }, 'provider.zdr'],
    [{ provider: { only: ['a'] }, fairlead: { vendors: { only: ['b'] } } }, 'fairlead.vendors.only'],
  ])('%j is refused', (body, param) => {
    expect(() => incoming({ model: 'auto', messages: say('Hello'), ...body })).toThrow(param)
  })
})

describe('a policy says which vendors may serve it', () => {
  test.each([
    [{ vendors: { only: ['globex'] } }],
    [{ vendors: { ignore: ['acme'] } }],
    [{ dataPolicy: 'no-training' }],
    [{ region: 'EU' }],
    [{ region: ['ch', 'eu'] }],
  ])('%j', async (policy) => {
    expect(await (await twoVendors(policy)).chat()).toBe('globex/large')
  })

  test('its fallbacks and those that a client names are held to it as well', async () => {
    const { chat } = await twoVendors({ vendors: { only: ['globex'] }, pool: ['globex/large'] })
    expect(await chat({ fallbacks: ['acme/small'], provider: { only: ['acme'] } })).toContain('No model')
  })

  test('a policy within another keeps its own conditions, and those of the other', async () => {
    const to = (name: string) => ({
      strategy: 'rules',
      rules: [{ when: { tier: 'x' }, to: name }],
      default: name,
    })
    const inner = { strategy: 'cheapest' }
    const eu = { region: 'eu' }
    const within = await twoVendors(to('inner'), { inner: { ...inner, ...eu } })
    expect(await within.chat()).toBe('globex/large')
    const around = await twoVendors({ ...to('inner'), ...eu }, { inner })
    expect(await around.chat()).toBe('globex/large')
    const between = await twoVendors(to('middle'), { middle: { ...to('inner'), ...eu }, inner })
    expect(await between.chat()).toBe('globex/large')
    expect(await between.chat({ model: 'inner' })).toBe('acme/small')
  })

  test('a name of no vendor is a fault', async () => {
    const { config } = await twoVendors()
    const policies = { auto: { strategy: 'cheapest', vendors: { only: ['glob'] } } }
    await expect(resolvedIn(aFolder(), { ...config, policies })).rejects.toThrow(
      'is not a known vendor. Did you mean',
    )
  })
})

test('a vendor that chooses among vendors itself is told the rules', async () => {
  const server = await aFaultServer({ 'acme/small': [{ kind: 'answer' }] })
  const { gateway } = await aGateway({
    config: {
      vendors: { openrouter: { baseUrl: server.baseUrl, apiKey: 'k' } },
      models: [{ id: 'openrouter/acme/small', prices: price }],
    },
  })
  const provider = { only: ['groq'], sort: 'throughput' }
  await gateway.chat(
    incoming({ model: 'openrouter/acme/small', messages: say('Hello'), provider, fairlead: { user: 'u' } }),
    new AbortController().signal,
  )
  expect(JSON.parse(server.seen[0]!.text)).toMatchObject({ model: 'acme/small', provider })
  expect(server.seen[0]!.text).not.toContain('fairlead')
})
