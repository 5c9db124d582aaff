import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { anMcp, aServer, scripted, textOf, until } from './__fixtures__/open.ts'
import { mcpDefaults } from './settings.ts'

const introduction = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
}
const accept = 'application/json, text/event-stream'

const post = (url: string, message: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  })

/** The messages of a reply, whether it is one of JSON or a stream of events. */
async function messagesOf(reply: Response) {
  const text = await reply.text()
  if (reply.headers.get('content-type') === 'application/json') return [JSON.parse(text)]
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)))
}

async function begin(url: string): Promise<Record<string, string>> {
  const reply = await post(url, introduction)
  await reply.text()
  const headers = { 'mcp-session-id': reply.headers.get('mcp-session-id') ?? '' }
  await (await post(url, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers)).text()
  return headers
}

describe('a session', () => {
  test('begins with initialize and ends with DELETE; then its id is unknown', async () => {
    const { url, mcp } = await anMcp([])
    const session = await begin(url)
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
    expect(await messagesOf(await post(url, list, session))).toEqual([
      { jsonrpc: '2.0', id: 2, result: { tools: [] } },
    ])
    expect(mcp.status().sessions).toBe(1)
    expect((await fetch(url, { method: 'DELETE', headers: session })).status).toBe(200)
    expect(mcp.status().sessions).toBe(0)
    const after = await post(url, list, session)
    expect(after.status).toBe(404)
    expect(await after.json()).toMatchObject({
      error: { message: expect.stringContaining('Begin with initialize') },
    })
  })

  test('that is quiet for long ends', async () => {
    const { url, mcp } = await anMcp([], {}, { sessions: { max: 10, idleMs: 60, maxCalls: 4 } })
    const session = await begin(url)
    await until(() => mcp.status().sessions === 0)
    expect((await post(url, { jsonrpc: '2.0', id: 2, method: 'ping' }, session)).status).toBe(404)
  })

  test('that listens is not quiet, until its client vanishes', async () => {
    const { url, mcp } = await anMcp([], {}, { sessions: { max: 10, idleMs: 1_500, maxCalls: 4 } })
    const session = await begin(url)
    const controller = new AbortController()
    const stream = await fetch(url, {
      headers: { accept: 'text/event-stream', ...session },
      signal: controller.signal,
    })
    expect(stream.status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(mcp.status().sessions).toBe(1)
    expect((await fetch(url, { headers: { accept: 'text/event-stream', ...session } })).status).toBe(409)
    controller.abort()
    await until(() => mcp.status().sessions === 0)
  })

  test('too many is refused, with when to come back', async () => {
    const { url } = await anMcp([], {}, { sessions: { ...mcpDefaults.sessions, max: 2 } })
    await begin(url)
    await begin(url)
    const reply = await post(url, introduction)
    expect(reply.status).toBe(503)
    expect(reply.headers.get('retry-after')).toBe('30')
    expect(await reply.json()).toMatchObject({
      error: { message: expect.stringContaining('mcp.sessions.max') },
    })
  })

  test('is seen with its age and what it does, the oldest first, and not with an id that could be used', async () => {
    const sessions = { ...mcpDefaults.sessions, max: 60 }
    const { url, mcp, client } = await anMcp([aServer('one', scripted())], {}, { sessions })
    const first = await begin(url)
    const id = first['mcp-session-id']!
    await until(() => mcp.status().http.oldest[0]?.quietMs !== null)
    const connected = await client()
    const controller = new AbortController()
    const hanging = connected
      .callTool({ name: 'one__hang' }, undefined, { signal: controller.signal })
      .catch(() => {})
    await until(() => mcp.status().http.oldest[1]?.callsUnderWay === 1)
    const { http } = mcp.status()
    expect(http).toMatchObject({ open: 2, max: 60 })
    const [oldest, newer] = http.oldest
    expect(oldest).toMatchObject({ id: id.slice(0, 8), callsUnderWay: 0, quietMs: expect.any(Number) })
    expect(newer).toMatchObject({ callsUnderWay: 1, quietMs: null })
    expect(oldest!.ageMs).toBeGreaterThanOrEqual(newer!.ageMs)
    expect(JSON.stringify(mcp.status())).not.toContain(id)
    controller.abort()
    await hanging
    for (let n = 0; n < 55; n++) await begin(url)
    expect(mcp.status().http.open).toBe(57)
    expect(mcp.status().http.oldest).toHaveLength(50)
    expect(mcp.status().http.oldest[0]).toMatchObject({ id: id.slice(0, 8) })
  })

  test('whose introduction is refused is none', async () => {
    const { url, mcp } = await anMcp([])
    const reply = await post(url, introduction, { accept: 'application/json' })
    expect(reply.status).toBe(406)
    await until(() => mcp.status().sessions === 0)
  })

  test('has so many calls at one time and no more', async () => {
    const sessions = { ...mcpDefaults.sessions, maxCalls: 2 }
    const { client } = await anMcp([aServer('one', scripted())], {}, { sessions })
    const connected = await client()
    await connected.listTools()
    const controller = new AbortController()
    const hanging = [1, 2].map(() =>
      connected.callTool({ name: 'one__hang' }, undefined, { signal: controller.signal }).catch(() => {}),
    )
    await until(async () =>
      connected.listTools().then(
        () => false,
        (error) => /requests of this session are under way/.test(error.message),
      ),
    )
    controller.abort()
    await Promise.all(hanging)
    await until(async () => (await textOf(connected, 'one__pid').catch(() => '')) !== '')
  })

  test('whose client vanishes in the middle of a call goes on when it is back', async () => {
    const { url, mcp } = await anMcp([aServer('one', scripted())])
    const session = await begin(url)
    const controller = new AbortController()
    const call = {
      jsonrpc: '2.0',
      id: 5,
      method: 'tools/call',
      params: { name: 'one__sleep', arguments: { ms: 300 } },
    }
    const gone = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...session },
      body: JSON.stringify(call),
      signal: controller.signal,
    }).then((reply) => reply.text())
    const refused = expect(gone).rejects.toThrow()
    await until(() => mcp.status().servers[0]?.state === 'open')
    controller.abort()
    await refused
    const again = { ...call, id: 6, params: { name: 'one__echo', arguments: { text: 'back' } } }
    expect(await messagesOf(await post(url, again, session))).toMatchObject([
      { id: 6, result: { content: [{ text: 'back' }] } },
    ])
  })
})

