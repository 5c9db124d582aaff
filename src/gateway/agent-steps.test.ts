/** An agent's steps through the whole gateway, with vendors that answer over the network. */

import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { aGateway, incoming } from '../../test/support/a-gateway.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'
import type { Gateway } from './gateway.ts'

const sound: Behaviour = { kind: 'answer' }
const nobody = () => new AbortController().signal

const named = {
  strategy: 'steps',
  strong: 'acme/large',
  steps: {
    planning: 'acme/large',
    recovery: 'acme/large',
    digestion: 'acme/small',
    'tool-selection': 'acme/small',
    synthesis: 'acme/small',
    reasoning: 'acme/small',
  },
}

const user = (content: string) => ({ role: 'user', content })
const said = (content: string) => ({ role: 'assistant', content })
const called = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a"}' } }],
}
const result = (content: string) => ({ role: 'tool', tool_call_id: 'c1', content })
const tools = ['read_file', 'edit_file'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
}))

async function open(policy: object = named) {
  const vendor = await aFaultServer({ small: [sound], large: [sound] })
  const config = acmeConfig(vendor.baseUrl, { policies: { auto: policy } })
  const opened = await aGateway({ config, variables: acmeKey })
  return { vendor, ...opened }
}

const ask = async (gateway: Gateway, messages: readonly object[], more: object = {}) => {
  const reply = await gateway.chat(incoming({ model: 'auto', messages, tools, ...more }), nobody())
  return { model: reply.served?.model, because: reply.served?.decision.because ?? '' }
}

const task = user('Repair the parser, so that values may have an equals sign in them.')

describe('the steps of an agent', () => {
  test('go to those that are named for them, and stay with them in an open tool loop', async () => {
    const { gateway } = await open()
    expect((await ask(gateway, [task])).model).toBe('acme/large')
    const looking = [task, said('First I would read it.'), user('Read the files that you need.')]
    expect((await ask(gateway, looking)).model).toBe('acme/small')
    const failed = [...looking, called, result('Error: no such file')]
    expect(await ask(gateway, failed)).toMatchObject({
      model: 'acme/small',
      because: expect.stringContaining('goes on: it has called tools'),
    })
    const told = [
      ...failed,
      said('I can not find it.'),
      user('The tests still fail: AssertionError: 3 is not 4'),
    ]
    expect((await ask(gateway, told)).model).toBe('acme/large')
  })

  test('are known by what the client says, in its body', async () => {
    const { gateway } = await open()
    const digest = await ask(gateway, [task], { fairlead: { step: 'tool-result-digestion' } })
    expect(digest).toMatchObject({
      model: 'acme/small',
      because: expect.stringContaining('the client says so'),
    })
  })

  test('are kept with the decision, and nothing of what was said', async () => {
    const { gateway, stored } = await open()
    await ask(gateway, [user('Repair the SECRET parser.'), called, result('SECRET')])
    const [{ decision }] = (await stored()) as unknown as [{ decision: { signals: object } }]
    expect(decision.signals).toMatchObject({ agent: { shape: 'tool-loop', step: 'digestion' } })
    expect(JSON.stringify(decision.signals)).not.toContain('SECRET')
  })
})

test('calls beside the work do not take the agent’s own model from it', async () => {
  const { gateway } = await open()
  const session = { fairlead: { session: 'agent-1' } }
  const begun = [{ role: 'system', content: 'You repair software.' }, task]
  expect((await ask(gateway, begun, session)).model).toBe('acme/large')
  const title = [user('Please write a 5-10 word title for the following conversation: repair the parser')]
  const beside = await gateway.chat(incoming({ model: 'auto', messages: title, ...session }), nobody())
  expect(beside.served?.model).toBe('acme/small')
  const going = await ask(gateway, [...begun, called, result('a = b')], session)
  expect(going.model).toBe('acme/large')
  expect(going.because).toMatch(/goes on: it has called tools/)
})

test('a policy may let the model change within a tool loop, once all results are in', async () => {
  const { gateway } = await open({ ...named, toolLoops: 'between-rounds' })
  expect((await ask(gateway, [task])).model).toBe('acme/large')
  const read = [task, called, result('a = b')]
  expect((await ask(gateway, read)).model).toBe('acme/small')
  const again = { ...called, tool_calls: [{ ...called.tool_calls[0], id: 'c2' }] }
  const failed = [...read, again, { ...result('Error: no such file'), tool_call_id: 'c2' }]
  expect((await ask(gateway, failed)).model).toBe('acme/large')
})

test('an episode goes over sessions, and is brought to its end by the cheapest once its money is spent', async () => {
  const { gateway } = await open({ ...named, episode: { usd: 0.1, steps: 3 } })
  const asked = (session: string, episode: string) => ({ fairlead: { session, episode } })
  expect((await ask(gateway, [task], asked('s1', 'e'))).model).toBe('acme/large')
  const { gateway: spent } = await open({ ...named, episode: { usd: 0.0001, steps: 3 } })
  for (const session of ['s1', 's2']) await ask(spent, [task], asked(session, 'e'))
  expect(await ask(spent, [task], asked('s3', 'e'))).toMatchObject({
    model: 'acme/small',
    because: expect.stringMatching(/[1-9]\d* % of the episode.*acme\/small is the cheapest/),
  })
  expect((await ask(spent, [task], asked('s4', 'other'))).because).toMatch(/; 0 % of the episode/)
})
