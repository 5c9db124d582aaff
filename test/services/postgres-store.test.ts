import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/domain/secret.ts'
import { openPostgresStore } from '../../src/storage/postgres/postgres-store.ts'
import { survivingKills } from '../../src/storage/contract/killed.contract.ts'
import { storeContract } from '../../src/storage/store.contract.ts'
import { createDecisionLog, type DecisionLogProblem } from '../../src/telemetry/decision-log.ts'
import { aDecision, anAttempt, anOutcome } from '../support/a-decision.ts'
import { aPostgres, type TestPostgres } from '../support/a-postgres.ts'

let postgres: TestPostgres
let shared: string
beforeAll(async () => {
  postgres = await aPostgres()
  shared = await postgres.freshDatabase()
})
afterAll(() => postgres?.stop())

let schemas = 0
/** A schema of its own is as good as a database of its own, and made faster. */
const aPlace = () => {
  schemas += 1
  return `${shared}?schema=test_${schemas}`
}
const everything = { since: null, policy: null, limit: 100_000 }

storeContract(() => openPostgresStore({ url: aPlace(), poolSize: 4 }))

describe('a PostgreSQL store', () => {
  survivingKills(aPlace, (url) => openPostgresStore({ url }))

  it('has what was appended after it is closed and opened again, without a schema of its own', async () => {
    const url = new Secret(await postgres.freshDatabase())
    const first = await openPostgresStore({ url })
    await first.append({ decisions: [aDecision()], outcomes: [anOutcome()] })
    await first.close()
    await first.close()
    await expect(first.decision(aDecision().id)).rejects.toMatchObject({ kind: 'closed' })
    const second = await openPostgresStore({ url })
    expect(await second.decision(aDecision().id)).toEqual({ decision: aDecision(), outcome: anOutcome() })
    await second.close()
  })

  it('takes ten thousand rows in one batch', async () => {
    const store = await openPostgresStore({ url: aPlace() })
    const names = Array.from({ length: 10_000 }, (_, index) => `d-${index}`)
    await store.append({
      decisions: names.map((id) => aDecision({ id })),
      outcomes: names.map((decision) => anOutcome({ decision, attempts: [anAttempt(), anAttempt()] })),
    })
    const [row] = await store.report({ since: null, policy: null })
    expect(row).toMatchObject({ decisions: 10_000, microUsd: 1_200_000, inputTokens: 2_400_000 })
    const read = await store.decisions(everything)
    expect(read.every(({ outcome }) => outcome?.attempts.length === 2)).toBe(true)
    await store.close()
  })

  it('keeps two schemas of one database apart', async () => {
    const [one, two] = await Promise.all([
      openPostgresStore({ url: aPlace() }),
      openPostgresStore({ url: aPlace() }),
    ])
    await one.append({ decisions: [aDecision()], outcomes: [] })
    expect(await two.decisions(everything)).toEqual([])
    await Promise.all([one.close(), two.close()])
  })

  it('is brought up to date once, however many start at once', async () => {
    const url = aPlace()
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore({ url })))
    await Promise.all(
      stores.map((store, index) =>
        store.append({ decisions: [aDecision({ id: `d-${index}` })], outcomes: [] }),
      ),
    )
    expect(await stores[0]!.decisions(everything)).toHaveLength(5)
    await Promise.all(stores.map((store) => store.close()))
    const versions = await query<{ version: number }>(url, 'select version from schema_version')
    expect(versions).toHaveLength(1)
  })
})

describe('a PostgreSQL store says what is wrong and what to do', () => {
  it('where a newer version wrote the tables, which stay as they are', async () => {
    const url = aPlace()
    await (await openPostgresStore({ url })).close()
    await query(url, 'update schema_version set version = 99')
    await expect(openPostgresStore({ url })).rejects.toMatchObject({
      kind: 'newer-schema',
      message: expect.stringMatching(/schema is version 99.*Upgrade Fairlead/),
    })
    expect(await query(url, 'select version from schema_version')).toEqual([{ version: 99 }])
  })

  it('where the password is wrong, which it does not repeat', async () => {
    const url = new URL(shared)
    url.password = 'not-the-password'
    const error = await openPostgresStore({ url: url.toString() }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'not-writable', message: expect.stringContaining('Check the user') })
    expect(everythingIn(error)).not.toContain('not-the-password')
  })

  it('where the database does not exist, or the user may not write to it', async () => {
    const missing = new URL(shared)
    missing.pathname = '/missing'
    await expect(openPostgresStore({ url: missing.toString() })).rejects.toMatchObject({
      kind: 'not-writable',
      message: expect.stringContaining('Create it'),
    })
    await query(shared, "create role reader login password 'reads'")
    const url = new URL(aPlace())
    url.username = 'reader'
    url.password = 'reads'
    await expect(openPostgresStore({ url: url.toString() })).rejects.toMatchObject({
      kind: 'not-writable',
      message: expect.stringContaining('Give the user the right'),
    })
  })

  it('where nobody listens, once it has waited for a while', async () => {
    const url = 'postgres://user:its-password@127.0.0.1:1/log'
    const error = await openPostgresStore({ url, openTimeoutMs: 300 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('127.0.0.1:1') })
    expect(everythingIn(error)).not.toContain('its-password')
  })

  it('where a statement takes too long, and works again afterwards', async () => {
    const url = aPlace()
    const store = await openPostgresStore({ url, statementTimeoutMs: 300 })
    const other = await connected(url)
    await other.query('begin')
    await other.query('lock table decisions')
    const batch = { decisions: [aDecision()], outcomes: [] }
    await expect(store.append(batch)).rejects.toMatchObject({ kind: 'busy' })
    await other.query('rollback')
    await other.end()
    await store.append(batch)
    expect(await store.decisions(everything)).toHaveLength(1)
    await store.close()
  })
})

