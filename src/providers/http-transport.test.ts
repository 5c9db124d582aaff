import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aTarget, aTransport, aVendor } from '../../test/support/an-engine.ts'
import { aFaultServer, aRefusedUrl } from '../../test/support/fault-server.ts'
import { Secret } from '../domain/secret.ts'
import type { Exchange, Outgoing } from '../domain/transport.ts'
import type { Target } from '../domain/vendor.ts'
import { createHttpTransport } from './http-transport.ts'

const outgoing = (target: Target, stream = false): Outgoing => ({
  target,
  path: '/chat/completions',
  body: JSON.stringify({ model: 'small', stream }),
  stream,
})

const forever = (): AbortSignal => new AbortController().signal

async function bodyText(exchange: Exchange): Promise<string> {
  if (exchange.kind === 'failed') throw new Error(exchange.failure.message)
  const chunks: Uint8Array[] = []
  for await (const chunk of exchange.body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** A server that sends every request the same reply. */
async function aServer(
  headers: Record<string, string | string[]>,
  body: Buffer,
  host = '127.0.0.1',
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return host === '::1' ? `http://[::1]:${port}/v1` : `http://${host}:${port}/v1`
}

describe('what a vendor sees', () => {
  test('the path behind the base URL, the body, and no wish for compression', async () => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const target = aTarget({ baseUrl: `${server.baseUrl}/` })
    await bodyText(await aTransport().send(outgoing(target, true), forever()))
    expect(server.seen[0]).toMatchObject({
      path: '/v1/chat/completions',
      text: '{"model":"small","stream":true}',
      headers: {
        accept: 'text/event-stream',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
      },
    })
  })

  test.each([
    ['bearer', { kind: 'bearer' }, 'authorization', 'Bearer key-1'],
    ['a header of its own', { kind: 'header', name: 'X-Api-Key' }, 'x-api-key', 'key-1'],
    ['none', { kind: 'none' }, 'authorization', undefined],
  ] as const)('its credential: %s', async (_name, auth, header, value) => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const target = aTarget({ baseUrl: server.baseUrl, vendor: aVendor({ auth }) })
    await bodyText(await aTransport().send(outgoing(target), forever()))
    expect(server.seen[0]!.headers[header]).toBe(value)
  })

  test('headers of the vendor and of the client, none of them over ours', async () => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const vendor = aVendor({ headers: { 'x-version': '1' } })
    const clientHeaders = { 'x-beta': 'new-tools', 'x-version': '0', 'content-type': 'text/plain' }
    const target = aTarget({ baseUrl: server.baseUrl, vendor })
    await bodyText(await aTransport().send({ ...outgoing(target), clientHeaders }, forever()))
    expect(server.seen[0]!.headers).toMatchObject({
      'x-version': '1',
      'x-beta': 'new-tools',
      'content-type': 'application/json',
    })
  })

  test('headers that the configuration adds, over those of ours', async () => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const headers = { 'X-Team': new Secret('blue'), 'User-Agent': new Secret('mine') }
    await bodyText(
      await aTransport().send(outgoing(aTarget({ baseUrl: server.baseUrl, headers })), forever()),
    )
    expect(server.seen[0]!.headers).toMatchObject({ 'x-team': 'blue', 'user-agent': 'mine' })
  })
})

describe('what comes back', () => {
  const text = 'data: hello\n\n'
  test.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
  ])('%s is unpacked', async (encoding, body) => {
    const baseUrl = await aServer({ 'content-encoding': encoding }, body)
    expect(await bodyText(await aTransport().send(outgoing(aTarget({ baseUrl })), forever()))).toBe(text)
  })

  test('a header that comes twice is one value', async () => {
    const baseUrl = await aServer({ 'x-twice': ['a', 'b'] }, Buffer.from(text))
    const exchange = await aTransport().send(outgoing(aTarget({ baseUrl })), forever())
    expect(exchange).toMatchObject({ kind: 'replied', status: 200, headers: { 'x-twice': 'a, b' } })
    await bodyText(exchange)
  })

  test('broken compression is named', async () => {
    const transport = aTransport()
    const target = aTarget({
      baseUrl: await aServer({ 'content-encoding': 'gzip' }, Buffer.from('no gzip at all')),
    })
    const exchange = await transport.send(outgoing(target), forever())
    const error = await bodyText(exchange).catch((thrown: unknown) => thrown)
    expect(transport.asFailure(error, target)).toMatchObject({ kind: 'unreadable' })
  })

  test('a body that is cut is truncated', async () => {
    const transport = aTransport()
    const server = await aFaultServer({ small: [{ kind: 'reset-after-headers' }] })
    const target = aTarget({ baseUrl: server.baseUrl })
    const error = await bodyText(await transport.send(outgoing(target), forever())).catch(
      (thrown: unknown) => thrown,
    )
    expect(transport.asFailure(error, target)).toMatchObject({ kind: 'truncated' })
  })
})

