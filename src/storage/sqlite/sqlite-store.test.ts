import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../../test/support/a-decision.ts'
import { aFolder } from '../../../test/support/a-folder.ts'
import { aFeedback } from '../../../test/support/a-feedback.ts'
import { survivingKills } from '../contract/killed.contract.ts'
import { nobody } from '../../domain/virtual-key.ts'
import { storeContract } from '../store.contract.ts'
import { explainError } from './explain-error.ts'
import { openSqliteStore } from './sqlite-store.ts'

const aPath = () => join(aFolder(), 'fairlead.db')
const everything = { since: null, policy: null, limit: 100_000 }

storeContract(() => openSqliteStore({ path: aPath() }))

describe('a SQLite store', () => {
  survivingKills(aPath, (path) => openSqliteStore({ path }))

  it('makes the folders on the way to its file', async () => {
    const store = await openSqliteStore({ path: join(aFolder(), 'a', 'b', 'fairlead.db') })
    await store.append({ decisions: [aDecision()], outcomes: [] })
    await store.close()
  })

  it.runIf(existsSync('/proc/self'))(
    'says at once that it may not be where no folder can be made',
    async () => {
      await expect(openSqliteStore({ path: '/proc/no/fairlead.db' })).rejects.toMatchObject({
        kind: 'not-writable',
        message: expect.stringContaining('set log.path to another place'),
      })
    },
  )

  it('has what was appended after it is closed and opened again', async () => {
    const path = aPath()
    const first = await openSqliteStore({ path })
    await first.append({ decisions: [aDecision()], outcomes: [anOutcome()] })
    await first.close()
    const second = await openSqliteStore({ path })
    expect(await second.decision(aDecision().id)).toEqual({ decision: aDecision(), outcome: anOutcome() })
    await second.close()
  })

  it('uses a write-ahead log', async () => {
    const path = aPath()
    const store = await openSqliteStore({ path })
    const other = new Database(path)
    expect(other.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }])
    other.close()
    await store.close()
  })

  it('takes ten thousand rows in one batch', async () => {
    const store = await openSqliteStore({ path: aPath() })
    const names = Array.from({ length: 10_000 }, (_, index) => `d-${index}`)
    await store.append({
      decisions: names.map((id) => aDecision({ id })),
      outcomes: names.map((decision) => anOutcome({ decision, attempts: [anAttempt(), anAttempt()] })),
    })
    const [row] = await store.report({ since: null, policy: null })
    expect(row).toMatchObject({ decisions: 10_000, microUsd: 1_200_000, inputTokens: 2_400_000 })
    const read = await store.decisions(everything)
    expect(read).toHaveLength(10_000)
    expect(read.every(({ outcome }) => outcome?.attempts.length === 2)).toBe(true)
    await store.close()
  })

  it('has no row left of a decision that it has forgotten', async () => {
    const path = aPath()
    const store = await openSqliteStore({ path })
    const caller = { ...nobody, tags: ['a', 'b'], session: 's', episode: 'e' }
    await store.append({ decisions: [aDecision({ caller })], outcomes: [anOutcome()] })
    await store.addFeedback([aFeedback({ about: { kind: 'decision', decision: aDecision().id } })])
    expect(await store.forgetBefore('2026-04-01T00:00:00.000Z', 10)).toBe(1)
    const database = new Database(path)
    for (const table of ['decisions', 'decision_tags', 'outcomes', 'attempts', 'feedback'])
      expect([table, database.prepare(`select * from ${table}`).all()]).toEqual([table, []])
    database.close()
    await store.close()
  })

  it('shares its file with another store', async () => {
    const path = aPath()
    const [one, two] = await Promise.all([openSqliteStore({ path }), openSqliteStore({ path })])
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 ? one : two).append({ decisions: [aDecision({ id: `d-${index}` })], outcomes: [] }),
      ),
    )
    expect(await one.decisions(everything)).toHaveLength(50)
    expect(await two.decisions(everything)).toHaveLength(50)
    await one.close()
    await two.close()
  })

  it('is safe to open and write from several processes that start at once', async () => {
    const path = aPath()
    const names = ['p', 'q', 'r']
    const ends = await Promise.all(names.map((name) => writerProcess(path, name, 40)))
    expect(ends).toEqual(names.map(() => ({ code: 0, stderr: '' })))
    const store = await openSqliteStore({ path })
    expect(await store.decisions(everything)).toHaveLength(names.length * 40)
    await store.close()
  })
})

describe('a SQLite store that can not work says what to do', () => {
  it('where the path can not be written', async () => {
    const folder = aFolder()
    writeFileSync(join(folder, 'file'), '')
    const expected = {
      kind: 'not-writable',
      message: expect.stringContaining('set log.path to another place'),
    }
    await expect(openSqliteStore({ path: join(folder, 'file', 'x.db') })).rejects.toMatchObject(expected)
    await expect(openSqliteStore({ path: folder })).rejects.toMatchObject(expected)
  })

  it('where the file is something else', async () => {
    const path = aPath()
    writeFileSync(path, 'These are the voyages. '.repeat(1000))
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/fairlead\.db is not a whole SQLite database.*Move it away/),
    })
  })

  it('where a newer version wrote the file, which stays as it is', async () => {
    const path = aPath()
    await (await openSqliteStore({ path })).close()
    const database = new Database(path)
    database.exec('update schema_version set version = 99')
    database.close()
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      kind: 'newer-schema',
      message: expect.stringMatching(/schema is version 99.*Upgrade Fairlead/),
    })
    const after = new Database(path)
    expect(after.prepare('select version from schema_version').all()).toEqual([{ version: 99 }])
    after.close()
  })

  it('where the disk is full', () => {
    const path = aPath()
    const database = new Database(path)
    database.exec('create table t (x)')
    database.pragma('max_page_count = 4')
    const insert = database.prepare('insert into t values (zeroblob(100000))')
    const error = thrownBy(() => insert.run())
    database.close()
    expect(explainError(error, path)).toMatchObject({
      kind: 'disk-full',
      message: expect.stringContaining('Free space on its disk'),
    })
  })

  it('where another process holds the file, and works once that has ended', async () => {
    const path = aPath()
    const store = await openSqliteStore({ path, busyTimeoutMs: 1 })
    const other = new Database(path)
    other.exec('begin immediate')
    const batch = { decisions: [aDecision()], outcomes: [] }
    await expect(store.append(batch)).rejects.toMatchObject({ kind: 'busy' })
    other.exec('rollback')
    other.close()
    await store.append(batch)
    expect(await store.decisions(everything)).toHaveLength(1)
    await store.close()
  })

  it('where it was closed; closing twice is fine', async () => {
    const store = await openSqliteStore({ path: aPath() })
    await store.close()
    await store.close()
    await expect(store.append({ decisions: [], outcomes: [] })).rejects.toMatchObject({ kind: 'closed' })
  })
})

function thrownBy(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

function writerProcess(
  path: string,
  name: string,
  count: number,
): Promise<{ code: number | null; stderr: string }> {
  const here = (file: string) => pathToFileURL(fileURLToPath(new URL(file, import.meta.url))).href
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(here('./sqlite-store.ts'))})
    const { aDecision } = await import(${JSON.stringify(here('../../../test/support/a-decision.ts'))})
    const store = await openSqliteStore({ path: ${JSON.stringify(path)} })
    for (let n = 0; n < ${count}; n++)
      await store.append({ decisions: [aDecision({ id: '${name}-' + n })], outcomes: [] })
    await store.close()`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return new Promise((resolve) => {
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('close', (code) => resolve({ code, stderr }))
  })
}
