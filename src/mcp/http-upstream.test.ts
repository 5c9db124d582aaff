import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { Secret } from '../domain/secret.ts'
import { anMcp, aServer, over, scripted, textOf, until } from './__fixtures__/open.ts'
import type { McpOAuth } from './settings.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, message: Message) => void | Promise<void>
type Message = { readonly id?: number; readonly method?: string; readonly params?: Record<string, unknown> }

async function listenOn(port: number, answer: Answer): Promise<Server> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const isJson = request.headers['content-type'] === 'application/json'
    await answer(request, response, text !== '' && isJson ? JSON.parse(text) : { params: { text } })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => stop(server))
  return server
}

const stop = async (server: Server) => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

/** A small MCP server of one tool; `call` answers what is called. */
function small(call: Answer, session = 'session-1'): Answer {
  return (request, response, message) => {
    if (request.method === 'GET') return void response.writeHead(405).end()
    if (request.method === 'DELETE') return void response.writeHead(200).end()
    const { id, method } = message
    if (id === undefined) return void response.writeHead(202).end()
    const result = (value: unknown) =>
      json(response, { jsonrpc: '2.0', id, result: value }, { 'mcp-session-id': session })
    if (method === 'initialize')
      return result({
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'small', version: '1' },
      })
    if (request.headers['mcp-session-id'] !== session) return void response.writeHead(404).end()
    if (method === 'tools/list') return result({ tools: [{ name: 'do', inputSchema: { type: 'object' } }] })
    if (method === 'ping') return result({})
    return call(request, response, message)
  }
}

const saying =
  (text: string): Answer =>
  (_, response, { id }) =>
    json(response, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } })

async function aWebServer(answer: Answer, changes: Parameters<typeof aServer>[2] = {}) {
  const server = await listenOn(0, answer)
  const port = portOf(server)
  const opened = await anMcp([aServer('web', over(`http://127.0.0.1:${port}/mcp`), changes)])
  return { ...opened, server, port, connected: await opened.client() }
}

