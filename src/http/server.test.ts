import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aGateway, say } from '../../test/support/a-gateway.ts'
import { aServer, jsonOf } from '../../test/support/a-server.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'
import { startServer } from './server.ts'

const chat = '/v1/chat/completions'
const sum = { model: 'auto', messages: say('What is 17 * 23?') }

describe('endpoints', () => {
  test('GET /healthz says that the process is up', async () => {
    const { url } = await aServer()
    expect(await jsonOf(await fetch(`${url}/healthz`))).toEqual({ status: 'ok' })
  })

  test('GET / lists the endpoints, and each of them is there', async () => {
    const { url } = await aServer()
    const { endpoints } = await jsonOf(await fetch(`${url}/`))
    expect(endpoints).toContain('POST /v1/chat/completions')
    for (const endpoint of endpoints as string[]) {
      const [method, path] = endpoint.replace('{name}', 'auto').split(' ')
      const reply = await fetch(`${url}${path}`, { method: method! })
      // What is not there by that id is something else than no endpoint.
      const { error } = reply.status === 404 ? await jsonOf(reply) : {}
      expect([endpoint, error?.message ?? '']).not.toEqual([
        endpoint,
        expect.stringContaining('lists the endpoints'),
      ])
    }
  })

  test('GET /v1/models lists policies before models, with prices and what each can', async () => {
    const { url } = await aServer()
    const { object, data } = await jsonOf(await fetch(`${url}/v1/models`))
    expect(object).toBe('list')
    expect(data[0]).toMatchObject({ id: 'auto', object: 'model', owned_by: 'fairlead' })
    const nano = data.find(({ id }: { id: string }) => id === 'simulated/nano')
    expect(nano).toMatchObject({
      object: 'model',
      owned_by: 'simulated',
      context_window: 128_000,
      fairlead: { kind: 'model', simulated: true, usdPerMillionTokens: { input: 0.1, output: 0.4 } },
    })
    expect(nano.fairlead.capabilities).toContain('tools')
  })

  test('GET /v1/models/{name} has one of them, its slash escaped or not', async () => {
    const { url } = await aServer()
    for (const [path, id] of [
      ['simulated/nano', 'simulated/nano'],
      ['simulated%2Fnano', 'simulated/nano'],
      ['auto', 'auto'],
    ])
      expect(await jsonOf(await fetch(`${url}/v1/models/${path}`))).toMatchObject({ id, object: 'model' })
    const none = await fetch(`${url}/v1/models/nobody`)
    expect(none.status).toBe(404)
    expect((await jsonOf(none)).error).toMatchObject({ code: 'model_not_found', param: 'model' })
  })

  test('POST /v1/route decides and calls nobody', async () => {
    const vendor = await aFaultServer({})
    const { post, stored } = await aServer({ config: acmeConfig(vendor.baseUrl), variables: acmeKey })
    const reply = await post('/v1/route', sum)
    expect(reply.status).toBe(200)
    const decision = await jsonOf(reply)
    expect(decision).toMatchObject({ policy: 'auto', strategy: 'utility', trace: { driver: 'explain' } })
    expect(decision.candidates.map(({ id }: { id: string }) => id).sort()).toEqual([
      'acme/large',
      'acme/small',
    ])
    expect(decision.chosen).toBe(decision.trace.end.models[0])
    expect(vendor.seen).toEqual([])
    expect(await stored()).toEqual([])
  })

  test('HEAD is GET without a body', async () => {
    const { url } = await aServer()
    for (const path of ['/healthz', '/v1/models']) {
      const reply = await fetch(`${url}${path}`, { method: 'HEAD' })
      expect([reply.status, await reply.text()]).toEqual([200, ''])
    }
  })

  test.each([
    ['GET', '/v1/chat/completions'],
    ['OPTIONS', '/v1/chat/completions'],
    ['DELETE', '/v1/models'],
    ['POST', '/v1/nothing'],
    ['GET', `/${'long'.repeat(1000)}`],
  ])('%s %s is not there, and the error says what is', async (method, path) => {
    const { url } = await aServer()
    const reply = await fetch(url + path, { method })
    expect(reply.status).toBe(404)
    const { error } = await jsonOf(reply)
    expect(error).toMatchObject({ code: 'not_found', type: 'invalid_request_error' })
    expect(error.message).toContain('GET / lists the endpoints.')
    expect(error.message.length).toBeLessThan(300)
  })

  test('a path that can not be decoded is an error in the same shape', async () => {
    const { url } = await aServer()
    const reply = await fetch(`${url}/%`)
    expect(reply.status).toBe(400)
    expect((await jsonOf(reply)).error).toMatchObject({ code: 'invalid_request' })
  })

  test.each([
    ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'Use http://'],
    ['a TLS handshake', '\u0016\u0003\u0001\u0002\u0000\u0001', 400, 'not https://'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
      431,
      'Send fewer.',
    ],
  ])('%s is refused in the same shape', async (_name, sent, status, remedy) => {
    const { url } = await aServer()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(sent, 'latin1')
    let text = ''
    for await (const chunk of socket.setEncoding('utf8')) text += chunk
    const [head, body] = text.split('\r\n\r\n')
    expect(head).toContain(`HTTP/1.1 ${status} `)
    expect(JSON.parse(body!).error).toMatchObject({
      type: 'invalid_request_error',
      message: expect.stringContaining(remedy),
    })
  })

  test('a bug is reported inside and told outside without its words', async () => {
    const { gateway } = await aGateway()
    const errors: unknown[] = []
    const options = { host: '127.0.0.1', port: 0, bodyLimitBytes: 1000, shutdownGraceMs: 0 }
    const broken = {
      ...gateway,
      chat: () => Promise.reject(new Error('the secret is 42')),
    }
    const server = await startServer(broken, { ...options, onError: (error) => errors.push(error) })
    const reply = await fetch(server.url + chat, { method: 'POST', body: JSON.stringify(sum) })
    expect(reply.status).toBe(500)
    const text = await reply.text()
    expect(JSON.parse(text).error).toMatchObject({ code: 'internal_error', type: 'server_error' })
    expect(text).not.toContain('42')
    expect(errors).toEqual([new Error('the secret is 42')])
    await server.close()
  })
})

