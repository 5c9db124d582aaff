import type { AddressInfo } from 'node:net'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { openMcp } from '../mcp/gateway.ts'
import { openHost } from '../mcp/host.ts'
import { mcpDefaults } from '../mcp/settings.ts'
import { addMcp, gatewayTools } from './mcp-endpoint.ts'

async function endpoint() {
  const opened = await aGateway({ config: atOnce })
  const { gateway } = opened
  const served = await gateway.chat(
    incoming({ model: 'simulated/nano', messages: say('hi') }),
    new AbortController().signal,
  )
  const decision = served.served?.decision
  const tools = gatewayTools(gateway, async (id) => (id === decision?.id ? decision : null))
  const mcp = openMcp(mcpDefaults, openHost(tools))
  const app = fastify({ forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const errors: unknown[] = []
  addMcp(app, mcp, (error) => errors.push(error))
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    await mcp.close()
    await app.close()
    expect(errors).toEqual([])
  })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/mcp`
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport)
  onTestFinished(() => client.close())
  const call = async (name: string, args: Record<string, unknown> = {}) =>
    (await client.callTool({ name, arguments: args })) as {
      structuredContent?: Record<string, unknown>
      isError?: boolean
      content: { text: string }[]
    }
  return { url, mcp, client, call, decision }
}

describe('/mcp', () => {
  test('decides who would answer, and calls nobody', async () => {
    const { call } = await endpoint()
    const { structuredContent } = await call('fairlead__route', { prompt: 'What is 17 * 23?' })
    expect(structuredContent).toMatchObject({
      policy: 'auto',
      chosen: expect.stringMatching(/^simulated\//),
      because: expect.any(String),
    })
    const own = await call('fairlead__route', { prompt: 'hi', policy: 'simulated/nano' })
    expect(own.structuredContent).toMatchObject({ chosen: 'simulated/nano' })
    const unknown = await call('fairlead__route', { prompt: 'hi', policy: 'no/such' })
    expect(unknown).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('no/such') }] })
  })

  test('lists policies and models, and tells of decisions', async () => {
    const { call, decision } = await endpoint()
    const { structuredContent } = await call('fairlead__models')
    expect(structuredContent).toMatchObject({
      policies: expect.arrayContaining([{ name: 'auto', strategy: 'utility' }]),
      models: expect.arrayContaining([expect.objectContaining({ id: 'simulated/nano', simulated: true })]),
    })
    expect((await call('fairlead__explain', { decision: decision?.id })).structuredContent).toMatchObject({
      chosen: 'simulated/nano',
    })
    expect(await call('fairlead__explain', { decision: 'nothing' })).toMatchObject({ isError: true })
  })

  test('answers browsers and strangers, and ends streams that only wait', async () => {
    const { url, mcp } = await endpoint()
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(204)
    expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400)
    const session = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'raw', version: '1' },
        },
      }),
    })
    await session.text()
    const stream = await fetch(url, {
      headers: {
        accept: 'text/event-stream',
        'mcp-session-id': session.headers.get('mcp-session-id') ?? '',
      },
    })
    mcp.endStreams()
    expect(await stream.text()).toBe('')
  })
})
