import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { watchConfig } from './config-changes.ts'

/** `calls(n)` resolves when so many have begun. */
function aWatch(file: string | null, work: () => Promise<void> = () => Promise.resolve()) {
  let begun = 0
  let notify = () => {}
  const stop = watchConfig(file, () => {
    begun++
    notify()
    return work()
  })
  onTestFinished(stop)
  const calls = (count: number) =>
    new Promise<void>((resolve) => {
      notify = () => {
        if (begun >= count) resolve()
      }
      notify()
    })
  return { calls, begun: () => begun, stop }
}

function aFile(): string {
  const file = join(aFolder(), 'fairlead.yaml')
  writeFileSync(file, 'log: {level: info}')
  return file
}

describe('a change of the configuration is seen', () => {
  test('when the file is written', async () => {
    const file = aFile()
    const { calls } = aWatch(file)
    writeFileSync(file, 'log: {level: warn}')
    await calls(1)
  })

  test('when another file takes its place, again and again', async () => {
    const file = aFile()
    const { calls } = aWatch(file)
    for (const round of [1, 2]) {
      writeFileSync(`${file}.new`, `log: {level: warn} # ${round}`)
      renameSync(`${file}.new`, file)
      await calls(round)
    }
  })

  test('on SIGHUP, with or without a file', async () => {
    const { calls } = aWatch(null)
    process.emit('SIGHUP')
    await calls(1)
  })
})

test('while one change is dealt with, those that come are dealt with once, after it', async () => {
  let finish = () => {}
  const { calls, begun } = aWatch(null, () => new Promise((resolve) => (finish = resolve)))
  process.emit('SIGHUP')
  process.emit('SIGHUP')
  process.emit('SIGHUP')
  expect(begun()).toBe(1)
  finish()
  await calls(2)
  finish()
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun()).toBe(2)
})

test('nothing is seen any more when the watch has ended', async () => {
  const { begun, stop } = aWatch(null)
  stop()
  const keepAlive = () => {}
  process.on('SIGHUP', keepAlive)
  process.emit('SIGHUP')
  process.off('SIGHUP', keepAlive)
  expect(begun()).toBe(0)
})
