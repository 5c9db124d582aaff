/** An MCP gateway behind a real server on a free port, and official clients of it. */

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallToolResult, ClientCapabilities } from '@modelcontextprotocol/sdk/types.js'
import { onTestFinished } from 'vitest'
import { Secret } from '../../domain/secret.ts'
import { openMcp } from '../gateway.ts'
import { type McpAuditRow, type McpHost, openHost } from '../host.ts'
import {
  defaultSharing,
  mcpDefaults,
  mcpServerDefaults,
  type McpReach,
  type McpServerSettings,
  type McpSettings,
} from '../settings.ts'

export const scripted = (behaviour = 'good', ...args: readonly string[]): McpReach => ({
  kind: 'stdio',
  command: process.execPath,
  args: [join(import.meta.dirname, 'stdio-server.mjs'), behaviour, ...args].map((text) => new Secret(text)),
  environment: {},
  folder: null,
})

export const over = (url: string, changes: Partial<McpReach & { kind: 'http' }> = {}): McpReach => ({
  kind: 'http',
  url: new Secret(url),
  headers: {},
  oauth: null,
  transport: 'streamable',
  ...changes,
})

export const aServer = (
  name: string,
  reach: McpReach,
  changes: Partial<McpServerSettings> = {},
): McpServerSettings => ({ ...mcpServerDefaults, ...defaultSharing(reach), name, reach, ...changes })

export async function anMcp(
  servers: readonly McpServerSettings[],
  host: Partial<McpHost> = {},
  changes: Partial<McpSettings> = {},
) {
  const rows: McpAuditRow[] = []
  const problems: string[] = []
  const bugs: unknown[] = []
  const mcp = openMcp(
    { ...mcpDefaults, ...changes, servers },
    {
      ...openHost(),
      record: (row) => rows.push(row),
      onProblem: ({ server, message }) => problems.push(`${server}: ${message}`),
      ...host,
    },
  )
  const server = createServer(async (request, response) => {
    const body = request.method === 'POST' ? await bytesOf(request) : null
    await mcp.handle({ request, response, body }).catch((error: unknown) => bugs.push(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  onTestFinished(async () => {
    await mcp.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { mcp, url, rows, problems, bugs, client: (options?: ClientOptions) => aClient(url, options) }
}

async function bytesOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export type ClientOptions = {
  readonly capabilities?: ClientCapabilities
  readonly headers?: Readonly<Record<string, string>>
  readonly prepare?: (client: Client) => void
}

export async function aClient(url: string, { capabilities = {}, headers = {}, prepare }: ClientOptions = {}) {
  const client = new Client({ name: 'test', version: '1' }, { capabilities })
  prepare?.(client)
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
  await client.connect(transport as Transport)
  onTestFinished(() => client.close())
  return client
}

/** Calls a tool and joins the texts of its result. */
export async function textOf(client: Client, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const result = (await client.callTool({ name, arguments: args })) as CallToolResult
  return result.content.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n')
}

/** Waits for something to become true. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let wait = 0; !(await holds()); wait++) {
    if (wait > 500) throw new Error('it never came true')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
