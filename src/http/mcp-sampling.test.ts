import type { CreateMessageRequest } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { aGateway, atOnce } from '../../test/support/a-gateway.ts'
import { gatewaySample } from './mcp-sampling.ts'

type Params = CreateMessageRequest['params']
const signal = new AbortController().signal
const asking = (changes: object = {}): Params => ({
  messages: [{ role: 'user', content: { type: 'text', text: 'What is 17 * 23?' } }],
  systemPrompt: 'Be short.',
  maxTokens: 100,
  ...changes,
})

async function sampler() {
  const opened = await aGateway({ config: atOnce })
  const sample = gatewaySample(opened.gateway)
  // What servers ask may be anything.
  return { ...opened, ask: (changes?: object) => sample(asking(changes), { id: 'ann' }, signal) }
}

describe('a model of the gateway', () => {
  test('answers what a server asks, chosen by policy, and on record', async () => {
    const { ask, stored } = await sampler()
    const answer = await ask()
    expect(answer).toMatchObject({ role: 'assistant', content: { type: 'text' }, stopReason: 'endTurn' })
    expect(answer.model).toMatch(/^simulated\//)
    expect(await stored()).toMatchObject([{ decision: { policy: 'auto' }, outcome: { status: 'answered' } }])
  })

  test('is the one that is hinted at, where there is one', async () => {
    const { ask } = await sampler()
    const hints = [{ name: 'no-such-model' }, {}, { name: 'nano' }]
    expect(await ask({ modelPreferences: { hints } })).toMatchObject({ model: 'simulated/nano' })
    expect((await ask({ modelPreferences: { hints: [{ name: 'auto' }] } })).model).toMatch(/^simulated\//)
  })

  test.each<[object, string]>([
    [{ tools: [] }, 'Tools are not lent'],
    [
      { messages: [{ role: 'user', content: { type: 'audio', data: 'AA==', mimeType: 'audio/wav' } }] },
      'audio',
    ],
  ])('is not asked %j, and the server is told why', async (changes, message) => {
    const { ask } = await sampler()
    await expect(ask(changes)).rejects.toMatchObject({
      name: 'RpcError',
      message: expect.stringContaining(message),
    })
  })
})