describe('an answer', () => {
  const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' })

  test('that is there at once is plain JSON', async () => {
    const { url } = await anMcp([])
    const reply = await post(url, ping(1), await begin(url))
    expect(reply.headers.get('content-type')).toBe('application/json')
    expect(await reply.json()).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
  })

  test('that takes a while is a stream before it is there', async () => {
    const { url } = await anMcp([aServer('one', scripted())])
    const session = await begin(url)
    const params = { name: 'one__sleep', arguments: { ms: 1_500 } }
    const reply = await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, session)
    expect(reply.headers.get('content-type')).toBe('text/event-stream')
    expect(await messagesOf(reply)).toMatchObject([{ id: 1, result: { content: [{ text: 'slept' }] } }])
  })

  test('to a batch is one for each of its requests', async () => {
    const { url } = await anMcp([])
    const session = await begin(url)
    const notification = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' }
    const told = await messagesOf(await post(url, [ping(1), notification, ping(2)], session))
    expect(told.map(({ id }) => id)).toEqual([1, 2])
    expect((await post(url, [notification], session)).status).toBe(202)
  })

  test('is given up with a request that is cancelled, and its connection with it', async () => {
    const sessions = { ...mcpDefaults.sessions, maxCalls: 4 }
    const { url } = await anMcp([aServer('one', scripted())], {}, { sessions })
    const session = await begin(url)
    // More than may be open at one time.
    for (let id = 10; id < 40; id++) {
      const params = { name: 'one__sleep', arguments: { ms: 60_000 }, _meta: { progressToken: id } }
      // Its first progress begins the stream.
      const answer = await post(url, { jsonrpc: '2.0', id, method: 'tools/call', params }, session)
      const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }
      expect((await post(url, cancelled, session)).status).toBe(202)
      const told = await messagesOf(answer)
      expect(told.filter((message) => message.method !== 'notifications/progress')).toEqual([])
    }
    expect((await post(url, ping(99), session)).status).toBe(200)
  })

  test('under way keeps its id: another request can’t take it', async () => {
    const { url } = await anMcp([aServer('one', scripted())])
    const session = await begin(url)
    const params = { name: 'one__sleep', arguments: { ms: 300 }, _meta: { progressToken: 1 } }
    const first = await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, session)
    expect((await post(url, ping(1), session)).status).toBe(400)
    expect((await messagesOf(first)).at(-1)).toMatchObject({
      id: 1,
      result: { content: [{ text: 'slept' }] },
    })
    expect((await post(url, introduction, session)).status).toBe(400)
    const strange = { ...session, 'mcp-protocol-version': '1999-01-01' }
    expect((await post(url, ping(2), strange)).status).toBe(400)
  })
})

