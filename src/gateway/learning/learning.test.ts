import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { acmeConfig, acmeKey } from '../../../test/support/acme-config.ts'
import { readDecisions, resolvedIn, say } from '../../../test/support/a-gateway.ts'
import { aServer } from '../../../test/support/a-server.ts'
import { aFaultServer } from '../../../test/support/fault-server.ts'
import type { DecisionId } from '../../domain/decision.ts'
import type { FeedbackId } from '../../domain/feedback.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import { startServer } from '../../http/server.ts'
import { openGateway, openStoredGateway } from '../open-gateway.ts'
import { openMemoryState } from '../../storage/state/memory-state.ts'
import { loadRouter } from '../load-routers.ts'
import { artefactName } from './basis.ts'
import { type CalibrationRules, usualCalibration } from './correction/rules.ts'
import { putCalibration, rollBackCalibration } from './correction/state.ts'
import { learntHistory, rollBackLearnt } from './versions.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const pool = ['acme/small', 'acme/large']
const learns = (changes: object = {}) => ({ auto: { strategy: 'linucb', pool, lambda: 5, ...changes } })

async function aVendor() {
  return aFaultServer({ small: [{ kind: 'answer' }], large: [{ kind: 'answer' }] })
}

type Asker = { readonly url: string }

async function ask({ url }: Asker, headers: Record<string, string> = {}, content = 'Say something.') {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'auto', messages: say(content) }),
  })
  await answer.text()
  return {
    status: answer.status,
    model: answer.headers.get('x-fairlead-model') ?? '',
    decision: answer.headers.get('x-fairlead-decision') ?? '',
  }
}

async function grade({ url }: Asker, body: object): Promise<void> {
  const answer = await fetch(`${url}/v1/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status, await answer.text()).toBeLessThan(300)
}

/** The model that would be chosen now. */
async function wouldChoose({ url }: Asker): Promise<{ readonly model: string; readonly because: string }> {
  const answer = await fetch(`${url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: say('Say something.') }),
  })
  const { chosen, because } = (await answer.json()) as { readonly chosen: string; readonly because: string }
  return { model: chosen, because }
}

/** Grades whatever answers: `bad` answers are worth nothing, the others all. How many requests until another is chosen. */
async function untilLeft(server: Asker, bad: string, most: number): Promise<number> {
  for (let asked = 1; asked <= most; asked++) {
    const { model, decision } = await ask(server)
    await grade(server, { decision, score: model === bad ? 0 : 1 })
    if (model !== bad) return asked
  }
  return Number.POSITIVE_INFINITY
}

/** A gateway behind a server over a store and a state of the test's own. */
async function served(
  folder: string,
  config: Awaited<ReturnType<typeof resolvedIn>>,
  state?: ReturnType<typeof openMemoryState>,
  calibration?: CalibrationRules,
) {
  const problems: unknown[] = []
  const options = {
    onLogProblem: () => {},
    onSinkProblem: (problem: unknown) => problems.push(problem),
    ...(calibration && { calibration }),
  }
  const gateway =
    state === undefined
      ? await openStoredGateway(config, options)
      : await openGateway(config, {
          ...options,
          store: await openSqliteStore({ path: `${folder}/log.db` }),
          state,
        })
  const server = await startServer(gateway, {
    host: '127.0.0.1',
    port: 0,
    bodyLimitBytes: 100_000,
    shutdownGraceMs: 5_000,
    onError: (error) => problems.push(error),
  })
  let closing: Promise<void> | null = null
  const close = () => (closing ??= server.close())
  onTestFinished(close)
  return { url: server.url, close, problems, path: config.log.path }
}

