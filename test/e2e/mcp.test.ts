/** The MCP gateway with servers that others wrote, through the official client. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  type CallToolResult,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../support/a-folder.ts'
import { serve, writeConfig } from '../support/a-process.ts'

const root = join(import.meta.dirname, '..', '..')
const program = (name: string) =>
  join(root, 'node_modules', '@modelcontextprotocol', `server-${name}`, 'dist', 'index.js')

function threeServers() {
  const files = aFolder()
  const memory = join(aFolder(), 'memory.jsonl')
  writeFileSync(join(files, 'note.txt'), 'the note says hello')
  const config = {
    simulated: { pace: 0 },
    mcp: {
      servers: {
        everything: { command: process.execPath, args: [program('everything'), 'stdio'], roots: 'client' },
        files: { command: process.execPath, args: [program('filesystem'), files] },
        memory: {
          command: process.execPath,
          args: [program('memory')],
          env: { MEMORY_FILE_PATH: memory },
        },
      },
    },
  }
  return { config, files }
}

const able = { sampling: {}, elicitation: { form: {} }, roots: {} }

async function connect(transport: Transport, capabilities: object = able) {
  const client = new Client({ name: 'e2e', version: '1' }, { capabilities })
  if ('sampling' in capabilities) {
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
      model: 'of-the-client',
      role: 'assistant',
      content: { type: 'text', text: `sampled ${params.messages.length}` },
    }))
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'decline' }))
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [] }))
  }
  await client.connect(transport)
  onTestFinished(() => client.close())
  const text = async (name: string, args: Record<string, unknown> = {}, options = {}) => {
    const result = (await client.callTool({ name, arguments: args }, undefined, options)) as CallToolResult
    return result.content.map((block) => (block.type === 'text' ? block.text : block.type)).join('\n')
  }
  return { client, text }
}

const overHttp = (url: string) => new StreamableHTTPClientTransport(new URL(`${url}/mcp`)) as Transport

const overStdio = (folder: string) =>
  new StdioClientTransport({
    command: process.execPath,
    args: [join(root, 'bin', 'fairlead.js'), 'mcp'],
    cwd: folder,
    stderr: 'ignore',
  }) as Transport

/** What three servers do, one by one. */
async function checkAll({ client, text }: Awaited<ReturnType<typeof connect>>, files: string) {
  const names = (await client.listTools()).tools.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining([
      'fairlead__route',
      'fairlead__models',
      'fairlead__explain',
      'everything__echo',
      'files__read_text_file',
      'memory__create_entities',
    ]),
  )
  expect(names.every((name) => /^[A-Za-z0-9_-]{1,64}$/.test(name))).toBe(true)
  expect(await text('fairlead__route', { prompt: 'hi' })).toContain('simulated/')

  expect(await text('everything__echo', { message: 'hello' })).toContain('hello')
  expect(await text('everything__get-sum', { a: 19, b: 23 })).toContain('42')
  expect(await text('everything__get-tiny-image')).toContain('image')
  const seen: number[] = []
  await text(
    'everything__trigger-long-running-operation',
    { duration: 1, steps: 4 },
    { onprogress: ({ progress }: { progress: number }) => seen.push(progress) },
  )
  // The SDK's client over stdio loses a last progress that comes together with the answer.
  expect(seen.slice(0, 3)).toEqual([1, 2, 3])
  expect(await text('everything__trigger-sampling-request', { prompt: 'hi', maxTokens: 10 })).toContain(
    'sampled 1',
  )
  expect(await text('everything__trigger-elicitation-request')).toMatch(/declin/i)

  const { resources } = await client.listResources()
  const first = resources.find(({ uri }) => uri.startsWith('everything+'))
  expect(await client.readResource({ uri: first?.uri ?? '' })).toMatchObject({
    contents: [{ uri: first?.uri }],
  })
  expect((await client.listResourceTemplates()).resourceTemplates[0]?.uriTemplate).toMatch(
    /^everything\+demo:/,
  )
  const { prompts } = await client.listPrompts()
  expect(prompts.map(({ name }) => name)).toContain('everything__simple-prompt')
  expect((await client.getPrompt({ name: 'everything__simple-prompt' })).messages.length).toBeGreaterThan(0)

  expect(await text('files__read_text_file', { path: join(files, 'note.txt') })).toBe('the note says hello')
  expect(await text('files__read_text_file', { path: '/etc/passwd' })).toMatch(/denied|outside/i)

  const entity = { name: 'Ann', entityType: 'person', observations: ['likes tea'] }
  await text('memory__create_entities', { entities: [entity] })
  expect(await text('memory__read_graph')).toContain('likes tea')
}

describe('three servers from npm', () => {
  test('serve as one over streamable HTTP', async () => {
    const { config, files } = threeServers()
    const { url } = await serve({ config })
    await checkAll(await connect(overHttp(url)), files)
  })

  test('serve as one over stdio, with nothing but the protocol on standard output', async () => {
    const { config, files } = threeServers()
    const folder = aFolder()
    writeConfig(folder, config)
    const transport = overStdio(folder)
    const errors: Error[] = []
    transport.onerror = (error) => errors.push(error)
    await checkAll(await connect(transport), files)
    expect(errors).toEqual([])
  })

  test('go on when one of them is killed, which harms its own calls alone and comes back', async () => {
    const { config, files } = threeServers()
    const { url, process: gateway } = await serve({ config })
    const { client, text } = await connect(overHttp(url))
    await client.listTools()
    const running = text('everything__trigger-long-running-operation', { duration: 60, steps: 2 })
    const beside = text('files__read_text_file', { path: join(files, 'note.txt') })
    await beside
    kill(gateway.pid ?? 0, 'server-everything')
    expect(await running).toContain('The MCP server everything ended its connection')
    expect(await text('files__read_text_file', { path: join(files, 'note.txt') })).toBe('the note says hello')
    expect(await text('memory__read_graph')).toContain('entities')
    // The same session, the same tool, a new process.
    await until(async () => (await text('everything__echo', { message: 'back' })).includes('Echo: back'))
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('everything__echo')
  })
})

test('with no server configured /mcp answers with Fairlead’s own tools', async () => {
  const { url } = await serve({ config: { simulated: { pace: 0 } } })
  const { client, text } = await connect(overHttp(url), {})
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual([
    'fairlead__route',
    'fairlead__models',
    'fairlead__explain',
  ])
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] }),
  })
  await reply.text()
  const decision = reply.headers.get('x-fairlead-decision') ?? ''
  await until(async () => (await text('fairlead__explain', { decision })).includes(decision))
})

/** Kills the child of the gateway that runs this program. */
function kill(gateway: number, name: string): void {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(gateway)], { encoding: 'utf8' })
  const line = stdout.split('\n').find((each) => each.includes(name))
  if (line === undefined) throw new Error(`no child of ${gateway} runs ${name}: ${stdout}`)
  process.kill(Number.parseInt(line, 10), 'SIGKILL')
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let wait = 0; !(await holds()); wait++) {
    if (wait > 200) throw new Error('it never came true')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