describe('a request without a session', () => {
  test('is answered, and leaves nothing behind', async () => {
    const { url, mcp } = await anMcp([aServer('one', scripted())])
    const listed = await messagesOf(await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/list' }))
    const echo = listed[0].result.tools.find(({ name }: { name: string }) => name === 'one__echo')
    // What the gateway does not know is handed on.
    expect(echo).toMatchObject({ inputSchema: { type: 'object' }, extra: 'kept' })
    const call = {
      jsonrpc: '2.0',
      id: 'a',
      method: 'tools/call',
      params: { name: 'one__echo', arguments: { text: 'hi' } },
    }
    expect(await messagesOf(await post(url, call))).toMatchObject([
      { id: 'a', result: { content: [{ text: 'hi' }] } },
    ])
    const subscribe = {
      jsonrpc: '2.0',
      id: 2,
      method: 'resources/subscribe',
      params: { uri: 'one+memo:///1' },
    }
    expect(await messagesOf(await post(url, subscribe))).toMatchObject([
      { error: { code: -32602, message: expect.stringContaining('needs a session') } },
    ])
    await until(() => mcp.status().sessions === 0)
  })

  test('is refused while as many are under way as there may be sessions', async () => {
    const sessions = { ...mcpDefaults.sessions, max: 1 }
    const { url } = await anMcp([aServer('one', scripted())], {}, { sessions })
    const params = { name: 'one__sleep', arguments: { ms: 400 }, _meta: { progressToken: 1 } }
    const first = await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params })
    const ping = { jsonrpc: '2.0', id: 2, method: 'ping' }
    expect((await post(url, ping)).status).toBe(503)
    expect((await messagesOf(first)).at(-1)).toMatchObject({ id: 1 })
    await until(async () => (await post(url, ping)).status === 200)
  })

  test('is over when its client leaves: the server is told', async () => {
    const { url, client, mcp } = await anMcp([aServer('one', scripted())])
    const connected = await client()
    await textOf(connected, 'one__pid')
    const controller = new AbortController()
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'one__hang' } }
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify(call),
      signal: controller.signal,
    })
    expect(reply.status).toBe(200)
    controller.abort()
    await until(async () => (await textOf(connected, 'one__seen')).includes('"cancelled":["'))
    expect(mcp.status().sessions).toBe(1)
  })
})