describe('a policy that learns', () => {
  test('leaves a model whose answers are found bad, and its decisions hold what was learnt with', async () => {
    const vendor = await aVendor()
    const server = await aServer({
      config: acmeConfig(vendor.baseUrl, { policies: learns() }),
      variables: acmeKey,
    })
    const first = await ask(server)
    const needed = await untilLeft(server, first.model, 60)
    expect(needed).toBeLessThanOrEqual(60)
    await expect.poll(async () => (await wouldChoose(server)).because).toContain('before feedback')
    expect(server.errors).toEqual([])
    const stored = await server.stored()
    expect(stored.every(({ decision }) => decision.features?.length === 48)).toBe(true)
    expect(stored.every(({ decision }) => decision.propensity === 1)).toBe(true)
  })

  test('goes on after a restart where it left off, and back to what it was before when that is asked for', async () => {
    const vendor = await aVendor()
    const folder = aFolder()
    const config = await resolvedIn(folder, acmeConfig(vendor.baseUrl, { policies: learns() }), acmeKey)
    const one = await served(folder, config)
    const first = await ask(one)
    await untilLeft(one, first.model, 60)
    await expect.poll(async () => (await wouldChoose(one)).model).not.toBe(first.model)
    await one.close()

    const two = await served(folder, config)
    expect((await wouldChoose(two)).model).not.toBe(first.model)
    await two.close()

    const store = await openSqliteStore({ path: config.log.path })
    const history = await learntHistory(store, 'auto')
    expect(history.map(({ why }) => why)).toEqual(['saved', 'begun'])
    expect(history[0]!.lessons).toBeGreaterThan(0)
    expect(history[0]!.live).toBe(true)
    const done = await rollBackLearnt(store, 'auto', null, new Date())
    expect(done.restoredFrom).toBe(history[1]!.version)
    await store.close()

    const three = await served(folder, config)
    expect(await wouldChoose(three)).toMatchObject({
      model: first.model,
      because: expect.not.stringContaining('before feedback'),
    })
    expect(three.problems).toEqual([])
  })

  test('notices while it runs that it was rolled back elsewhere', async () => {
    const vendor = await aVendor()
    const folder = aFolder()
    const config = await resolvedIn(folder, acmeConfig(vendor.baseUrl, { policies: learns() }), acmeKey)
    const running = await served(folder, config)
    const first = await ask(running)
    await untilLeft(running, first.model, 60)
    await expect.poll(async () => (await wouldChoose(running)).model).not.toBe(first.model)
    const store = await openSqliteStore({ path: config.log.path })
    await rollBackLearnt(store, 'auto', 1, new Date())
    await store.close()
    await expect.poll(async () => (await wouldChoose(running)).model, { timeout: 15_000 }).toBe(first.model)
  }, 30_000)

  test('learns together with another process on the same state', async () => {
    const vendor = await aVendor()
    const folder = aFolder()
    const config = await resolvedIn(folder, acmeConfig(vendor.baseUrl, { policies: learns() }), acmeKey)
    const state = openMemoryState({ clock, report: () => {} })
    const one = await served(folder, config, state)
    const two = await served(folder, config, state)
    const first = await ask(one)
    await untilLeft(one, first.model, 60)
    await expect.poll(async () => (await wouldChoose(two)).model, { timeout: 10_000 }).not.toBe(first.model)
    await two.close()
  }, 20_000)

  test('credits what is said of a session to its answers, and takes it back', async () => {
    const vendor = await aVendor()
    const server = await aServer({
      config: acmeConfig(vendor.baseUrl, { policies: learns() }),
      variables: acmeKey,
    })
    const first = await ask(server, { 'x-fairlead-session': 's' })
    for (let turn = 0; turn < 40; turn++) await ask(server, { 'x-fairlead-session': 's' }, `Say ${turn}.`)
    await grade(server, { session: 's', score: 0 })
    await expect
      .poll(async () => (await wouldChoose(server)).model, { timeout: 10_000 })
      .not.toBe(first.model)
    // Taken back: all is as if nobody had said anything.
    await grade(server, { session: 's', comment: 'I was wrong.' })
    await expect.poll(async () => (await wouldChoose(server)).model, { timeout: 10_000 }).toBe(first.model)
  }, 30_000)

  test('tries models within its dollars, and stores the chance with which it did', async () => {
    const vendor = await aVendor()
    const folder = aFolder()
    const policies = learns({ explore: { usd: 0.3, per: 'month' }, floor: 0.5, tryWithin: 1 })
    const config = await resolvedIn(folder, acmeConfig(vendor.baseUrl, { policies }), acmeKey)
    const state = openMemoryState({ clock, report: () => {} })
    const server = await served(folder, config, state)
    for (let n = 0; n < 20; n++) await Promise.all(Array.from({ length: 10 }, () => ask(server)))
    const { spent, reserved } = state.balance({ name: 'usd explore auto', per: 'month' })
    expect(reserved).toBe(0)
    expect(spent).toBeGreaterThan(150_000)
    // Each of them is rounded up to a whole micro-dollar.
    expect(spent).toBeLessThanOrEqual(300_000 + 200)
    await server.close()
    const stored = await readDecisions(`${folder}/log.db`)
    const tried = stored.filter(({ decision }) => decision.because.startsWith('tried to learn'))
    expect(tried.length).toBeGreaterThan(0)
    for (const { decision } of stored) {
      const { end } = decision.trace
      expect(end.kind === 'forward' && end.propensity).toBe(decision.propensity)
      if (tried.some((one) => one.decision.id === decision.id)) expect(decision.propensity).toBeLessThan(1)
    }
    // Once the money is gone, none is tried any more.
    expect(stored.at(-1)!.decision.propensity).toBe(1)
    // As often as the propensities say, within four deviations.
    const chances = stored.map(({ decision: { propensity, because } }) =>
      because.startsWith('tried to learn') ? propensity : 1 - propensity,
    )
    const expected = chances.reduce((sum, chance) => sum + chance, 0)
    const variance = chances.reduce((sum, chance) => sum + chance * (1 - chance), 0)
    expect(Math.abs(tried.length - expected)).toBeLessThanOrEqual(4 * Math.sqrt(variance))
  }, 30_000)
})

