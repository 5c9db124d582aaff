import type { Contender } from './contender.ts'
import type { Load, LoadJob } from './load-job.ts'

/** One thing that is measured of every contender in turn. */
export type Scenario = {
  readonly name: string
  readonly title: string
  readonly load: Load
  readonly bodies: 'short' | 'two-kilobytes'
  readonly stream: boolean
  /** Of the vendor's streams: milliseconds between two events; 0: as fast as they are read. */
  readonly everyMs: number
}

const json = { stream: false, everyMs: 0 } as const

export const scenarios = {
  throughput: {
    ...json,
    name: 'throughput',
    title: 'JSON, 64 clients, a question',
    load: { kind: 'closed', clients: 64 },
    bodies: 'short',
  },
  'throughput-2kb': {
    ...json,
    name: 'throughput-2kb',
    title: 'JSON, 64 clients, a prompt of 2 KB',
    load: { kind: 'closed', clients: 64 },
    bodies: 'two-kilobytes',
  },
  'latency-200': {
    ...json,
    name: 'latency-200',
    title: 'JSON, 200 requests a second',
    load: { kind: 'open', perSecond: 200 },
    bodies: 'short',
  },
  'latency-1000': {
    ...json,
    name: 'latency-1000',
    title: 'JSON, 1,000 requests a second',
    load: { kind: 'open', perSecond: 1000 },
    bodies: 'short',
  },
  'stream-paced': {
    name: 'stream-paced',
    title: 'SSE, 100 streams, an event every 10 ms in each',
    load: { kind: 'closed', clients: 100 },
    bodies: 'short',
    stream: true,
    everyMs: 10,
  },
  'stream-burst': {
    name: 'stream-burst',
    title: 'SSE, 16 streams, as fast as they are read',
    load: { kind: 'closed', clients: 16 },
    bodies: 'short',
    stream: true,
    everyMs: 0,
  },
} as const satisfies Readonly<Record<string, Scenario>>

export type ScenarioName = keyof typeof scenarios

export function jobFor(
  { load, bodies, stream }: Scenario,
  { origin, headers, model }: Contender,
  seconds: number,
): LoadJob {
  return {
    load,
    seconds,
    ...origin,
    path: '/v1/chat/completions',
    headers,
    bodies: prompts(bodies).map((content) => bodyText(model, content, stream)),
    stream,
  }
}

function bodyText(model: string, content: string, stream: boolean): string {
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content },
  ]
  return JSON.stringify({
    model,
    messages,
    temperature: 0.7,
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  })
}

/** So many that nothing is gained by remembering the last one, and different enough to be decided differently. */
const differentPrompts = 200

const subjects = [
  'a river ferry',
  'a bakery',
  'a telescope',
  'a chess club',
  'a power grid',
  'a vineyard',
  'a choir',
]
const tasks = [
  'Summarise in two sentences what usually goes wrong with',
  'Write a short SQL query that finds the busiest day of',
  'Prove that the number of pairs is even for',
  'Translate into French a polite complaint about',
  'Calculate what 17 * 23 tickets at 4.50 bring in for',
]

const passage =
  ' In March it counted 1,240 visits, 860 in the first half; complaints were 3.5 %, down from 4.1 % the year before. The ' +
  'new plan, written in Python, groups orders by region and loads them greedily. Explain what follows from it.'

function prompts(size: Scenario['bodies']): readonly string[] {
  return Array.from({ length: differentPrompts }, (_, index) => {
    const task = tasks[index % tasks.length]
    const question = `${task} ${subjects[index % subjects.length]}, case ${index}.`
    return size === 'short' ? question : (question + passage.repeat(9)).slice(0, 2048)
  })
}
