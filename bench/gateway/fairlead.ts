import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Contender, Surroundings } from './contender.ts'
import { type Started, says, start } from './process.ts'

const root = join(import.meta.dirname, '..', '..')

export type Serving = Started & { readonly url: string; readonly port: number }

export type ServeOptions = {
  readonly folder: string
  readonly core: string | null
  readonly config: object
  readonly env?: Readonly<Record<string, string>>
  /** For Node itself. */
  readonly flags?: readonly string[]
  readonly messages?: boolean
}

/** Those of `npm start`. */
const usualFlags = ['--max-semi-space-size=64']

/** `fairlead serve` as it is built in `dist/`, on a free port. */
export async function serveFairlead(options: ServeOptions): Promise<Serving> {
  const { folder, core, config, env, flags = usualFlags, messages } = options
  // JSON is YAML too.
  writeFileSync(join(folder, 'fairlead.yaml'), JSON.stringify(config))
  const args = [...flags, join(root, 'bin', 'fairlead.js'), 'serve', '--port', '0']
  const started = start(process.execPath, args, {
    core,
    cwd: folder,
    ...(env && { env }),
    ...(messages && { messages }),
  })
  const [, url = ''] = await says(started, /serves on (http:\S+)/)
  return { ...started, url, port: Number(new URL(url).port) }
}

/** Four models to choose from, one vendor: the policy decides on every request, and every decision is stored. */
export const startFairlead = (surroundings: Surroundings): Promise<Contender> =>
  contenderOf('fairlead', surroundings, {}, async () => ({}))

/** What a team turns on: a name, limits beside those of the key, and those of the key itself. */
type Terms = { readonly name: string; readonly limits: readonly object[]; readonly key: object }

const spend = { usd: 1_000_000, per: 'day' }
const everyRequest = 100_000_000

/** A key with a budget and a rate, and one budget for all. */
const withBudgets: Terms = {
  name: 'fairlead, keys and budgets',
  limits: [{ for: 'all', ...spend }],
  key: { limits: [spend], requestsPerMinute: everyRequest },
}

/** Limits of five kinds in dollars and tokens, rates, places and a tag: seven accounts for each attempt. */
const withEverything: Terms = {
  name: 'fairlead, every limit',
  limits: [
    { for: 'all', ...spend, requestsPerMinute: everyRequest },
    { for: 'key', ...spend, tokens: 1_000_000_000_000 },
    { for: 'policy', name: 'auto', ...spend },
    { for: 'tag', name: 'bench', ...spend, concurrency: 100_000 },
  ],
  key: { tags: ['bench'], limits: [spend], requestsPerMinute: everyRequest },
}

/** Fairlead with keys required, limits, and one trace in ten sent to a collector: what of that costs shows beside the one without. */
export const startWithBudgets = (surroundings: Surroundings): Promise<Contender> =>
  startGoverned(withBudgets, surroundings)

export const startWithEverything = (surroundings: Surroundings): Promise<Contender> =>
  startGoverned(withEverything, surroundings)

async function startGoverned({ name, limits, key }: Terms, surroundings: Surroundings): Promise<Contender> {
  const collector = await startCollector()
  const config = {
    keys: { required: true },
    limits,
    telemetry: { otlp: { endpoint: collector.url, sample: 0.1 } },
  }
  const contender = await contenderOf(name, surroundings, config, async (url) => {
    const answer = await fetch(`${url}/admin/keys`, {
      method: 'POST',
      body: JSON.stringify({ name: 'bench', ...key }),
    })
    const { secret } = (await answer.json()) as { secret: string }
    return { authorization: `Bearer ${secret}` }
  })
  return {
    ...contender,
    stop: async () => {
      await contender.stop()
      await collector.stop()
    },
  }
}

/** Takes what is sent and says that it did. */
async function startCollector(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function contenderOf(
  name: string,
  { upstream, core, folder }: Surroundings,
  changes: object,
  headersFor: (url: string) => Promise<Readonly<Record<string, string>>>,
): Promise<Contender> {
  const config = {
    ...changes,
    vendors: { acme: { baseUrl: `http://${upstream.host}:${upstream.port}/v1`, apiKey: 'env:ACME_KEY' } },
    models: [
      model('tiny', 0.1, 0.45),
      model('small', 0.4, 0.6),
      model('large', 2.5, 0.78),
      model('huge', 5, 0.86),
    ],
    policies: { auto: { pool: ['acme/tiny', 'acme/small', 'acme/large', 'acme/huge'] } },
    log: { level: 'info' },
  }
  const env = { ACME_KEY: 'key-of-the-bench-0123456789' }
  const { port, pid, stop, url } = await serveFairlead({ folder, core, config, env })
  return {
    name,
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    origin: { host: '127.0.0.1', port },
    headers: await headersFor(url),
    model: 'auto',
    pid,
    streams: true,
    stop,
  }
}

const model = (name: string, usdPerMillion: number, score: number) => ({
  id: `acme/${name}`,
  prices: { input: usdPerMillion, output: 4 * usdPerMillion },
  contextWindow: 128_000,
  maxOutputTokens: 8_000,
  capabilities: ['tools', 'json-schema'],
  benchmarks: { 'mmlu-pro': score },
})
