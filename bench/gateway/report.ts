import { availableParallelism, cpus } from 'node:os'
import { type Column, table } from '../../src/cli/table.ts'
import type { Plan, Sample } from './compare.ts'
import { type Absent, bareProxy, type Contender } from './contender.ts'
import { median } from './figures.ts'
import { type Scenario, type ScenarioName, scenarios } from './scenarios.ts'

export type Report = {
  readonly machine: string
  readonly plan: Pick<Plan, 'rounds' | 'seconds' | 'scenarios' | 'contenders'>
  readonly absent: readonly Absent[]
  readonly samples: readonly Sample[]
}

type Section = {
  readonly title: string
  readonly note: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

export function machine(pinned: boolean): string {
  const model = cpus()[0]?.model.trim() ?? 'a processor without a name'
  const bound = pinned ? 'the gateway on one core, load and vendor on another' : 'processes bound to no core'
  return `${model}, ${availableParallelism()} cores (${bound}), Node ${process.versions.node}`
}

export const reportJson = (report: Report): string => {
  const { plan, ...rest } = report
  const contenders = plan.contenders.map(({ name, version }) => ({ name, version }))
  return JSON.stringify({ ...rest, plan: { ...plan, contenders }, summary: sectionsOf(report) }, null, 2)
}

export function reportText(report: Report): string {
  const parts = sectionsOf(report).map(
    ({ title, note, columns, rows }) => `${title}\n${note}\n\n${table(columns, rows)}\n`,
  )
  return [intro(report), '', ...parts].join('\n')
}

export function reportMarkdown(report: Report): string {
  const parts = sectionsOf(report).map(
    ({ title, note, columns, rows }) => `## ${title}\n\n${note}\n\n${markdownTable(columns, rows)}\n`,
  )
  return [
    '# Performance',
    'Made by `npm run bench:gateway -- --write`; not edited by hand.',
    intro(report),
    howMeasured,
    ...parts,
  ].join('\n\n')
}

const howMeasured = `A vendor in a process of its own answers at once with one fixed answer; a load generator in another sends over kept-alive connections. Fairlead runs as npm start runs it (with --max-semi-space-size=64: docs/decisions/2026-11-27-young-generation.md), with routing among four models, the decision log and the process log on; nginx with its access log on; Portkey's gateway as npm has it. All of them run side by side in one run and are measured in turn, round by round. Figures are medians over the rounds; brackets hold the least and the most. What is *added* is the difference from asking the vendor directly in the same round. A rate is kept whatever becomes of the requests before, and a request's time counts from the moment at which it was due. Processor time is what the system says that the gateway's process has used, garbage collection and log writing included; the requests that a core does in a second follow from it, so that they hold also where the load generator or another process is what limits a run.`

function intro({ machine: where, plan, absent }: Report): string {
  const names = plan.contenders.map(nameOf).join(', ')
  const missing = absent.map(({ name, absent: why }) => ` Without ${name}: ${why}.`).join('')
  return `${where}. ${plan.rounds} rounds of ${plan.seconds} s each: ${names}.${missing}`
}

const nameOf = ({ name, version }: Contender): string =>
  name === 'direct' ? 'direct (no gateway)' : `${name} ${version}`

function sectionsOf(report: Report): readonly Section[] {
  return report.plan.scenarios.map((name) => {
    const scenario: Scenario = scenarios[name]
    if (scenario.stream) return streamSection(report, name, scenario)
    return scenario.load.kind === 'closed'
      ? throughputSection(report, name, scenario)
      : latencySection(report, name, scenario)
  })
}

const right = (title: string): Column => ({ title, align: 'right' })

function throughputSection(report: Report, name: ScenarioName, { title }: Scenario): Section {
  const { samples: all } = report
  return {
    title,
    note: 'How much goes through at most. Direct and nginx are limited by the core of load and vendor.',
    columns: [
      { title: 'gateway' },
      right('requests/s'),
      right('µs of processor per request'),
      right('requests/s of one core'),
      right('processor, bare proxy = 1'),
      right('memory, MB'),
      right('failed'),
    ],
    rows: rowsOf(report, name, (samples) => [
      spread(samples.map(({ answered, seconds }) => answered / seconds)),
      spread(samples.map(cpuPerRequest), 1),
      spread(samples.map((sample) => 1e6 / cpuPerRequest(sample))),
      spread(timesBare(all, samples, cpuPerRequest), 2),
      spread(samples.map(({ residentMb }) => residentMb)),
      failures(samples),
    ]),
  }
}

function latencySection(report: Report, name: ScenarioName, { title }: Scenario): Section {
  const { samples: all } = report
  return {
    title,
    note: 'How long an answer takes, in milliseconds.',
    columns: [
      { title: 'gateway' },
      right('median'),
      right('p99'),
      right('added median'),
      right('added p99'),
      right('failed'),
    ],
    rows: rowsOf(report, name, (samples) => [
      spread(
        samples.map(({ latency }) => latency.median),
        2,
      ),
      spread(
        samples.map(({ latency }) => latency.p99),
        2,
      ),
      spread(
        addedTo(all, samples, ({ latency }) => latency.median),
        2,
      ),
      spread(
        addedTo(all, samples, ({ latency }) => latency.p99),
        2,
      ),
      failures(samples),
    ]),
  }
}

function streamSection(report: Report, name: ScenarioName, { title }: Scenario): Section {
  const { samples: all } = report
  return {
    title,
    note: 'Events relayed, the whole request included in what each costs.',
    columns: [
      { title: 'gateway' },
      right('events/s'),
      right('µs of processor per event'),
      right('processor, bare proxy = 1'),
      right('added to first event, ms'),
      right('memory, MB'),
      right('failed'),
    ],
    rows: rowsOf(report, name, (samples) => [
      spread(samples.map(({ events, seconds }) => events / seconds)),
      spread(samples.map(cpuPerEvent), 2),
      spread(timesBare(all, samples, cpuPerEvent), 2),
      spread(
        addedTo(all, samples, ({ firstByte }) => firstByte.median),
        2,
      ),
      spread(samples.map(({ residentMb }) => residentMb)),
      failures(samples),
    ]),
  }
}

function rowsOf(
  { plan, samples }: Report,
  scenario: ScenarioName,
  cells: (samples: readonly Sample[]) => readonly string[],
): readonly (readonly string[])[] {
  return plan.contenders.flatMap((contender) => {
    const own = samples.filter(
      (sample) => sample.scenario === scenario && sample.contender === contender.name,
    )
    if (own.length > 0) return [[nameOf(contender), ...cells(own)]]
    return scenarios[scenario].load.kind === 'open' ? [[nameOf(contender), 'does not reach this rate']] : []
  })
}

const cpuPerRequest = ({ cpu, answered }: Sample): number => (1e6 * cpu) / answered

const cpuPerEvent = ({ cpu, events }: Sample): number => (1e6 * cpu) / events

/** The difference from going directly, round by round. */
const addedTo = (
  all: readonly Sample[],
  samples: readonly Sample[],
  figure: (sample: Sample) => number,
): readonly number[] => beside('direct', all, samples, (own, base) => figure(own) - figure(base))

/** How many times as much as the least that a proxy in Node can do: what another machine would show too. */
const timesBare = (
  all: readonly Sample[],
  samples: readonly Sample[],
  figure: (sample: Sample) => number,
): readonly number[] => beside(bareProxy, all, samples, (own, base) => figure(own) / figure(base))

function beside(
  contender: string,
  all: readonly Sample[],
  samples: readonly Sample[],
  compare: (own: Sample, base: Sample) => number,
): readonly number[] {
  return samples.flatMap((sample) => {
    if (sample.contender === contender) return []
    const { scenario, round } = sample
    const base = all.find(
      (other) => other.contender === contender && other.scenario === scenario && other.round === round,
    )
    return base === undefined ? [] : [compare(sample, base)]
  })
}

function failures(samples: readonly Sample[]): string {
  const failed = samples.reduce((sum, sample) => sum + sample.failed, 0)
  const why = samples.find(({ firstFailure }) => firstFailure !== null)?.firstFailure
  return failed === 0 ? '0' : `${failed} (${why?.slice(0, 80)})`
}

/** Median, and in brackets the least and the most; a dash where nothing could be measured. */
function spread(values: readonly number[], digits = 0): string {
  const measured = values.filter(Number.isFinite)
  if (measured.length === 0) return '–'
  const text = (value: number): string =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  const middle = text(median(measured))
  return measured.length === 1
    ? middle
    : `${middle} (${text(Math.min(...measured))}–${text(Math.max(...measured))})`
}

function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((_, index) => row[index] ?? ''))),
  ].join('\n')
}
