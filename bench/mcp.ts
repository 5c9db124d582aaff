/**
 * What the MCP gateway costs: time that it adds to a call, beside the same call made directly, and memory of sessions that are
 * open at once. Servers are server-everything from npm, over stdio and over HTTP; clients are the SDK's.
 * `npm run bench:mcp -- [--calls 2000] [--sessions 1000] [--write]`; `--write` puts the figures into docs/mcp.md.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import fastify from 'fastify'
import { Secret } from '../src/domain/secret.ts'
import { addMcp } from '../src/http/mcp-endpoint.ts'
import { openMcp } from '../src/mcp/gateway.ts'
import { openHost } from '../src/mcp/host.ts'
import { defaultSharing, mcpDefaults, type McpReach, mcpServerDefaults } from '../src/mcp/settings.ts'
import { quantile } from './gateway/figures.ts'

const everything = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
)
const page = join(import.meta.dirname, '..', 'docs', 'mcp.md')
const barMs = 2

type GatewayOrder = { readonly kind: 'open'; readonly upstreamUrl: string } | { readonly kind: 'memory' }
type Memory = {
  readonly rss: number
  readonly heap: number
  readonly sessions: number
  /** Of the gateway's process so far. */
  readonly cpuMs: number
}

/** The gateway's own process: the endpoint as `fairlead serve` has it, with both servers behind it. */
async function beGateway(): Promise<void> {
  const say = (message: object) => process.send?.(message)
  process.on('message', async (order: GatewayOrder) => {
    if (order.kind === 'open') return say({ url: await openGateway(order.upstreamUrl) })
    for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const cpuMs = (user + system) / 1_000
    say({ rss, heap: heapUsed + external, sessions: gateway?.status().sessions ?? 0, cpuMs })
  })
  say({ ready: true })
}

let gateway: ReturnType<typeof openMcp> | null = null