describe('a port', () => {
  test('that is taken is an error with its code, and the gateway stays open', async () => {
    const first = await aServer()
    const { gateway } = await aGateway()
    const port = Number(new URL(first.url).port)
    const options = { host: '127.0.0.1', port, bodyLimitBytes: 1000, shutdownGraceMs: 0, onError: () => {} }
    await expect(startServer(gateway, options)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(gateway.route).toBeTypeOf('function')
    expect((await first.post(chat, sum)).status).toBe(200)
  })
})

async function acme(behaviour: Behaviour, shutdownGraceMs: number) {
  const vendor = await aFaultServer({ small: [behaviour], large: [{ kind: 'answer' }] })
  const config = acmeConfig(vendor.baseUrl, { policies: smallThen('acme/large') })
  return { ...(await aServer({ config, variables: acmeKey, server: { shutdownGraceMs } })), vendor }
}

describe('closing', () => {
  test('waits for what is being answered, and refuses what comes after', async () => {
    const { post, close, stored, vendor } = await acme({ kind: 'answer', delayMs: 300 }, 10_000)
    const first = post(chat, sum)
    await vendor.whenSeen(1)
    const closed = close()
    const second = await post(chat, sum)
    expect(second.status).toBe(503)
    expect(second.headers.get('connection')).toBe('close')
    expect((await jsonOf(second)).error).toMatchObject({ code: 'shutting_down' })
    expect((await first).status).toBe(200)
    expect(await jsonOf(await first)).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
    await closed
    expect((await stored()).map(({ outcome }) => outcome?.status)).toEqual(['answered'])
  })

  test('cuts a stream that takes too long, tells its client why, and books what was made', async () => {
    const { post, close, stored } = await acme({ kind: 'stall', afterWords: 2 }, 50)
    const reply = await post(chat, { ...sum, stream: true })
    const text = reply.text()
    await close()
    expect(await text).toContain('"code":"shutting_down"')
    expect(await text).not.toContain('[DONE]')
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'failed', failure: 'overloaded' })
    expect(outcome?.cost).toBeGreaterThan(0)
  })

  test('waits no longer once what is under way is cut', async () => {
    const { post, close, cut, stored } = await acme({ kind: 'stall', afterWords: 2 }, 600_000)
    const text = (await post(chat, { ...sum, stream: true })).text()
    const closed = close()
    cut()
    expect(await text).toContain('"code":"shutting_down"')
    await closed
    expect(await stored()).toMatchObject([{ outcome: { status: 'failed', failure: 'overloaded' } }])
  })

  test('cuts an answer that is not there yet, without trying another model', async () => {
    const { post, close, vendor, stored } = await acme({ kind: 'never-answer' }, 50)
    const reply = post(chat, sum)
    await vendor.whenSeen(1)
    await close()
    expect((await reply).status).toBe(503)
    expect((await jsonOf(await reply)).error).toMatchObject({ code: 'shutting_down' })
    expect(vendor.seen).toHaveLength(1)
    expect(await stored()).toMatchObject([{ outcome: { status: 'failed' } }])
  })

  test('is not held up by who sends half a request, nothing at all, or reads nothing', async () => {
    const { url, close, post } = await acme({ kind: 'stall', afterWords: 2 }, 50)
    const { hostname, port } = new URL(url)
    const sockets = ['', `POST ${chat} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`].map((text) => {
      const socket = connect(Number(port), hostname)
      socket.write(text)
      return socket
    })
    const unread = await post(chat, { ...sum, stream: true })
    const ends = sockets.map((socket) => once(socket, 'close'))
    for (const socket of sockets) socket.resume()
    await close()
    await Promise.all(ends)
    await unread.body?.cancel()
  })

  test('with nothing to wait for is done at once, though clients keep their connections', async () => {
    const { post, close } = await aServer({ server: { shutdownGraceMs: 600_000 } })
    await (await post(chat, sum)).text()
    await close()
  })
})
