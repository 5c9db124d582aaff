/** What a conversation changes in where its turns go. */

import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, acmeModel } from '../../test/support/acme-config.ts'
import { aGateway, incoming } from '../../test/support/a-gateway.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'
import type { Gateway } from './gateway.ts'

const sound: Behaviour = { kind: 'answer' }
const nobody = () => new AbortController().signal

const user = (content: string) => ({ role: 'user', content })
const called = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
}
const result = { role: 'tool', tool_call_id: 'c1', content: '42' }
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]

/** Half of all first turns go to each model. */
const split = { auto: { strategy: 'weighted', weights: { 'acme/small': 1, 'acme/large': 1 } } }

async function open(script: Readonly<Record<string, readonly Behaviour[]>>, changes: object = {}) {
  const vendor = await aFaultServer(script)
  const config = acmeConfig(vendor.baseUrl, { policies: split, ...changes })
  const { gateway } = await aGateway({ config, variables: acmeKey })
  return { vendor, gateway }
}

async function ask(gateway: Gateway, messages: readonly object[], more: object = {}) {
  const reply = await gateway.chat(incoming({ model: 'auto', messages, tools, ...more }), nobody())
  return reply.served?.model
}

describe('in an open tool loop', () => {
  test('the model that called the tools goes on', async () => {
    const { gateway } = await open({ small: [sound], large: [sound] })
    for (let conversation = 0; conversation < 8; conversation++) {
      const first = user(`question ${conversation}`)
      const model = await ask(gateway, [first])
      expect(await ask(gateway, [first, called, result])).toBe(model)
      expect(await ask(gateway, [first, called, result, called, result])).toBe(model)
    }
  })

  test('it does not when it is closed off: another takes over', async () => {
    const down: Behaviour = { kind: 'status', status: 500, body: { error: { message: 'down' } } }
    const { gateway } = await open(
      { small: [sound, down], large: [sound] },
      { policies: { auto: { strategy: 'fixed', model: 'acme/small', fallbacks: ['acme/large'] } } },
    )
    const first = user('question')
    expect(await ask(gateway, [first])).toBe('acme/small')
    for (let turn = 0; turn < 5; turn++)
      expect(await ask(gateway, [first, called, result])).toBe('acme/large')
  })
})

test('at a user’s turn the choice is free', async () => {
  const { gateway } = await open({ small: [sound], large: [sound] })
  const models = new Set<unknown>()
  const first = user('question')
  await ask(gateway, [first])
  for (let turn = 0; turn < 20; turn++)
    models.add(await ask(gateway, [first, { role: 'assistant', content: 'so' }, user(`and ${turn}?`)]))
  expect(models.size).toBe(2)
})

test('what holds state of a vendor’s is asked of nobody else, even if it fails there', async () => {
  const down: Behaviour = { kind: 'status', status: 500, body: { error: { message: 'down' } } }
  const { gateway, vendor } = await open(
    { small: [sound, down], large: [sound] },
    { policies: { auto: { strategy: 'fixed', model: 'acme/small', fallbacks: ['acme/large'] } } },
  )
  const session = { fairlead: { session: 's1' } }
  await ask(gateway, [user('question')], session)
  const held = { ...session, previous_response_id: 'resp_1' }
  const reply = await gateway.chat(
    incoming({ model: 'auto', messages: [user('and now?')], ...held }),
    nobody(),
  )
  expect(reply).toMatchObject({ kind: 'failed', failure: { kind: 'unavailable' } })
  expect(vendor.seen.map(({ model }) => model)).toEqual(['small', 'small'])
})