async function openGateway(upstreamUrl: string): Promise<string> {
  const stdio: McpReach = {
    kind: 'stdio',
    command: process.execPath,
    args: [new Secret(everything), new Secret('stdio')],
    environment: {},
    folder: null,
  }
  const http: McpReach = {
    kind: 'http',
    url: new Secret(upstreamUrl),
    headers: {},
    oauth: null,
    transport: 'streamable',
  }
  const servers = Object.entries({ stdio, http }).map(([name, reach]) => ({
    ...mcpServerDefaults,
    ...defaultSharing(reach),
    name,
    reach,
  }))
  gateway = openMcp({ ...mcpDefaults, servers }, openHost())
  const app = fastify({ forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  addMcp(app, gateway, console.error)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/mcp`
}

async function tell<Answer>(child: ChildProcess, order: GatewayOrder | null): Promise<Answer> {
  const answer = once(child, 'message')
  if (order !== null) child.send(order)
  return (await answer)[0] as Answer
}

async function connect(transport: object): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' })
  await client.connect(transport as Transport)
  return client
}

const overHttp = (url: string) => connect(new StreamableHTTPClientTransport(new URL(url)))

async function leave(client: Client): Promise<void> {
  await (client.transport as unknown as StreamableHTTPClientTransport).terminateSession()
  await client.close()
}

async function echo(client: Client, name: string, message: string): Promise<void> {
  const result = (await client.callTool({ name, arguments: { message } })) as CallToolResult
  const [block] = result.content
  if (block?.type !== 'text' || block.text !== `Echo: ${message}`)
    throw new Error(`a wrong answer: ${JSON.stringify(result)}`)
}

type Times = { readonly direct: number[]; readonly through: number[] }

const warmUpOf = (calls: number): number => Math.min(300, calls)

/** The two ways take turns, and who goes first takes turns too. */
async function compare(
  direct: () => Promise<void>,
  through: () => Promise<void>,
  calls: number,
): Promise<Times> {
  const times: Times = { direct: [], through: [] }
  const timed = async (call: () => Promise<void>, into: number[]) => {
    const startedAt = performance.now()
    await call()
    into.push(performance.now() - startedAt)
  }
  const ways = [() => timed(direct, times.direct), () => timed(through, times.through)] as const
  const warmUp = warmUpOf(calls)
  for (let call = 0; call < calls + warmUp; call++) {
    if (call === warmUp) for (const list of Object.values(times)) list.length = 0
    const [first, second] = call % 2 === 0 ? ways : ([ways[1], ways[0]] as const)
    await first()
    await second()
  }
  return times
}

type LatencyRow = { readonly server: string; readonly cpuMs: number } & Times

async function measureLatency(
  child: ChildProcess,
  gatewayUrl: string,
  upstreamUrl: string,
  calls: number,
): Promise<LatencyRow[]> {
  const command = { command: process.execPath, args: [everything, 'stdio'], stderr: 'ignore' as const }
  const openDirect = {
    stdio: () => connect(new StdioClientTransport(command)),
    http: () => overHttp(upstreamUrl),
  }
  const rows: LatencyRow[] = []
  for (const server of ['stdio', 'http'] as const) {
    // Opened when their turn comes: servers close connections that are idle for some seconds.
    const [direct, through] = [await openDirect[server](), await overHttp(gatewayUrl)]
    const before = await tell<Memory>(child, { kind: 'memory' })
    const times = await compare(
      () => echo(direct, 'echo', 'hello'),
      () => echo(through, `${server}__echo`, 'hello'),
      calls,
    )
    const after = await tell<Memory>(child, { kind: 'memory' })
    rows.push({ server, cpuMs: (after.cpuMs - before.cpuMs) / (calls + warmUpOf(calls)), ...times })
    await leave(through)
    await direct.close()
  }
  return rows
}

type SessionRow = {
  readonly server: string
  readonly sessions: number
  readonly idle: Memory
  readonly open: Memory
  readonly closed: Memory
  /** From the first of the calls, made all at once, to the last answer. */
  readonly roundMs: number
}

/** Every session listens, and every one gets its own answer. */
async function holdSessions(
  child: ChildProcess,
  url: string,
  server: string,
  count: number,
): Promise<SessionRow> {
  const idle = await tell<Memory>(child, { kind: 'memory' })
  const clients: Client[] = []
  const call = (client: Client, index: number) => echo(client, `${server}__echo`, `session ${index}`)
  while (clients.length < count) {
    const batch = Math.min(50, count - clients.length)
    const opened = await Promise.all(Array.from({ length: batch }, () => overHttp(url)))
    await Promise.all(opened.map((client, index) => call(client, clients.length + index)))
    clients.push(...opened)
  }
  const all = () => Promise.all(clients.map(call))
  const startedAt = performance.now()
  await all()
  const roundMs = performance.now() - startedAt
  const open = await tell<Memory>(child, { kind: 'memory' })
  await Promise.all(clients.map(leave))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return {
    server,
    sessions: count,
    idle,
    open,
    closed: await tell<Memory>(child, { kind: 'memory' }),
    roundMs,
  }
}

const ms = (value: number) => value.toFixed(2)
const mb = (bytes: number) => (bytes / 1e6).toFixed(0)

function report(latency: readonly LatencyRow[], sessions: readonly SessionRow[]): string {
  const [cpu] = cpus()
  const rows = latency.map(({ server, direct, through, cpuMs }) => {
    const added = quantile(through, 0.5) - quantile(direct, 0.5)
    const pairs = through.map((time, index) => time - (direct[index] ?? Number.NaN))
    const [quick, quickThrough] = [quantile(direct, 0.1), quantile(through, 0.1)]
    return `| ${server} | ${ms(quantile(direct, 0.5))} | ${ms(quantile(through, 0.5))} | **${ms(added)}** | ${ms(quantile(pairs, 0.25))} to ${ms(quantile(pairs, 0.75))} | ${ms(quick)} | ${ms(quickThrough)} | ${ms(quantile(direct, 0.99))} | ${ms(quantile(through, 0.99))} | ${ms(cpuMs)} | ${direct.length} |`
  })
  const held = sessions.map(
    ({ server, sessions: count, idle, open, closed, roundMs }) =>
      `| ${server} | ${open.sessions} | ${((open.heap - idle.heap) / count / 1e3).toFixed(1)} | ${((open.rss - idle.rss) / count / 1e3).toFixed(1)} | ${mb(idle.rss)} | ${mb(open.rss)} | ${mb(closed.heap - idle.heap)} | ${roundMs.toFixed(0)} |`,
  )
  return [
    `Measured on ${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, with clients, gateway and servers on the same machine, on which other work ran as well. Times in milliseconds; the bar is ${barMs} ms added at the median. The fastest tenth (p10) shows what is left where other work on the machine does not get in between.`,
    '',
    '| server over | direct, median | through the gateway, median | added | added to half of the calls | direct, p10 | through, p10 | direct, p99 | through, p99 | CPU of the gateway per call | calls each |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    'Sessions that are open at once, each with its stream open, each answered with its own text when all call at the same moment. `stdio` shares one process; over `http` each session has one of its own at the server.',
    '',
    '| server over | sessions | heap per session, kB | resident per session, kB | resident before, MB | resident with all, MB | heap kept when all have left, MB | a call of each, all at once, ms |',
    '|---|---|---|---|---|---|---|---|',
    ...held,
  ].join('\n')
}

function writePage(text: string): void {
  const [begin, end] = ['<!-- figures: npm run bench:mcp -- --write -->', '<!-- end of figures -->']
  const written = readFileSync(page, 'utf8')
  const [before, after] = [written.indexOf(begin), written.indexOf(end)]
  if (before === -1 || after < before) throw new Error(`${page} has no place for figures: ${begin} … ${end}`)
  writeFileSync(page, `${written.slice(0, before + begin.length)}\n${text}\n${written.slice(after)}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function startUpstream(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const port = await freePort()
  const env = { ...process.env, PORT: String(port) }
  const child = fork(everything, ['streamableHttp'], { env, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/mcp`
  for (let wait = 0; ; wait++) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return { child, url }
    if (wait > 100) throw new Error('server-everything does not answer')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '2000' },
      sessions: { type: 'string', default: '1000' },
      write: { type: 'boolean', default: false },
    },
  })
  const upstream = await startUpstream()
  const child = fork(import.meta.filename, ['--be-gateway'], { execArgv: ['--expose-gc', '--import', 'tsx'] })
  try {
    await tell(child, null)
    const { url } = await tell<{ url: string }>(child, { kind: 'open', upstreamUrl: upstream.url })
    const latency = await measureLatency(child, url, upstream.url, Number(values.calls))
    const sessions: SessionRow[] = []
    for (const server of ['stdio', 'http'])
      sessions.push(await holdSessions(child, url, server, Number(values.sessions)))
    const text = report(latency, sessions)
    console.log(text)
    if (values.write) writePage(text)
    const slow = latency.filter(
      ({ direct, through }) => quantile(through, 0.5) - quantile(direct, 0.5) > barMs,
    )
    if (slow.length > 0) {
      console.error(`over the bar of ${barMs} ms: ${slow.map(({ server }) => server).join(', ')}`)
      process.exitCode = 1
    }
  } finally {
    child.kill()
    upstream.child.kill()
  }
}

if (process.argv.includes('--be-gateway')) await beGateway()
else await main()