const loopbacks = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])

test.skipIf(!loopbacks.some(({ address }) => address === '::1'))(
  'a vendor at an IPv6 address is reached',
  async () => {
    const baseUrl = await aServer({}, Buffer.from('six'), '::1')
    expect(await bodyText(await aTransport().send(outgoing(aTarget({ baseUrl })), forever()))).toBe('six')
  },
)

describe('a vendor that can’t be reached', () => {
  const send = async (baseUrl: string, changes: Partial<Target> = {}) => {
    const exchange = await aTransport().send(outgoing(aTarget({ baseUrl, ...changes })), forever())
    if (exchange.kind === 'replied') throw new Error('it was reached')
    return exchange.failure
  }

  test('a refused connection asks whether a local server is running', async () => {
    const baseUrl = await aRefusedUrl()
    const { kind, message } = await send(baseUrl, { vendor: aVendor({ local: true }) })
    expect(kind).toBe('unavailable')
    expect(message).toBe(`could not reach Acme at ${baseUrl} (connection refused): is Acme running?`)
  })

  test('a name that does not resolve', async () => {
    const { kind, message } = await send('http://nowhere.invalid/v1')
    expect(kind).toBe('unavailable')
    expect(message).toMatch(/the name nowhere\.invalid does not resolve/)
  })

  test('a server that speaks no TLS', async () => {
    const { kind, message } = await send((await aServer({}, Buffer.from(''))).replace('http:', 'https:'))
    expect(kind).toBe('unavailable')
    expect(message).toMatch(/TLS/)
  })

  test('a server that speaks no HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n').on('error', () => {}))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { kind, message } = await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`)
    expect(kind).toBe('unreadable')
    expect(message).toMatch(/did not answer in HTTP/)
  })

  test('a reset before any reply', async () => {
    const server = await aFaultServer({ small: [{ kind: 'reset-before-headers' }] })
    expect(await send(server.baseUrl)).toMatchObject({ kind: 'unavailable' })
  })

  test('a password in the base URL is not told, nor is a key that can’t be sent', async () => {
    const refused = (await aRefusedUrl()).replace('http://', 'http://user:hunter2@')
    expect((await send(refused)).message).not.toContain('hunter2')
    const broken = await send(await aRefusedUrl(), { credential: new Secret('sk-1\nsk-2') })
    expect(broken.kind).toBe('credential')
    expect(broken.message).not.toContain('sk-')
  })
})

test('aborting closes the connection at once', async () => {
  const server = await aFaultServer({ small: [{ kind: 'stall', afterWords: 1 }] })
  const abort = new AbortController()
  const exchange = await aTransport().send(outgoing(aTarget({ baseUrl: server.baseUrl }), true), abort.signal)
  const reading = bodyText(exchange)
  abort.abort(new Error('enough'))
  await expect(reading).rejects.toThrow()
  expect(await server.seen[0]!.over).toBe('aborted')
})

test('more origins than pools are served, one after another', async () => {
  const transport = createHttpTransport({ connectMs: 5000, maxConnections: 2, maxOrigins: 2 })
  onTestFinished(() => transport.close())
  const origins = await Promise.all(
    [1, 2, 3, 4].map((number) => aServer({}, Buffer.from(`server ${number}`))),
  )
  for (const round of [1, 2])
    for (const [index, baseUrl] of origins.entries())
      expect(
        await bodyText(await transport.send(outgoing(aTarget({ baseUrl })), forever())),
        `round ${round}`,
      ).toBe(`server ${index + 1}`)
})