describe('behind a network that swallows everything', () => {
  it('gives a connection up, and works again on another once the network does', async () => {
    const network = await aNetworkTo(new URL(shared))
    const url = new URL(aPlace())
    url.host = `127.0.0.1:${network.port}`
    const store = await openPostgresStore({ url: url.toString(), statementTimeoutMs: 200, poolSize: 1 })
    const first = { decisions: [aDecision({ id: 'first' })], outcomes: [] }
    const second = { decisions: [aDecision({ id: 'second' })], outcomes: [] }
    await store.append(first)
    network.swallow()
    await expect(store.append(second)).rejects.toMatchObject({ kind: 'unreachable' })
    network.restore()
    await store.append(second)
    network.swallow()
    await expect(store.decisions(everything)).rejects.toMatchObject({ kind: 'unreachable' })
    network.restore()
    expect(await store.decisions(everything)).toHaveLength(2)
    await store.close()
    network.close()
  })
})

describe('while PostgreSQL crashes and starts again', () => {
  it('the decision log loses nothing and writes nothing twice', async (context) => {
    if (postgres.crashAndRestart === null) return context.skip()
    const url = aPlace()
    const store = await openPostgresStore({ url })
    const problems: DecisionLogProblem[] = []
    const log = createDecisionLog(store, {
      closeAttempts: 200,
      onProblem: (problem) => problems.push(problem),
    })
    let under = true
    const names: string[] = []
    const load = (async () => {
      for (; under; await sleep(2)) {
        const id = `d-${names.length}`
        names.push(id)
        log.decided(aDecision({ id, caller: { ...caller, tags: ['load'] } }))
        log.finished(anOutcome({ decision: id, attempts: [anAttempt(), anAttempt()] }))
      }
    })()
    for (let round = 0; round < 3; round++) {
      await sleep(300)
      await postgres.crashAndRestart()
    }
    await sleep(300)
    under = false
    await load
    await log.close()
    expect(problems.filter(({ kind }) => kind === 'dropped')).toEqual([])
    expect(problems.length).toBeGreaterThan(0)
    expect(log.counts()).toEqual({ queued: 0, written: names.length * 2, dropped: 0 })
    const stored = await store.decisions(everything)
    expect(new Set(stored.map(({ decision }) => decision.id))).toEqual(new Set(names))
    expect(stored).toHaveLength(names.length)
    expect(stored.every(({ outcome }) => outcome?.attempts.length === 2)).toBe(true)
    const [tag] = await store.spending({ since: null, policy: null }, 'tag')
    expect(tag).toMatchObject({ group: 'load', decisions: names.length, microUsd: names.length * 120 })
    await store.close()
  })

  it('idle connections do no harm, and the next question is answered', async (context) => {
    if (postgres.crashAndRestart === null) return context.skip()
    const store = await openPostgresStore({ url: aPlace() })
    await store.append({ decisions: [aDecision()], outcomes: [] })
    await postgres.crashAndRestart()
    // Whether a broken connection is noticed before it is asked is the network's affair: at most each of them once.
    const asked = () => store.decision(aDecision().id).catch((error: unknown) => error)
    let answer = await asked()
    for (let turn = 0; turn < 10 && answer instanceof Error; turn++) {
      expect(answer).toMatchObject({ kind: 'unreachable' })
      answer = await asked()
    }
    expect(answer).toEqual({ decision: aDecision(), outcome: null })
    await store.close()
  })
})

/** What was under way when it swallowed stays lost; connections that are made afterwards work. */
async function aNetworkTo({ hostname, port }: URL) {
  let swallowing = false
  const open: Socket[] = []
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    open.push(near, far)
    let lost = swallowing
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        lost ||= swallowing
        if (!lost) to.write(bytes)
      })
      from.on('close', () => to.destroy())
      from.on('error', () => {})
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      swallowing = true
    },
    restore: () => {
      swallowing = false
    },
    close: () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}

const caller = { key: null, team: null, project: null, user: null, tags: [], session: null, episode: null }

const connected = async (url: string): Promise<pg.Client> => {
  const place = new URL(url)
  const schema = place.searchParams.get('schema')
  place.searchParams.delete('schema')
  const client = new pg.Client({
    connectionString: place.toString(),
    options: `-c search_path=${schema ?? 'public'}`,
  })
  await client.connect()
  return client
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = await connected(url)
  const { rows } = await client.query<Row>(text)
  await client.end()
  return rows
}

/** An error with its causes and properties, as a log might write it. */
const everythingIn = (error: unknown): string => {
  const found: string[] = []
  for (let next = error; next instanceof Error; next = next.cause)
    found.push(next.message, String(next.stack), JSON.stringify(next, Object.getOwnPropertyNames(next)))
  return found.join('\n')
}
