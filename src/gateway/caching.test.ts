import { describe, expect, it } from 'vitest'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aFaultServer, type Behaviour, wholeText } from '../../test/support/fault-server.ts'
import type { Gateway, Reply } from './gateway.ts'

const exact = { seconds: 60 }
async function aCachingGateway(
  behaviours: readonly Behaviour[],
  cache: object = { exact },
  policy: object = {},
) {
  const server = await aFaultServer({ small: behaviours, large: [{ kind: 'answer' }] })
  const opened = await aGateway({
    config: acmeConfig(server.baseUrl, { policies: { auto: { ...smallThen().auto, ...policy, cache } } }),
    variables: acmeKey,
  })
  const ask = (body: object = {}, client = new AbortController()) =>
    opened.gateway.chat(incoming({ model: 'auto', messages: say('Why?'), ...body }), client.signal)
  return { ...opened, ask, asked: () => server.seen.length }
}

async function textOf(reply: Reply): Promise<string> {
  if (reply.kind === 'failed') return reply.failure.kind
  if (reply.kind === 'buffered')
    return JSON.parse(Buffer.from(reply.bytes).toString()).choices[0].message.content
  let text = ''
  for await (const frame of reply.frames) text += Buffer.from(frame).toString()
  const lines = text.split('\n').filter((line) => line.startsWith('data: {'))
  return lines.map((line) => JSON.parse(line.slice(6)).choices?.[0]?.delta?.content ?? '').join('')
}
const cacheOf = ({ served }: Reply) => served?.decision.cache ?? served?.cache ?? null
const answers: readonly Behaviour[] = [{ kind: 'answer' }]

describe('a policy with a cache', () => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])(
    'asks a model once (streamed: %s) and answers again (streamed: %s), for nothing',
    async (first, second) => {
      const { ask, asked, stored } = await aCachingGateway(answers)
      const one = await ask({ stream: first })
      const text = await textOf(one)
      if (one.kind === 'stream') await one.over
      const other = await ask({ stream: second })
      expect(await textOf(other)).toBe(text)
      expect([cacheOf(one), cacheOf(other), asked()]).toEqual(['miss', 'exact', 1])
      expect(other.served?.usd).toBe(0)
      const rows = await stored()
      expect(
        rows.map(({ decision, outcome }) => [decision.cache, outcome?.attempts.length, outcome?.cost]),
      ).toEqual([
        [undefined, 1, expect.any(Number)],
        ['exact', 0, 0],
      ])
    },
  )

  it('asks once where equal requests come at one time, streams among them', async () => {
    const { ask, asked } = await aCachingGateway([{ kind: 'answer', delayMs: 50 }])
    const replies = await Promise.all([ask(), ask({ stream: true }), ask()])
    const texts = await Promise.all(replies.map(textOf))
    expect(new Set(texts).size).toBe(1)
    expect([asked(), replies.map(cacheOf)]).toEqual([1, ['miss', 'exact', 'exact']])
  })

  it('lets another ask where the first one’s client leaves', async () => {
    const { ask } = await aCachingGateway([{ kind: 'answer', delayMs: 50 }])
    const leaves = new AbortController()
    const [first, second] = [ask({}, leaves), ask()]
    leaves.abort()
    expect(await textOf(await first)).toBe('cancelled')
    const other = await second
    expect([await textOf(other), cacheOf(other)]).toEqual([wholeText, 'miss'])
  })

  it('stores nothing of a stream that breaks off', async () => {
    const cut = { kind: 'cut', afterWords: 2, how: 'close' } as const
    const { ask } = await aCachingGateway([cut], { exact }, { streamRecovery: 'error' })
    const first = await ask({ stream: true })
    if (first.kind !== 'stream') throw new Error(first.kind)
    await textOf(first)
    expect((await first.over).failure).not.toBeNull()
    expect(cacheOf(await ask())).toBe('miss')
  })

  it('does what the client says: off, refresh', async () => {
    const { ask, asked } = await aCachingGateway(answers)
    await ask()
    expect(cacheOf(await ask({ fairlead: { cache: 'off' } }))).toBeNull()
    expect(cacheOf(await ask({ fairlead: { cache: 'refresh' } }))).toBe('miss')
    expect(cacheOf(await ask())).toBe('exact')
    expect(asked()).toBe(3)
  })

  it('answers what means the same, where that is wanted', async () => {
    const { ask, asked } = await aCachingGateway(answers, { exact, semantic: { seconds: 60, verify: 0 } })
    await ask({ messages: say('How do I reset my password?') })
    expect(cacheOf(await ask({ messages: say('how can I reset my password please') }))).toBe('semantic')
    expect(cacheOf(await ask({ messages: say('How do I reset my phone?') }))).toBe('miss')
    expect(asked()).toBe(2)
  })

  it('is left out by policies that have none', async () => {
    const server = await aFaultServer({ small: answers })
    const { gateway } = await aGateway({
      config: acmeConfig(server.baseUrl, { policies: smallThen() }),
      variables: acmeKey,
    })
    const ask = (opened: Gateway) =>
      opened.chat(incoming({ model: 'auto', messages: say('Why?') }), new AbortController().signal)
    await ask(gateway)
    expect(cacheOf(await ask(gateway))).toBeNull()
    expect(server.seen).toHaveLength(2)
  })
})
