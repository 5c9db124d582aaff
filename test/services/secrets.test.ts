// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
/** Secrets are planted wherever Fairlead has any, everything is done that is written down, and all that was written is searched. */

import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { acmeConfig, smallThen } from '../support/acme-config.ts'
import { aFolder } from '../support/a-folder.ts'
import { start, writeConfig } from '../support/a-process.ts'
import { aFaultServer } from '../support/fault-server.ts'
import { startRedis } from '../support/a-redis.ts'

const planted = {
  ACME_KEY: 'planted-vendor-key-1a2b3c4d5e6f',
  ADMIN: 'planted-admin-token-7g8h9i0j',
  READER: 'planted-read-token-1k2l3m4n',
  OTLP: 'planted-otlp-header-5o6p7q8r',
  HOOK: 'whsec_cGxhbnRlZC13ZWJob29rLXNlY3JldC0wMTIzNDU2Nzg5',
  HOOK_PATH: 'planted-hook-path-9s0t',
  MCP: 'planted-mcp-header-2u3v4w5x',
}

/** Takes everything and keeps it. */
async function aCollector() {
  const bodies: string[] = []
  const read = async (request: IncomingMessage): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    bodies.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('latin1'))
  }
  const server = createServer((request, response) => {
    void read(request).then(() => response.writeHead(200).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesUnder(path) : [path]
  })
}

test('no secret is in any log, span, metric, hook, answer, file or shared key', async () => {
  const vendor = await aFaultServer({
    // Vendors quote the key that they refuse.
    small: [
      {
        kind: 'status',
        status: 401,
        body: { error: { message: `Incorrect API key provided: ${planted.ACME_KEY}.` } },
      },
      { kind: 'answer' },
    ],
    large: [{ kind: 'answer' }],
  })
  const collector = await aCollector()
  const redis = await startRedis()
  onTestFinished(redis.stop)
  const folder = aFolder()
  const config = {
    ...acmeConfig(vendor.baseUrl, { policies: smallThen('acme/large') }),
    admin: { token: 'env:ADMIN', readToken: 'env:READER' },
    keys: { required: true },
    limits: [{ for: 'key', usd: 0.01, per: 'day', alertAt: [0.0001] }],
    state: redis.url,
    log: { level: 'trace', requests: true },
    telemetry: {
      otlp: {
        endpoint: collector.url,
        headers: { authorization: 'env:OTLP' },
        flushIntervalMs: 100,
        metricsIntervalMs: 200,
      },
      webhooks: [{ url: `${collector.url}/\${HOOK_PATH}`, secret: 'env:HOOK' }],
    },
    mcp: {
      servers: { down: { url: 'http://127.0.0.1:9/mcp', headers: { authorization: 'Bearer ${MCP}' } } },
    },
  }
  writeConfig(folder, config)
  const running = start(folder, ['serve', '--port', '0'], planted)
  const [, url = ''] = await running.says(/serves on (http:\S+)/)
  const asAdmin = { authorization: `Bearer ${planted.ADMIN}` }
  const told: string[] = []
  const call = async (
    path: string,
    method = 'GET',
    body?: object,
    headers: Record<string, string> = asAdmin,
  ) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    told.push(text)
    return text
  }
  // The one answer that shows a key's secret is not kept.
  const made = await fetch(`${url}/admin/keys`, {
    method: 'POST',
    headers: asAdmin,
    body: JSON.stringify({ name: 'k' }),
  })
  const { secret } = (await made.json()) as { secret: string }
  const asClient = { authorization: `Bearer ${secret}` }
  const hello = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] }
  for (let n = 0; n < 4; n++)
    await call('/v1/chat/completions', 'POST', { ...hello, stream: n % 2 === 1 }, asClient)
  await call('/v1/chat/completions', 'POST', hello, { authorization: `Bearer ${secret}wrong` })
  await call('/v1/messages', 'POST', { ...hello, max_tokens: 5 }, { 'x-api-key': secret })
  await call('/admin/keys', 'GET', undefined, { authorization: `Bearer ${planted.READER}` })
  await call('/admin/keys', 'GET', undefined, { authorization: `Bearer ${planted.ADMIN}x` })
  for (const path of [
    'keys',
    'limits',
    'decisions',
    'export/decisions',
    'export/ledger',
    'health',
    'policies',
    'models',
    'audit',
    'alarms',
    'report',
  ])
    await call(`/admin/${path}`)
  told.push(await call('/metrics'))
  await call('/v1/models', 'GET', undefined, asClient)
  await expect.poll(() => collector.bodies.length, { timeout: 10_000 }).toBeGreaterThan(1)
  running.process.kill('SIGTERM')
  await once(running.process, 'exit')
  const { stdout, stderr } = await running.ended
  const { Redis } = await import('ioredis')
  const client = new Redis(redis.url)
  const shared: string[] = []
  for (const key of await client.keys('*')) {
    shared.push(key)
    const dumped = await client.dumpBuffer(key)
    if (dumped) shared.push(dumped.toString('latin1'))
  }
  client.disconnect()
  const files = filesUnder(folder).filter((path) => !path.endsWith('fairlead.yaml'))
  expect(files.length).toBeGreaterThan(0)
  const written = {
    stdout,
    stderr,
    sent: collector.bodies.join('\n'),
    answers: told.join('\n'),
    shared: shared.join('\n'),
    ...Object.fromEntries(files.map((path) => [path, readFileSync(path, 'latin1')])),
  }
  expect(stdout).toContain('acme')
  const secrets = [...Object.values(planted), secret]
  const found = Object.entries(written).flatMap(([place, text]) =>
    secrets.filter((one) => text.includes(one)).map((one) => `${one} in ${place}`),
  )
  expect(found).toEqual([])
})
