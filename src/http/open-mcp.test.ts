import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aGateway, atOnce } from '../../test/support/a-gateway.ts'
import { openGatewayMcp } from './open-mcp.ts'
import { startServer } from './server.ts'

const program = join(import.meta.dirname, '..', 'mcp', '__fixtures__', 'stdio-server.mjs')

async function opened(changes: object = {}) {
  const config = {
    ...atOnce,
    keys: { required: true },
    mcp: { servers: { files: { command: process.execPath, args: [program, 'good'] } } },
    ...changes,
  }
  const { gateway, config: resolved } = await aGateway({ config })
  const errors: unknown[] = []
  const mcp = openGatewayMcp(gateway, resolved.mcp, '0', () => {})
  const server = await startServer(gateway, {
    host: '127.0.0.1',
    port: 0,
    bodyLimitBytes: 100_000,
    shutdownGraceMs: 1_000,
    onError: (error) => errors.push(error),
    mcp,
  })
  onTestFinished(server.close)
  const admin = async (path: string, body?: object) => {
    const response = await fetch(`${server.url}/admin${path}`, {
      method: body ? 'POST' : 'GET',
      ...(body && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as any
  }
  const connect = async (secret: string) => {
    const client = new Client({ name: 'test', version: '1' })
    const requestInit = { headers: { authorization: `Bearer ${secret}` } }
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit }) as Transport,
    )
    onTestFinished(() => client.close())
    return client
  }
  return { admin, connect, errors }
}

const namesOf = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name)

describe('/mcp with keys', () => {
  test('lets in who has one, and shows each key the tools of its list', async () => {
    const { admin, connect } = await opened()
    const { secret } = await admin('/keys', { name: 'all' })
    const all = await namesOf(await connect(secret))
    expect(all).toContain('fairlead__route')
    const theirs = all.filter((name) => name.startsWith('files__'))
    expect(theirs.length).toBeGreaterThan(1)
    const [one] = theirs
    const narrow = await admin('/keys', { name: 'narrow', tools: [one!.replace('__', '/')] })
    const client = await connect(narrow.secret)
    expect(await namesOf(client)).toEqual([one])
    // It is not only not shown: it can't be called either.
    const other = await client
      .callTool({ name: theirs[1]!, arguments: {} })
      .catch((error: Error) => ({ isError: true, error }))
    expect(other.isError).toBe(true)
    await expect(connect('fl-nobody')).rejects.toThrow()
  })

  test('writes down who called what, and never with what', async () => {
    const { admin, connect } = await opened()
    const { secret, key } = await admin('/keys', { name: 'all' })
    const client = await connect(secret)
    await client.callTool({ name: 'fairlead__route', arguments: { prompt: 'a very private question' } })
    await expect.poll(async () => (await admin('/audit?kind=tool-call')).rows.length).toBe(1)
    const [row] = (await admin('/audit?kind=tool-call')).rows
    expect(row).toMatchObject({ actor: key.id, action: 'fairlead/route', ok: true })
    expect(JSON.stringify(row)).not.toContain('private')
  })

  test('counts calls for the rate of their key', async () => {
    const { admin, connect, errors } = await opened()
    const { secret } = await admin('/keys', { name: 'slow', requestsPerMinute: 6 })
    const client = await connect(secret)
    const outcomes = []
    for (let n = 0; n < 8; n++)
      outcomes.push(
        await client.listTools().then(
          () => 'listed',
          () => 'refused',
        ),
      )
    expect(outcomes[0]).toBe('listed')
    expect(outcomes.at(-1)).toBe('refused')
    expect(errors).toEqual([])
  })
})