describe('reasoning that a vendor sealed', () => {
  const signature = 'EqQBCkgIARABGAIiQL8mVrrZ0mVrrZ0mVrrZ0mVrrZ0mVrrZ0'
  const thought = { role: 'assistant', content: 'Yes.', reasoning_details: [{ signature }] }

  test('goes back to the account that sealed it', async () => {
    const { vendor, gateway } = await open({ small: [sound], large: [sound] })
    for (let conversation = 0; conversation < 6; conversation++) {
      const first = user(`question ${conversation}`)
      const model = await ask(gateway, [first])
      expect(await ask(gateway, [first, thought, user('and then?')])).toBe(model)
      expect(vendor.seen.at(-1)!.text).toContain(signature)
    }
  })

  test('is taken out before another account gets the request, where that one is down', async () => {
    const down: Behaviour = { kind: 'status', status: 500, body: { error: { message: 'down' } } }
    const vendor = await aFaultServer({ small: [sound, down], large: [sound] })
    const config = acmeConfig(vendor.baseUrl, {
      models: [acmeModel('large', 10, { id: 'zenith/large' })],
      policies: { auto: { strategy: 'fixed', model: 'acme/small', fallbacks: ['zenith/large'] } },
    })
    const zenith = { baseUrl: vendor.baseUrl, apiKey: 'env:ZENITH_KEY' }
    const { gateway } = await aGateway({
      config: { ...config, vendors: { ...config.vendors, zenith } },
      variables: { ...acmeKey, ZENITH_KEY: 'zenith-key-of-the-tests-0123456789' },
    })
    const first = user('question')
    expect(await ask(gateway, [first])).toBe('acme/small')
    expect(await ask(gateway, [first, thought, user('and then?')])).toBe('zenith/large')
    const { text } = vendor.seen.at(-1)!
    expect(text).not.toContain(signature)
    expect(text).toContain('Yes.')
  })
})

test('a conversation goes back to the target that has its prompts in its cache', async () => {
  const vendor = await aFaultServer({ small: [sound] })
  const targets = ['k1', 'k2', 'k3'].map((apiKey) => ({ id: apiKey, apiKey }))
  const config = {
    ...acmeConfig(vendor.baseUrl, {
      policies: { auto: { strategy: 'fixed', model: 'acme/small' } },
    }),
    models: [acmeModel('small', 1, { targets, targetChoice: 'round-robin' })],
  }
  const { gateway } = await aGateway({ config, variables: acmeKey })
  const keys = () => vendor.seen.map(({ headers }) => headers.authorization)
  for (let conversation = 0; conversation < 3; conversation++) {
    const first = user(`question ${conversation}`)
    await ask(gateway, [first])
    const [key] = keys().slice(-1)
    await ask(gateway, [first, { role: 'assistant', content: 'so' }, user('more')])
    await ask(gateway, [first, { role: 'assistant', content: 'so' }, user('and more')])
    expect(keys().slice(-3)).toEqual([key, key, key])
  }
  expect(new Set(keys()).size).toBe(3)
})

test('what a model has in its cache makes it cheaper than another would be', async () => {
  const long = 'word '.repeat(5_000)
  const reported = { kind: 'answer', usage: false } as const
  const { gateway } = await open(
    { cached: [reported], large: [reported] },
    {
      models: [acmeModel('cached', 2, { prices: { input: 2, cachedRead: 0.1, output: 2 } })],
      policies: { auto: { strategy: 'cheapest', pool: ['acme/cached', 'acme/large'] } },
    },
  )
  const usdOf = async (messages: readonly object[], session: string) => {
    const body = { model: 'auto', messages, fairlead: { session } }
    const reply = await gateway.chat(incoming(body), nobody())
    const { cost } = reply.served!.decision.candidates.find(({ id }) => id === 'acme/cached')!
    return cost.kind === 'known' ? cost.usd.mean : Number.NaN
  }
  const begun = [user(long)]
  const further = [...begun, { role: 'assistant', content: 'so' }, user('more')]
  await usdOf(begun, 'a')
  const warm = await usdOf(further, 'a')
  const cold = await usdOf(further, 'b')
  expect(warm).toBeLessThan(cold / 2)
})
