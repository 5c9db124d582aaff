import { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { type Checkpoints, createCheckpoints } from './checkpoints.ts'

const enough = 1_000_000
const text = 'x'.repeat(3_000)

function aFile() {
  const path = join(aFolder(), 'a.db')
  const writer = new Database(path)
  onTestFinished(() => void writer.close())
  writer.pragma('journal_mode = WAL')
  writer.pragma('wal_autocheckpoint = 0')
  writer.exec('create table notes (text text not null)')
  const insert = writer.prepare('insert into notes values (?)')
  const write = (rows: number): void => {
    for (let row = 0; row < rows; row++) insert.run(text)
  }
  return { path, writer, write, logBytes: () => statSync(`${path}-wal`).size }
}

async function checkpointed(checkpoints: Checkpoints): Promise<void> {
  checkpoints.noteWritten(enough)
  await checkpoints.close()
}

/** As somebody finds it who has the file and not its log. */
function rowsInFile(path: string): number {
  const copy = join(aFolder(), 'copy.db')
  copyFileSync(path, copy)
  const database = new Database(copy)
  const row = database.prepare('select count(*) as rows from notes').get() as { rows: number }
  database.close()
  return row.rows
}

test('what was written is in the file itself after a checkpoint', async () => {
  const { path, write } = aFile()
  write(50)
  await checkpointed(createCheckpoints(path))
  expect(rowsInFile(path)).toBe(50)
})

test('the log begins anew after a checkpoint, and grows no further', async () => {
  const { path, write, logBytes } = aFile()
  write(50)
  const grown = logBytes()
  await checkpointed(createCheckpoints(path))
  write(20)
  expect(logBytes()).toBe(grown)
})

test('a writer who waits until it may write loses nothing, and finds no lock, while checkpoints run', async () => {
  const { path, writer, write } = aFile()
  writer.pragma('busy_timeout = 0')
  const checkpoints = createCheckpoints(path)
  for (let turn = 0; turn < 200; turn++) {
    checkpoints.noteWritten(enough)
    await new Promise((resolve) => setImmediate(resolve))
    await checkpoints.writable()
    write(2)
  }
  await checkpoints.close()
  expect(writer.prepare('select count(*) as rows from notes').get()).toMatchObject({ rows: 400 })
})

test('nothing is done before enough has been written', async () => {
  const { path, write, logBytes } = aFile()
  write(5)
  const checkpoints = createCheckpoints(path)
  checkpoints.noteWritten(1)
  await checkpoints.close()
  const grown = logBytes()
  write(5)
  expect(logBytes()).toBeGreaterThan(grown)
})

test('a log that a reader holds on to is left as it is, and the writer goes on', async () => {
  const { path, write } = aFile()
  write(10)
  const reader = new Database(path)
  reader.exec('begin')
  reader.prepare('select count(*) from notes').get()
  write(10)
  await checkpointed(createCheckpoints(path))
  write(10)
  reader.exec('commit')
  reader.close()
  await checkpointed(createCheckpoints(path))
  expect(rowsInFile(path)).toBe(30)
})
