/** A gateway that has been at work for a day, with simulated models and a vendor whose streams break off. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { ResolvedConfig } from '../../src/config/resolved.ts'
import type { DecisionId } from '../../src/domain/decision.ts'
import type { Feedback, FeedbackId } from '../../src/domain/feedback.ts'
import { openStoredGateway } from '../../src/gateway/open-gateway.ts'
import { startServer } from '../../src/http/server.ts'
import { checkAnswer, generateTasks } from '../../src/providers/simulated/tasks/index.ts'
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import type { StoredDecision } from '../../src/storage/store.ts'
import { acmeConfig, acmeKey } from '../support/acme-config.ts'
import { openFaultServer } from '../support/faults/server.ts'

export const adminToken = 'the-admin-token-of-the-browser-tests'
export const readToken = 'the-reading-token-of-the-browser-tests'

export type BusyGateway = {
  readonly url: string
  /** Of a stream that broke off and was gone on with by another model. */
  readonly continued: string
  readonly store: string
  /** Comes back at the same address. */
  readonly restart: () => Promise<void>
  /** Stops answering; nothing is removed. */
  readonly stop: () => Promise<void>
  readonly close: () => Promise<void>
}

export type BusyOptions = {
  /** Tasks that are sent; 0: it has never had a request. */
  readonly tasks?: number
  /** Copies of each decision over the day before. */
  readonly copies?: number
}

export async function openBusyGateway({ tasks = 120, copies = 8 }: BusyOptions = {}): Promise<BusyGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-browser-'))
  const vendor = await openFaultServer({
    small: [{ kind: 'cut', afterWords: 3, how: 'close' }],
    large: [{ kind: 'answer', asked: 'go-on' }],
  })
  const config = await resolved(folder, vendor.baseUrl, tasks > 0)
  let running = await start(config, 0)
  const { url } = running
  let continued = ''
  if (tasks > 0) {
    await work(url, tasks)
    continued = await breakOff(url)
    await running.close()
    await repeatOverTheDay(config.log.path, copies)
    running = await start(config, Number(new URL(url).port))
  }
  return {
    url,
    continued,
    store: config.log.path,
    stop: () => running.close(),
    restart: async () => {
      running = await start(config, Number(new URL(url).port))
    },
    close: async () => {
      await running.close()
      await vendor.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function start(
  config: ResolvedConfig,
  port: number,
): Promise<{ url: string; close: () => Promise<void> }> {
  const gateway = await openStoredGateway(config, { seed: 'browser', onLogProblem: console.error })
  const server = await startServer(gateway, {
    host: '127.0.0.1',
    port,
    bodyLimitBytes: 1_000_000,
    shutdownGraceMs: 500,
    onError: console.error,
  })
  let closing: Promise<void> | null = null
  return {
    url: server.url,
    close: () => {
      closing ??= server.close()
      return closing
    },
  }
}

async function resolved(directory: string, vendorUrl: string, withVendor: boolean): Promise<ResolvedConfig> {
  const file = join(directory, 'fairlead.yaml')
  const pool = ['simulated/nano', 'simulated/mid', 'simulated/frontier']
  const written = {
    ...(withVendor ? acmeConfig(vendorUrl) : {}),
    simulated: { pace: 0.02 },
    admin: { token: 'env:ADMIN', readToken: 'env:READER' },
    limits: [
      { for: 'all', usd: 25, per: 'day', softAt: 0.8 },
      { for: 'team', name: 'search', usd: 5, per: 'month' },
      { for: 'policy', name: 'auto', usd: 0.05, per: 'hour', softAt: 0.7 },
    ],
    policies: {
      auto: { quality: 0.95, pool },
      frugal: { strategy: 'utility', willingnessToPay: 0.002, pool },
      ...(withVendor && {
        support: { strategy: 'fixed', model: 'acme/small', fallbacks: ['acme/large'] },
      }),
    },
  }
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(written))
  const variables = { ...acmeKey, ADMIN: adminToken, READER: readToken }
  const surroundings = builtInSurroundings([], readEnvironment(variables))
  const result = await loadConfig({ file, directory, surroundings })
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults))
  return result.config
}

const post = (url: string, path: string, body: object): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** Few, so that times are those of the gateway and not of a queue. */
const atOnce = 2