test('a flood of feedback keeps no request waiting, and is learnt', async () => {
  const vendor = await aVendor()
  const server = await aServer({
    config: acmeConfig(vendor.baseUrl, { policies: learns() }),
    variables: acmeKey,
  })
  const first = await ask(server)
  const asked = await Promise.all(Array.from({ length: 100 }, () => ask(server)))
  const flood = Array.from({ length: 20 }, (_, part) =>
    server.gateway.feedback.add(
      Array.from({ length: 1_000 }, (__, n) => ({
        id: `fb_flood_${part}_${n}` as FeedbackId,
        about: { kind: 'decision' as const, decision: asked[n % asked.length]!.decision as DecisionId },
        at: new Date().toISOString(),
        source: 'client' as const,
        metric: 'quality',
        score: 0,
        comment: null,
        correction: null,
        author: `anonymous ${part} ${n}`,
      })),
    ),
  )
  const meanwhile = await Promise.all(Array.from({ length: 30 }, () => ask(server)))
  expect(meanwhile.map(({ status }) => status)).toEqual(meanwhile.map(() => 200))
  await Promise.all(flood)
  await expect
    .poll(async () => (await wouldChoose(server)).model, { timeout: 60_000, interval: 500 })
    .not.toBe(first.model)
  expect(server.errors).toEqual([])
  await server.close()
}, 90_000)

test('predictions go through the correction that serves, and their decisions say through which', async () => {
  const vendor = await aVendor()
  const folder = aFolder()
  const policies = { auto: { strategy: 'utility', pool, lambda: 5 } }
  const config = await resolvedIn(folder, acmeConfig(vendor.baseUrl, { policies }), acmeKey)
  const plain = await served(folder, config)
  const { model } = await ask(plain)
  await plain.close()

  const store = await openSqliteStore({ path: config.log.path })
  const off = { version: 1, model: { slope: 1, offset: 0, models: { [model]: { offset: -4, tasks: {} } } } }
  const artefact = artefactName((await loadRouter(null)).artefact)
  const since = new Date().toISOString()
  const state = { artefact, since, because: '', restoredFrom: null, live: off, canary: null, seen: null }
  await putCalibration(store, { ...state, why: 'promoted', judgement: null }, 0, new Date())

  const corrected = await served(folder, config, undefined, usualCalibration)
  const other = await ask(corrected)
  expect(other.model).not.toBe(model)
  await rollBackCalibration(store, null, new Date())
  await store.close()
  await expect.poll(async () => (await ask(corrected)).model, { timeout: 15_000, interval: 500 }).toBe(model)
  await corrected.close()
  const stored = await readDecisions(config.log.path)
  const versions = stored.map(({ decision }) => decision.policyVersion)
  expect(versions.at(-1)).toBe(versions[0])
  expect(versions).toContain(`${versions[0]}+c1`)
  expect(corrected.problems).toEqual([])
}, 30_000)