describe('a server over HTTP', () => {
  test('may be another gateway: sessions, progress and questions go through both', async () => {
    const inner = await anMcp([aServer('one', scripted())])
    const outer = await anMcp([aServer('web', over(inner.url))])
    const connected = await outer.client()
    expect((await connected.listTools()).tools.map(({ name }) => name)).toContain('web__one__echo')
    expect(await textOf(connected, 'web__one__echo', { text: 'hi' })).toBe('hi')
    expect(await connected.readResource({ uri: 'web+one+memo:///1' })).toMatchObject({
      contents: [{ uri: 'web+one+memo:///1', text: 'the memo memo:///1' }],
    })
    const seen: number[] = []
    await connected.callTool({ name: 'web__one__sleep', arguments: { ms: 200 } }, undefined, {
      onprogress: ({ progress }) => seen.push(progress),
    })
    expect(seen.at(-1)).toBe(200)
    // One for lists, one of our session.
    expect(inner.mcp.status().sessions).toBe(2)
    await connected.close()
    await outer.mcp.close()
    await until(() => inner.mcp.status().sessions === 0)
  })

  test('that was started again is introduced to anew, and the call is made once more', async () => {
    const { connected, server, port } = await aWebServer(small(saying('first')))
    expect(await textOf(connected, 'web__do')).toBe('first')
    await stop(server)
    await listenOn(port, small(saying('second'), 'session-2'))
    expect(await textOf(connected, 'web__do')).toBe('second')
  })

  test('that is away fails calls at once and says so, and is found again when it is back', async () => {
    const { connected, server, port } = await aWebServer(small(saying('first')))
    expect(await textOf(connected, 'web__do')).toBe('first')
    await stop(server)
    expect(await textOf(connected, 'web__do')).toMatch(/^The MCP server web can't be reached \(/)
    await listenOn(port, small(saying('second'), 'session-2'))
    await until(async () => (await textOf(connected, 'web__do')) === 'second')
  })

  test('that ends its stream without an answer fails the call at once', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(': wait\n\n')
      setTimeout(() => response.end(), 20)
    }
    const { connected } = await aWebServer(small(cut))
    expect(await textOf(connected, 'web__do')).toContain('ended its answer to tools/call before it was whole')
  })

  test('that is cut off in the middle of its stream fails the call at once', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: message\ndata: {"jsonrpc":"2.0","id":')
      setTimeout(() => response.destroy(), 20)
    }
    const { connected } = await aWebServer(small(cut))
    expect(await textOf(connected, 'web__do')).toContain('ended its answer to tools/call before it was whole')
  })

  test.each([
    ['<html>oops</html>', { 'content-type': 'text/html' }],
    ['{"jsonrpc"', { 'content-type': 'application/json' }],
    ['{"what":1}', { 'content-type': 'application/json' }],
  ])('that answers %s is not understood, and its text is repeated to nobody', async (body, headers) => {
    const { connected, rows } = await aWebServer(
      small((_, response) => {
        response.writeHead(200, headers)
        response.end(body)
      }),
    )
    expect(await textOf(connected, 'web__do')).toContain('sent what is no message of the protocol')
    expect(rows.at(-1)?.outcome).toBe('unreadable')
  })

  test.each([
    [500, 'answered with HTTP 500', 'unavailable'],
    [429, 'is asked too often (HTTP 429)', 'rate-limited'],
    [403, 'refuses the credentials', 'credential'],
  ])('that answers HTTP %i says so', async (status, text, outcome) => {
    const { connected, rows } = await aWebServer(
      small((_, response) => void response.writeHead(status).end('a secret of theirs')),
    )
    const said = await textOf(connected, 'web__do')
    expect(said).toContain(text)
    expect(said).not.toContain('secret')
    expect(rows.at(-1)?.outcome).toBe(outcome)
  })

  test.each(['application/json', 'text/event-stream'])(
    'that sends %s without end is cut off',
    async (type) => {
      const endless: Answer = (_, response) => {
        response.writeHead(200, { 'content-type': type })
        const pour = () => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
          if (!response.destroyed) response.once('drain', pour)
        }
        pour()
      }
      const { connected } = await aWebServer(small(endless), { maxMessageBytes: 200_000 })
      expect(await textOf(connected, 'web__do')).toMatch(/message that is too large|before it was whole/)
    },
  )

  test('that hangs fails the call in time, and is told that it is not wanted any more', async () => {
    const told: unknown[] = []
    const { connected } = await aWebServer(
      (request, response, message) => {
        if (message.method === 'notifications/cancelled') told.push(message.params?.reason)
        return small(() => {})(request, response, message)
      },
      { timeoutMs: 100 },
    )
    expect(await textOf(connected, 'web__do')).toContain('did not answer tools/call in time')
    await until(() => told.length > 0)
  })

  test('that fails often is left alone, tried by one call after a while, and used again when that goes well', async () => {
    let isWell = false
    let calls = 0
    const { connected, mcp } = await aWebServer(
      small((request, response, message) => {
        calls++
        return isWell ? saying('well')(request, response, message) : void response.writeHead(500).end()
      }),
      {
        breaker: {
          allowedFails: 1,
          windowMs: 30_000,
          failureShare: 0.5,
          cooldownMs: 400,
          maxCooldownMs: 400,
        },
      },
    )
    const breaker = () => mcp.status().servers[0]?.breaker
    for (let call = 0; call < 2; call++) await textOf(connected, 'web__do')
    expect(await textOf(connected, 'web__do')).toContain('is left alone')
    expect(calls).toBe(2)
    await until(() => breaker() === 'half-open')
    await textOf(connected, 'web__do')
    expect(calls).toBe(3)
    isWell = true
    await until(() => breaker() === 'half-open')
    expect(await textOf(connected, 'web__do')).toBe('well')
    expect(breaker()).toBe('closed')
  })

  test('that never ends the stream of a cancelled call has it ended', async () => {
    let ended = 0
    const { connected } = await aWebServer(
      small((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(': wait\n\n')
        response.once('close', () => ended++)
      }),
      { timeoutMs: 100 },
    )
    expect(await textOf(connected, 'web__do')).toContain('did not answer tools/call in time')
    await until(() => ended === 1)
    const controller = new AbortController()
    const call = connected
      .callTool({ name: 'web__do' }, undefined, { signal: controller.signal })
      .catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    controller.abort()
    await call
    await until(() => ended === 2)
  })

  test('that quotes its key in an error has it taken out before anybody sees it', async () => {
    const server = await listenOn(0, (_, response) => {
      response.writeHead(500).end('the key sk-very-secret-1 is not welcome')
    })
    const headers = { authorization: new Secret('sk-very-secret-1') }
    const reach = over(`http://127.0.0.1:${portOf(server)}/mcp`, { headers })
    const { mcp, problems } = await anMcp([aServer('web', reach)])
    await until(() => problems.length > 0)
    expect(problems[0]).toMatch(/answered with HTTP 500.*the key \[secret\] is not welcome/)
    expect(JSON.stringify([problems, mcp.status()])).not.toContain('sk-very-secret-1')
  })

  test('gets the headers of the configuration, and none of the client’s', async () => {
    const seen: IncomingMessage['headers'][] = []
    const server = await listenOn(0, (request, response, message) => {
      seen.push(request.headers)
      return small(saying('done'))(request, response, message)
    })
    const reach = over(`http://127.0.0.1:${portOf(server)}/mcp`, {
      headers: { 'x-key': new Secret('theirs') },
    })
    const opened = await anMcp([aServer('web', reach)])
    const connected = await opened.client({
      headers: { authorization: 'Bearer of-the-client', 'x-other': '1' },
    })
    await textOf(connected, 'web__do')
    expect(seen.every((headers) => headers['x-key'] === 'theirs')).toBe(true)
    expect(JSON.stringify(seen)).not.toMatch(/of-the-client|x-other/)
  })
})

