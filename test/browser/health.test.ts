import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { expect, onTestFinished, test } from 'vitest'
import { openGatewayMcp } from '../../src/http/open-mcp.ts'
import { startServer } from '../../src/http/server.ts'
import { aGateway, atOnce } from '../support/a-gateway.ts'
import { axeFindings } from './axe.ts'
import { visit, type VisitOptions } from './browser.ts'
import { adminToken, readToken } from './busy-gateway.ts'
import { openSite } from './site.ts'

const site = openSite({ tasks: 8, copies: 1 })
const open = (options?: Partial<VisitOptions>) => site.open('/health', options)

const user = (content: string) => ({ role: 'user', content })
const call = (id: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'read_file', arguments: `{"path":"${id}"}` } }],
})
const result = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content })
const tools = [{ type: 'function', function: { name: 'read_file', parameters: { type: 'object' } } }]

async function ask(messages: readonly object[], session: string | null, more: object = {}): Promise<void> {
  const reply = await fetch(`${site.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(session !== null && { 'x-fairlead-session': session }),
    },
    body: JSON.stringify({ model: 'auto', messages, ...more }),
  })
  await reply.text()
  expect(reply.status).toBe(200)
}

/** Longer than anybody reads, and with what an address must not take for its own. */
const longName = `batch/2026?part=1&${'0123456789'.repeat(12)}-end`

/** A calm agent, one that is lost, one with a long name, and somebody who names nothing. */
async function talk(): Promise<void> {
  const start = [user('Repair the parser.')]
  await ask(start, 'calm-agent', { tools })
  await ask([...start, call('a'), result('a', 'some text')], 'calm-agent', { tools })
  const rounds = ['a', 'b', 'c'].flatMap((id) => [call(id), result(id, 'Error: no such file')])
  await ask([...start, ...rounds], 'lost-agent', { tools })
  await ask([user('Sum up.')], longName)
  await ask([user('Hello.')], null, { user: 'ada' })
}

test('sessions stand with who answers them and why, are found by name, and lead to their decisions', async () => {
  const { page, complaints } = await open({ token: readToken })
  await page.getByText('No session is remembered').waitFor()
  await talk()
  const table = page.getByRole('table', { name: 'Sessions, those used last first' })
  await table.getByRole('row', { name: /calm-agent.*held: open tool loop/ }).waitFor()
  await table.getByRole('row', { name: /lost-agent.*in trouble.*errors, 2 rounds in a row/ }).waitFor()
  await table.getByRole('row', { name: /ada .*not named by its client/ }).waitFor()
  await page.getByText('Conversations that this process remembers').waitFor()
  const bar = page.getByRole('meter', { name: 'Remembered' })
  expect(await bar.getAttribute('aria-valuetext')).toMatch(/^7 of 50,000$/)
  const long = table.getByRole('link', { name: /^batch\/2026\?part=.*…/ })
  expect((await long.textContent())!.length).toBeLessThanOrEqual(36)
  expect(await axeFindings(page)).toEqual([])

  await page.getByLabel('Find a session').fill('LOST')
  await table.getByRole('row', { name: /calm-agent/ }).waitFor({ state: 'detached' })
  expect(new URL(page.url()).searchParams.get('session')).toBe('LOST')
  expect(await table.getByRole('row').count()).toBe(2)
  await page.getByLabel('Find a session').fill('nobody has this')
  await page.getByText('No session has that in its name').waitFor()
  await page.getByLabel('Find a session').fill('')

  await long.click()
  await page.getByRole('heading', { name: 'Decisions' }).waitFor()
  expect(new URL(page.url()).searchParams.get('session')).toBe(longName)
  await page.getByRole('table', { name: 'Decisions, newest first' }).getByRole('row').nth(1).waitFor()
  expect(await page.getByRole('table').getByRole('row').count()).toBe(2)
  expect(complaints).toEqual([])
})

test('sessions of MCP clients stand with their age, and not with an id that could be used', async () => {
  const program = join(import.meta.dirname, '..', '..', 'src', 'mcp', '__fixtures__', 'stdio-server.mjs')
  const { gateway, config } = await aGateway({
    config: {
      ...atOnce,
      admin: { token: 'env:ADMIN' },
      mcp: { servers: { files: { command: process.execPath, args: [program, 'good'] } } },
    },
    variables: { ADMIN: adminToken },
  })
  const mcp = openGatewayMcp(gateway, config.mcp, '0', () => {})
  const options = { host: '127.0.0.1', port: 0, bodyLimitBytes: 100_000, shutdownGraceMs: 500, mcp }
  const server = await startServer(gateway, { ...options, onError: console.error })
  onTestFinished(server.close)
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`))
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(transport as Transport)
  onTestFinished(() => client.close())
  await client.listTools()

  const { page, close, complaints } = await visit(site.browser, server.url, { token: adminToken })
  onTestFinished(close)
  await page.goto(`${server.url}/health`)
  await page.getByText('1 of at most 2,000 sessions of clients are open').waitFor()
  const row = page.getByRole('table', { name: 'Open MCP sessions' }).getByRole('row').nth(1)
  const id = transport.sessionId!
  expect(await row.textContent()).toMatch(new RegExp(`^${id.slice(0, 8)}…no key\\d+ s`))
  expect(await page.content()).not.toContain(id)
  expect(await axeFindings(page)).toEqual([])
  expect(complaints).toEqual([])
})

test.each([
  ['light', 390],
  ['dark', 1280],
  ['light', 2560],
] as const)(
  '%s, %i px: every target stands with its state, and holds to WCAG 2.2 AA',
  async (colorScheme, width) => {
    const { page, complaints } = await open({ colorScheme, viewport: { width, height: 900 } })
    const table = page.getByRole('table', { name: 'Targets' })
    await table.getByRole('row', { name: /simulated\/nano.*ready/ }).waitFor()
    await page.getByText('No MCP server is configured').waitFor()
    await talk()
    await page.getByRole('table', { name: 'Sessions' }).getByText('in trouble').waitFor()
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0)
    expect(await axeFindings(page)).toEqual([])
    expect(complaints).toEqual([])
  },
)

test('what was known stays when the gateway goes, and is asked for again when it is back', async () => {
  const { page } = await open()
  await page.getByRole('table', { name: 'Targets' }).waitFor()
  await site.gateway.stop()
  await page.getByText('The gateway does not answer').waitFor()
  expect(await page.getByRole('table', { name: 'Targets' }).count()).toBe(1)
  await site.gateway.restart()
  await page.getByText('The gateway does not answer').waitFor({ state: 'detached' })
})
