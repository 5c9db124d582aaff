// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { mcpDefaults } from '../mcp/settings.ts'
import { faultsText } from './faults.ts'
import { loadConfig } from './load.ts'

const world = surroundings({ ACME_API_KEY: 'acme-key-1', MCP_KEY: 'mcp-key-1', FOLDER: '/srv/docs' })

async function load(text: string) {
  const directory = aFolder()
  writeFileSync(join(directory, 'fairlead.yaml'), text)
  return { directory, result: await loadConfig({ file: null, directory, surroundings: world }) }
}

async function mcpOf(text: string) {
  const { directory, result } = await load(text)
  if (result.kind === 'faulty') throw new Error(faultsText(result.file, result.faults))
  return { mcp: result.config.mcp, directory }
}

async function faultsOf(text: string): Promise<string[]> {
  const { result } = await load(text)
  return result.kind === 'resolved' ? [] : faultsText(result.file, result.faults).split('\n').slice(0, -1)
}

describe('MCP', () => {
  test('is there with no server where the file says nothing', async () => {
    expect((await mcpOf('log: {level: info}')).mcp).toEqual(mcpDefaults)
  })

  test('reaches a command, shared by all, with secrets of the environment', async () => {
    const { mcp, directory } = await mcpOf(
      'mcp: {servers: {files: {command: node, args: [server.js, "${FOLDER}"], env: {KEY: "env:MCP_KEY"}, cwd: tools}}}',
    )
    const [server] = mcp.servers
    expect(server).toMatchObject({ name: 'files', sharing: 'shared', maxConnections: 16, timeoutMs: 60_000 })
    if (server?.reach.kind !== 'stdio') throw new Error('no command')
    const { reach } = server
    expect(reach).toMatchObject({ command: 'node', folder: join(directory, 'tools') })
    expect(reach.args.map((argument) => argument.reveal())).toEqual(['server.js', '/srv/docs'])
    expect(reach.environment.KEY?.reveal()).toBe('mcp-key-1')
    expect(JSON.stringify(mcp)).not.toContain('mcp-key-1')
  })

  test('reaches a URL, a session for each of ours, with headers and OAuth', async () => {
    const { mcp } = await mcpOf(
      'mcp: {servers: {web: {url: "https://x.example/mcp?k=${MCP_KEY}", headers: {a: "Bearer ${MCP_KEY}"}, oauth: {clientId: me, clientSecret: "env:MCP_KEY", issuer: "https://auth.example"}}}}',
    )
    const [server] = mcp.servers
    expect(server).toMatchObject({ sharing: 'per-session', roots: { kind: 'none' }, sampling: 'client' })
    if (server?.reach.kind !== 'http') throw new Error('no url')
    expect(server.reach.url.reveal()).toBe('https://x.example/mcp?k=mcp-key-1')
    expect(server.reach.headers.a?.reveal()).toBe('Bearer mcp-key-1')
    expect(server.reach.oauth).toMatchObject({ clientId: 'me', grant: { kind: 'client-credentials' } })
    expect(JSON.stringify(mcp)).not.toContain('mcp-key-1')
    const refreshed = await mcpOf(
      'mcp: {servers: {web: {url: "https://x.example", oauth: {clientId: me, refreshToken: "env:MCP_KEY", issuer: "https://auth.example"}}}}',
    )
    expect(refreshed.mcp.servers[0]?.reach).toMatchObject({ oauth: { grant: { kind: 'refresh-token' } } })
  })

  test('has limits and choices that can be set', async () => {
    const { mcp } = await mcpOf(
      'mcp: {servers: {one: {command: x, sharing: per-session, breaker: {allowedFails: 0}, roots: ["file:///srv"], sampling: client-or-fairlead}}, sessions: {max: 5}, toolSelection: {mode: find, keep: ["one__*"]}, audit: {arguments: true}}',
    )
    expect(mcp).toMatchObject({
      sessions: { max: 5, idleMs: 1_800_000, maxCalls: 32 },
      toolSelection: { mode: 'find', keep: ['one__*'], limit: 10 },
      auditArguments: true,
      servers: [
        {
          sharing: 'per-session',
          breaker: { allowedFails: 0, cooldownMs: 5_000, windowMs: 30_000 },
          roots: { kind: 'fixed', uris: ['file:///srv'] },
          sampling: 'client-or-fairlead',
        },
      ],
    })
  })

  test.each([
    ['{one: {}}', 'mcp.servers.one: has neither a command nor a url. Write one of them.'],
    ['{one: {command: x, url: "http://x"}}', 'mcp.servers.one: has a command and a url. Keep one of them.'],
    ['{one: {command: x, headers: {a: b}}}', 'mcp.servers.one.headers: goes with a url only. Remove it.'],
    ['{one: {url: "http://x", args: [a]}}', 'mcp.servers.one.args: goes with a command only. Remove it.'],
    ['{one: {url: nowhere}}', 'mcp.servers.one.url: is not a URL.'],
    ['{one: {url: "file:///x"}}', 'mcp.servers.one.url: is not a URL.'],
    ['{one: {url: "http://me:pass@x"}}', 'holds a user name or a password. Send them in a header'],
    ['{one: {url: "${NOWHERE}"}}', 'mcp.servers.one.url: the environment variable NOWHERE is not set'],
    [
      '{one: {command: x, env: {K: "env:NOWHERE"}}}',
      'mcp.servers.one.env.K: the environment variable NOWHERE',
    ],
    [
      '{one: {command: x, args: ["${NOWHERE}"]}}',
      'mcp.servers.one.args[0]: the environment variable NOWHERE',
    ],
    ['{One: {command: x}}', 'mcp.servers.One: is no name of a server.'],
    ['{a_b: {command: x}}', 'mcp.servers.a_b: is no name of a server.'],
    ['{fairlead: {command: x}}', "mcp.servers.fairlead: is the name of Fairlead's own tools."],
    ['{one: {command: x, roots: [srv]}}', 'mcp.servers.one.roots[0]: is no file: URI.'],
    ['{one: {command: x, timeoutMs: 700000}}', 'mcp.servers.one.timeoutMs: is above maxTimeoutMs (600000).'],
    ['{one: {command: x, timeout: 5}}', 'mcp.servers.one.timeout: is not a known key'],
    [
      '{one: {url: "http://x", oauth: {clientId: me, issuer: "http://a"}}}',
      'mcp.servers.one.oauth: has neither a clientSecret nor a refreshToken.',
    ],
  ])('%s is refused with what to write', async (servers, message) => {
    const faults = await faultsOf(`mcp: {servers: ${servers}}`)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(message)
    expect(faults[0]).not.toContain('pass@')
  })

  test('several faults are told at once', async () => {
    expect(await faultsOf('mcp: {servers: {one: {}, two: {url: nowhere}}}')).toHaveLength(2)
  })
})

test('the example is a configuration without faults', async () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'mcp.yaml'), 'utf8')
  const { mcp } = await mcpOf(text)
  expect(mcp.servers.map(({ name }) => name)).toEqual(['files', 'everything', 'memory'])
})