describe('what is no request', () => {
  test.each([
    ['{', 400, 'The body is no JSON'],
    ['', 400, 'The body is no JSON'],
    ['{"a":1}', 400, 'no message of JSON-RPC'],
    ['5', 400, 'no message of JSON-RPC'],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, 'no message of JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"method":5}', 400, 'no message of JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 400, 'no message of JSON-RPC'],
    [
      '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":1,"method":"ping"}]',
      400,
      'the same id',
    ],
    [JSON.stringify(Array(101).fill({ jsonrpc: '2.0', method: 'x' })), 400, 'at most 100'],
    [JSON.stringify([introduction, { jsonrpc: '2.0', id: 2, method: 'ping' }]), 400, 'initialize comes once'],
    ['[]', 202, ''],
  ])('(%#) is answered so', async (body, status, text) => {
    const { url } = await anMcp([])
    const reply = await post(url, body)
    expect(reply.status).toBe(status)
    expect(await reply.text()).toContain(text)
  })

  test('is too large is refused', async () => {
    const { url } = await anMcp([], {}, { maxRequestBytes: 100 })
    const reply = await post(url, introduction)
    expect(reply.status).toBe(413)
    expect(await reply.text()).toContain('mcp.maxRequestBytes')
  })

  test('is no JSON by its own word is refused, which pages need no leave to send', async () => {
    const { url } = await anMcp([])
    expect((await post(url, introduction, { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('asks for a method that there is not is told so', async () => {
    const { url } = await anMcp([])
    for (const method of ['constructor', 'tasks/list', 'nothing'])
      expect(await messagesOf(await post(url, { jsonrpc: '2.0', id: 1, method }))).toMatchObject([
        { error: { code: -32601 } },
      ])
    expect((await fetch(url)).status).toBe(400)
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(400)
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405)
    const unknown = { 'mcp-session-id': 'nothing', accept: 'text/event-stream' }
    expect((await fetch(url, { headers: unknown })).status).toBe(404)
  })

  test.each([{ params: {} }, { params: { name: 5 } }, { params: { name: 'x', arguments: [] } }, {}])(
    'names no tool (%j) is refused',
    async (rest) => {
      const { url } = await anMcp([])
      expect(
        await messagesOf(await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', ...rest })),
      ).toMatchObject([{ error: { code: -32602 } }])
    },
  )
})

describe('a web page', () => {
  test('of elsewhere is refused, whatever it asks', async () => {
    const { url } = await anMcp([])
    const reply = await post(url, introduction, { origin: 'https://evil.example' })
    expect(reply.status).toBe(403)
    expect(reply.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('that rebound its name to this machine is refused', async () => {
    const { url } = await anMcp([])
    const { port } = new URL(url)
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.end(
        `POST /mcp HTTP/1.1\r\nHost: evil.example:${port}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
      )
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.on('close', () => resolve(answer))
    })
    expect(text).toMatch(/^HTTP\/1\.1 403/)
    expect(text).toContain('mcp.allowedHosts')
  })

  test('that is allowed may read the answers', async () => {
    const origin = 'https://app.example.com'
    const { url } = await anMcp([], {}, { allowedOrigins: [origin] })
    const asked = await fetch(url, { method: 'OPTIONS', headers: { origin } })
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-headers')).toContain('mcp-session-id')
    const reply = await post(url, introduction, { origin })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('access-control-allow-origin')).toBe(origin)
    expect(reply.headers.get('access-control-expose-headers')).toContain('mcp-session-id')
  })
})

test('a client that does not read is spared what can be left out', async () => {
  const { url, rows } = await anMcp([aServer('one', scripted(), { sharing: 'per-session' })])
  const session = await begin(url)
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.pause()
  const [messages, bytes] = [4_000, 10_000]
  const params = { name: 'one__pour', arguments: { messages, bytes } }
  const call = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/call', params })
  socket.write(
    `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\naccept: ${accept}\r\ncontent-type: application/json\r\nmcp-session-id: ${session['mcp-session-id']}\r\ncontent-length: ${call.length}\r\n\r\n${call}`,
  )
  await until(() => rows.some(({ item }) => item === 'pour'))
  let received = 0
  let end = ''
  socket.on('data', (chunk) => {
    received += chunk.length
    end = (end + chunk.toString('latin1')).slice(-500)
  })
  socket.resume()
  // The answer comes all the same.
  await until(() => end.includes('"text":"poured"'))
  socket.destroy()
  // The rest was never kept for it: what there is was on its way, in buffers of the system.
  expect(received).toBeGreaterThan(bytes)
  expect(received).toBeLessThan((messages * bytes) / 2)
})
