import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { say } from '../../test/support/a-gateway.ts'
import { aServer } from '../../test/support/a-server.ts'
import { aFaultServer, type Behaviour, words } from '../../test/support/fault-server.ts'

const chat = '/v1/chat/completions'
const streamed = { model: 'auto', messages: say('What is 17 * 23?'), stream: true }

async function acme(behaviour: Behaviour) {
  const vendor = await aFaultServer({ small: [behaviour] })
  const config = acmeConfig(vendor.baseUrl, { policies: smallThen() })
  return { ...(await aServer({ config, variables: acmeKey })), vendor }
}

describe('a stream', () => {
  test('is events of the wire format, with the headers of its decision and of a stream', async () => {
    const { post, stored } = await aServer()
    const reply = await post(chat, { ...streamed, stream_options: { include_usage: true } })
    expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(reply.headers.get('cache-control')).toBe('no-cache')
    expect(reply.headers.get('x-fairlead-model')).toMatch(/^simulated\//)
    // What it costs is not known before it has ended.
    expect(reply.headers.get('x-fairlead-cost-usd')).toBeNull()
    const events = (await reply.text()).split('\n\n').filter((text) => text !== '')
    expect(events.at(-1)).toBe('data: [DONE]')
    const chunks = events.slice(0, -1).map((text) => JSON.parse(text.replace(/^data: /, '')))
    expect(chunks.every(({ object }) => object === 'chat.completion.chunk')).toBe(true)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } })
    const [{ decision, outcome } = {}] = await stored()
    expect(reply.headers.get('x-fairlead-decision')).toBe(decision?.id)
    expect(outcome).toMatchObject({ status: 'answered' })
  })

  test('has no usage for a client that did not ask for it', async () => {
    const { post } = await acme({ kind: 'answer' })
    expect(await (await post(chat, streamed)).text()).not.toContain('"usage":{')
  })

  test('is handed on while the vendor still writes, in whole events', async () => {
    const { post, vendor } = await acme({ kind: 'stall', afterWords: words.length })
    const reply = await post(chat, streamed)
    const reader = reply.body!.getReader()
    let text = ''
    while (!text.includes('five.')) {
      const chunk = Buffer.from((await reader.read()).value ?? []).toString()
      text += chunk
      expect(chunk.startsWith('data: ') && chunk.endsWith('\n\n')).toBe(true)
    }
    await reader.cancel()
    expect(await vendor.seen[0]?.over).toBe('aborted')
  })

  test('that its client leaves closes the vendor and books what was made', async () => {
    const { post, vendor, stored } = await acme({ kind: 'stall', afterWords: 2 })
    const client = new AbortController()
    const reply = await post(chat, streamed, { signal: client.signal })
    expect(reply.status).toBe(200)
    client.abort()
    expect(await vendor.seen[0]?.over).toBe('aborted')
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'cancelled', failure: 'cancelled', model: null })
    expect(outcome?.cost).toBeGreaterThan(0)
  })

  test('that its client leaves before there is anything to read closes the vendor, too', async () => {
    const { post, vendor, stored } = await acme({ kind: 'never-answer' })
    const client = new AbortController()
    const reply = post(chat, streamed, { signal: client.signal }).catch(() => 'left')
    await vendor.whenSeen(1)
    client.abort()
    expect(await reply).toBe('left')
    expect(await vendor.seen[0]?.over).toBe('aborted')
    expect(await stored()).toMatchObject([{ outcome: { status: 'cancelled' } }])
  })

  test('longer than all buffers waits for a slow reader and loses nothing', async () => {
    const long = 'word '.repeat(400_000)
    const { post, stored } = await acme({ kind: 'answer', text: long })
    const reply = await post(chat, streamed)
    let read = 0
    for await (const chunk of reply.body!) {
      read += chunk.length
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(read).toBeGreaterThan(long.length)
    expect(await stored()).toMatchObject([{ outcome: { status: 'answered' } }])
  })
})
