import { join } from 'node:path'
import { sql } from 'kysely'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { createSearches } from './searches.ts'

function aDatabase() {
  const path = join(aFolder(), 'a.db')
  const writer = new Database(path)
  writer.pragma('journal_mode = WAL')
  writer.exec('create table notes (number integer, text text)')
  const searches = createSearches(path)
  onTestFinished(async () => {
    await searches.close()
    writer.close()
  })
  return { writer, ...searches }
}

test('see what was written before them', async () => {
  const { writer, db } = aDatabase()
  for (let number = 0; number < 5; number++) {
    writer.prepare('insert into notes values (?, ?)').run([number, 'ä'])
    const { rows } = await sql`select count(*) as notes, max(text) as text from notes`.execute(db)
    expect(rows).toEqual([{ notes: number + 1, text: 'ä' }])
  }
})

test('leave the event loop alone', async () => {
  const { db } = aDatabase()
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  // Counts to some millions, which takes SQLite a good part of a second.
  await sql`with recursive c (n) as (select 1 union all select n + 1 from c where n < 3000000) select max(n) from c`.execute(
    db,
  )
  clearInterval(timer)
  expect(turns).toBeGreaterThan(5)
})

test('are answered each by its own, however many are asked at once', async () => {
  const { db } = aDatabase()
  const answers = await Promise.all(
    Array.from(
      { length: 100 },
      async (_, n) => (await sql<{ n: number }>`select ${n} as n`.execute(db)).rows[0]?.n,
    ),
  )
  expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => n))
})

test('are refused where too many wait', async () => {
  const { db } = aDatabase()
  const asked = await Promise.allSettled(Array.from({ length: 300 }, () => sql`select 1`.execute(db)))
  const refused = asked.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(100)
  expect(refused[0]).toMatchObject({ reason: { kind: 'busy' } })
})

test('tell what is wrong with one, and go on with the next', async () => {
  const { db } = aDatabase()
  await expect(sql`select * from elsewhere`.execute(db)).rejects.toThrow('no such table')
  expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
})

test('can not write', async () => {
  const { db } = aDatabase()
  await expect(sql`insert into notes values (1, 'x')`.execute(db)).rejects.toThrow(/readonly|read-only/i)
})

test('that are under way when they are closed are answered, later ones refused', async () => {
  const { db, close } = aDatabase()
  const asked = sql`select 1 as one`.execute(db)
  await new Promise((resolve) => setImmediate(resolve))
  await close()
  expect((await asked).rows).toEqual([{ one: 1 }])
  await expect(sql`select 1`.execute(db)).rejects.toMatchObject({ kind: 'closed' })
})
