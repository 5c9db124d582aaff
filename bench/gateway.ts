/**
 * What Fairlead costs on the way to a vendor, beside no gateway, nginx and Portkey's gateway, in one run. Needs `npm run build`.
 * `npm run bench:gateway -- --help`
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compare, type Plan } from './gateway/compare.ts'
import type { Origin } from './gateway/connection.ts'
import { type Absent, bareProxy, type Contender, type Surroundings } from './gateway/contender.ts'
import { startFairlead, startWithBudgets, startWithEverything } from './gateway/fairlead.ts'
import { startNginx } from './gateway/nginx.ts'
import { startPortkey } from './gateway/portkey.ts'
import { ask, coresAllowed, startOwn } from './gateway/process.ts'
import { machine, reportJson, reportMarkdown, reportText } from './gateway/report.ts'
import { type ScenarioName, scenarios } from './gateway/scenarios.ts'

const options = {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '3' },
  only: { type: 'string', default: Object.keys(scenarios).join(',') },
  nginx: { type: 'string', default: 'nginx' },
  portkey: { type: 'string' },
  'without-portkey': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const help = `npm run bench:gateway -- [options]
  --rounds N           rounds, each over all scenarios and contenders (${options.rounds.default})
  --seconds N          of each scenario and contender in each round (${options.seconds.default})
  --only A,B           of the scenarios ${Object.keys(scenarios).join(', ')}
  --nginx FILE         the nginx to run, if it is not on the path
  --portkey FOLDER     where Portkey's gateway is installed, or is to be; a temporary folder otherwise
  --without-portkey    leave it out: nothing is installed
  --json               every sample as JSON
  --write              write docs/performance.md
`

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) {
    console.log(help)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'))
  const running: { stop: () => Promise<void> }[] = []
  try {
    const [gatewayCore = null, loadCore = null] = coresFor()
    const upstream = startOwn('upstream.ts', loadCore)
    const load = startOwn('load.ts', loadCore)
    running.push(upstream, load)
    const origin = { host: '127.0.0.1', port: (await ask<{ port: number }>(upstream, null)).port }
    const starters = startersFor(values, origin, gatewayCore, folder)
    const absent: Absent[] = []
    const contenders: Contender[] = []
    for (const start of starters) {
      const started = await start()
      if ('absent' in started) absent.push(started)
      else {
        contenders.push(started)
        running.push(started)
      }
    }
    const plan: Plan = {
      scenarios: chosenScenarios(values.only),
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      upstream,
      load,
      contenders,
      onProgress: (text) => console.error(text),
    }
    const samples = await compare(plan)
    const report = { machine: machine(gatewayCore !== null), plan, absent, samples }
    console.log(values.json ? reportJson(report) : reportText(report))
    if (values.write)
      writeFileSync(join(import.meta.dirname, '..', 'docs', 'performance.md'), reportMarkdown(report))
  } finally {
    for (const { stop } of running.reverse()) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The gateway's own core, and another for load and vendor; none where there is but one. */
function coresFor(): readonly string[] {
  const cores = coresAllowed()
  return cores.length < 2 ? [] : [cores[0]!, cores[1]!]
}

function startersFor(
  values: { readonly nginx: string; readonly portkey?: string; readonly 'without-portkey': boolean },
  upstream: Origin,
  core: string | null,
  folder: string,
): readonly (() => Promise<Contender | Absent>)[] {
  const surroundings = (name: string): Surroundings => {
    const own = join(folder, name)
    mkdirSync(own)
    return { upstream, core, folder: own }
  }
  const portkey = () =>
    startPortkey(values.portkey ?? surroundings('portkey').folder, { upstream, core, folder })
  return [
    async () => direct(upstream),
    () => startBareProxy(upstream, core),
    () => startNginx(values.nginx, surroundings('nginx')),
    () => startFairlead(surroundings('fairlead')),
    () => startWithBudgets(surroundings('budgets')),
    () => startWithEverything(surroundings('everything')),
    ...(values['without-portkey'] ? [] : [portkey]),
  ]
}

async function startBareProxy(upstream: Origin, core: string | null): Promise<Contender> {
  const started = startOwn('bare-proxy.ts', core)
  const { port } = await ask<{ port: number }>(started, upstream)
  const { pid, stop } = started
  const origin = { host: '127.0.0.1', port }
  return { ...direct(origin), name: bareProxy, pid, stop }
}

const direct = (origin: Origin): Contender => ({
  name: 'direct',
  version: process.versions.node,
  origin,
  headers: {},
  model: 'auto',
  pid: null,
  streams: true,
  stop: async () => {},
})

function chosenScenarios(text: string): readonly ScenarioName[] {
  const names = text.split(',')
  const unknown = names.filter((name) => !(name in scenarios))
  if (unknown.length > 0) throw new Error(`there is no scenario ${unknown.join(', ')}\n${help}`)
  return names as ScenarioName[]
}

await main()