describe('a server behind OAuth', () => {
  /** An authorization server and a resource in one; tokens are good for `uses` requests. */
  async function protectedServer(uses: number) {
    const grants: string[] = []
    let token = 0
    let left = 0
    const server = await listenOn(0, (request, response, message) => {
      const base = `http://127.0.0.1:${portOf(server)}`
      const { url = '' } = request
      if (url.startsWith('/.well-known/oauth-protected-resource'))
        return json(response, { resource: `${base}/mcp`, authorization_servers: [base] })
      if (url.startsWith('/.well-known/'))
        return json(response, {
          issuer: base,
          authorization_endpoint: `${base}/authorize`,
          token_endpoint: `${base}/token`,
          response_types_supported: ['code'],
          token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
        })
      if (url === '/token') {
        grants.push(`${request.headers.authorization ?? 'public'} ${String(message.params?.text)}`)
        left = uses
        token++
        return json(response, {
          access_token: `token-${token}`,
          token_type: 'Bearer',
          refresh_token: `refresh-${token}`,
        })
      }
      if (request.headers.authorization !== `Bearer token-${token}` || left-- <= 0)
        return void response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
      return small(saying('protected'))(request, response, message)
    })
    const base = `http://127.0.0.1:${portOf(server)}`
    return { base, grants }
  }

  const oauth = (issuer: string, changes: Partial<McpOAuth> = {}): McpOAuth => ({
    clientId: 'me',
    clientSecret: new Secret('my-secret'),
    issuer,
    scope: null,
    grant: { kind: 'client-credentials' },
    ...changes,
  })

  test('is reached by client credentials, asked for anew when a token is not taken any more', async () => {
    const { base, grants } = await protectedServer(8)
    const { client } = await anMcp([aServer('web', over(`${base}/mcp`, { oauth: oauth(`${base}/`) }))])
    const connected = await client()
    for (let call = 0; call < 12; call++) expect(await textOf(connected, 'web__do')).toBe('protected')
    expect(grants.length).toBeGreaterThan(1)
    const basic = `Basic ${Buffer.from('me:my-secret').toString('base64')}`
    for (const grant of grants) expect(grant).toMatch(new RegExp(`^${basic} .*grant_type=client_credentials`))
  })

  test('is reached by a refresh token, and by the newer one that comes with each token', async () => {
    const { base, grants } = await protectedServer(8)
    const grant = { kind: 'refresh-token', token: new Secret('refresh-0') } as const
    const reach = over(`${base}/mcp`, { oauth: oauth(`${base}/`, { grant, clientSecret: null }) })
    const { client } = await anMcp([aServer('web', reach)])
    const connected = await client()
    for (let call = 0; call < 12; call++) expect(await textOf(connected, 'web__do')).toBe('protected')
    expect(grants[0]).toContain('refresh_token=refresh-0')
    expect(grants[1]).toContain('refresh_token=refresh-1')
  })

  test('of another issuer gets no credentials', async () => {
    const { base, grants } = await protectedServer(8)
    const reach = over(`${base}/mcp`, { oauth: oauth('https://auth.example') })
    const { mcp, problems } = await anMcp([aServer('web', reach)])
    await until(() => problems.length > 0)
    expect(grants).toEqual([])
    expect(mcp.status().servers[0]?.state).not.toBe('open')
    expect(JSON.stringify([problems, mcp.status()])).not.toContain('my-secret')
  })
})

test('a server of the older transport over server-sent events is reached too', async () => {
  const transports = new Map<string, SSEServerTransport>()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
    if (pathname === '/messages')
      return transports.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response)
    const transport = new SSEServerTransport('/messages', response)
    transports.set(transport.sessionId, transport)
    const old = new McpServer({ name: 'old', version: '1' })
    old.registerTool('echo', { inputSchema: { text: z.string() } }, ({ text }) => ({
      content: [{ type: 'text', text: `old ${text}` }],
    }))
    await old.connect(transport as Transport)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => stop(server))
  const reach = over(`http://127.0.0.1:${portOf(server)}/sse`, { transport: 'sse' })
  const { client } = await anMcp([aServer('old', reach)])
  const connected = await client()
  expect(await textOf(connected, 'old__echo', { text: 'hi' })).toBe('old hi')
})
