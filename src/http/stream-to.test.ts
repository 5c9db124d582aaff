import { once } from 'node:events'
import { connect } from 'node:net'
import fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { say } from '../../test/support/a-gateway.ts'
import { aServer } from '../../test/support/a-server.ts'
import { aFaultServer, type Behaviour, words } from '../../test/support/fault-server.ts'
import { streamTo } from './stream-to.ts'

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

/** A server that streams these frames, whoever asks; `failures` are what `streamTo` threw. */
async function aFrameServer(frames: () => AsyncIterable<Uint8Array>) {
  const app = fastify({ forceCloseConnections: true })
  const failures: unknown[] = []
  app.get('/', (_request, reply) => streamTo(reply, frames()).catch((error) => failures.push(error)))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return { url, failures }
}

describe('the frames of a stream', () => {
  test('are not fetched for a client that does not read, and are let go when it leaves', async () => {
    const total = 2000
    let fetched = 0
    let letGo = () => {}
    const over = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const { url } = await aFrameServer(async function* () {
      try {
        for (; fetched < total; fetched++) yield Buffer.alloc(64 * 1024)
      } finally {
        letGo()
      }
    })
    const socket = connect(Number(new URL(url).port), '127.0.0.1').pause()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'connect')
    let before = -1
    await expect
      .poll(
        () => {
          const stands = fetched > 0 && fetched === before
          before = fetched
          return stands
        },
        { interval: 100, timeout: 10_000 },
      )
      .toBe(true)
    expect(fetched).toBeLessThan(total)
    socket.destroy()
    await over
  })

  test('that end in a bug break the connection: a stream that just ended would pass for a whole one', async () => {
    const { url, failures } = await aFrameServer(async function* () {
      yield Buffer.from('data: 1\n\n')
      throw new Error('a bug')
    })
    await expect(fetch(url).then((reply) => reply.text())).rejects.toThrow()
    expect(failures).toEqual([new Error('a bug')])
  })
})
