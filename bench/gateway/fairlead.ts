import { readFileSync, writeFileSync } from 'node:fs'
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

/** `fairlead serve` as it is built in `dist/`, on a free port. */
export async function serveFairlead(options: ServeOptions): Promise<Serving> {
  const { folder, core, config, env, flags = [], messages } = options
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
export async function startFairlead({ upstream, core, folder }: Surroundings): Promise<Contender> {
  const config = {
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
  const { port, pid, stop } = await serveFairlead({ folder, core, config, env })
  return {
    name: 'fairlead',
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    origin: { host: '127.0.0.1', port },
    headers: {},
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