/** Tasks with answers that can be checked, each told as feedback; every third goes to the frugal policy. */
async function work(url: string, count: number): Promise<void> {
  const tasks = generateTasks('browser', count)
  for (let at = 0; at < tasks.length; at += atOnce)
    await Promise.all(
      tasks.slice(at, at + atOnce).map(async (task, index) => {
        const model = (at + index) % 3 === 2 ? 'frugal' : 'auto'
        const messages = [{ role: 'user', content: task.prompt }]
        const reply = await post(url, '/v1/chat/completions', { model, messages })
        const { choices } = (await reply.json()) as { choices: { message: { content: string } }[] }
        const decision = reply.headers.get('x-fairlead-decision')
        const score = checkAnswer(task, choices[0]?.message.content ?? '') ? 1 : 0
        await post(url, '/v1/feedback', { decision, score })
      }),
    )
}

/** A stream that its model leaves in the middle: another one goes on with it. */
async function breakOff(url: string): Promise<string> {
  const messages = [{ role: 'user', content: 'Tell me how routers work.' }]
  const reply = await post(url, '/v1/chat/completions', { model: 'support', messages, stream: true })
  await reply.text()
  return reply.headers.get('x-fairlead-decision') ?? ''
}

/** The day before, made of what was decided just now: busier by day than by night, and now and then a failure. */
async function repeatOverTheDay(path: string, copies: number): Promise<void> {
  const store = await openSqliteStore({ path })
  try {
    const found = await store.decisions({ since: null, policy: null, limit: 1_000 })
    const whole = found.filter((one): one is Whole => one.outcome !== null)
    const now = Date.now()
    let made = 0
    // The first of them takes the place of what was decided just now, which was all in a second.
    for (let copy = 0; copy <= copies; copy++) {
      const batch = whole.map((one, index) => {
        const id = copy === 0 ? one.decision.id : `${one.decision.id}-${copy}`
        const back = copy === 0 ? index * lastOnesEveryMs : timeBack(made, whole.length * copies)
        return movedTo(one, id, now - back, made++)
      })
      await store.append({
        decisions: batch.map(({ decision }) => decision),
        outcomes: batch.map(({ outcome }) => outcome),
      })
      if (copy > 0) await store.addFeedback(batch.flatMap(({ feedback }) => feedback))
    }
  } finally {
    await store.close()
  }
}

const lastOnesEveryMs = 12_000

/** Evenly over the day, but for a wave of it: 24 hours at most. */
const timeBack = (index: number, all: number): number => {
  const share = (index * 0.618034) % 1
  const waved = share + 0.11 * Math.sin(2 * Math.PI * share)
  return (0.02 + 0.96 * waved) * 86_400_000 + (index / all) * 1_000
}

type Whole = {
  readonly decision: StoredDecision['decision']
  readonly outcome: NonNullable<StoredDecision['outcome']>
}

function movedTo({ decision, outcome }: Whole, name: string, at: number, index: number) {
  const id = name as DecisionId
  const failed = index % 53 === 52 && decision.policy !== 'support'
  const time = new Date(at).toISOString()
  // Of a pace of one in fifty, so that figures look like those of models that are not simulated.
  const slower = 20 * (0.8 + 0.4 * ((index * 0.37) % 1))
  const begun = outcome.attempts[0]?.startedAfterMs ?? 0
  const ended = Math.max(begun, ...outcome.attempts.map(({ endedAfterMs }) => endedAfterMs))
  const scaled = <T extends number | null>(ms: T) => (ms === null ? null : begun + (ms - begun) * slower) as T
  const feedback: readonly Feedback[] =
    index % 4 === 0
      ? [
          {
            id: `f-${name}` as FeedbackId,
            about: { kind: 'decision', decision: id },
            at: time,
            source: 'client',
            metric: 'quality',
            score: (index * 7_919) % 13 === 0 ? 0 : 1,
            comment: null,
            correction: null,
            author: 'a-customer',
          },
        ]
      : []
  return {
    decision: { ...decision, id, time },
    outcome: {
      ...outcome,
      decision: id,
      latencyMs: outcome.latencyMs + (slower - 1) * (ended - begun),
      firstContentMs: scaled(outcome.firstContentMs),
      attempts: outcome.attempts.map((attempt) => ({
        ...attempt,
        startedAfterMs: scaled(attempt.startedAfterMs),
        firstContentAfterMs: scaled(attempt.firstContentAfterMs),
        endedAfterMs: scaled(attempt.endedAfterMs),
      })),
      ...(failed && { status: 'failed' as const, failure: 'unavailable' as const, model: null }),
    },
    feedback,
  }
}
