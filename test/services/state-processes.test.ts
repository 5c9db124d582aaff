import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openRedisState } from '../../src/storage/state/redis-state.ts'
import { aRedis } from '../support/a-redis.ts'
import { aClock } from '../support/an-engine.ts'

/** How long a hold lasts whose process is dead. */
const forMs = 1000
const account = { name: 'key', per: 'month' } as const
const limit = 5000

/** Sets aside and settles as fast as it can, and says so. The test is about who is killed, not about how busy the machine is. */
const program = (url: string) => `
  import { openRedisState } from ${JSON.stringify(join(import.meta.dirname, '../../src/storage/state/redis-state.ts'))}
  const say = (text) => process.stdout.write(text + '\\n')
  const state = await openRedisState({
    clock: { now: () => performance.now(), wall: () => new Date() },
    report: ({ kind }) => say(kind),
    url: ${JSON.stringify(url)},
    prefix: 'race',
    commandTimeoutMs: 5000,
  })
  for (;;) {
    const answer = await state.hold([{ account: ${JSON.stringify(account)}, amount: 10, limit: ${limit} }], ${forMs})
    if (answer.kind === 'refused') break
    say('held')
    await answer.hold.settle([9])
    say('settled')
  }
  say('refused')
  await state.close()`

function aProcess(url: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program(url)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    ended,
    count: (word: string) => said.split('\n').filter((line) => line === word).length,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

test('two processes race one account, one is killed: the limit holds, and nothing is lost', {
  timeout: 60_000,
}, async () => {
  const redis = await aRedis()
  const state = await openRedisState({
    clock: aClock,
    report: () => {},
    url: redis.url,
    prefix: 'race',
    commandTimeoutMs: 5000,
  })
  onTestFinished(() => state.close())
  const balance = async () => {
    const [now] = await state.balances([account])
    if (!now) throw new Error('no balance')
    expect(now.spent + now.reserved).toBeLessThanOrEqual(limit)
    return now
  }
  const [killed, other] = [aProcess(redis.url), aProcess(redis.url)]
  while (killed.count('settled') < 50 || other.count('settled') < 5) {
    await balance()
    await sleep(1)
  }
  await killed.kill()
  await other.ended
  await sleep(forMs)
  const { spent, reserved } = await balance()
  expect(reserved).toBe(0)
  expect([killed.count('degraded'), other.count('degraded'), other.count('refused')]).toEqual([0, 0, 1])
  // What neither has said: the killed one's last step, which Redis may have taken; a hold of it counts as it was set aside.
  const said = 9 * (killed.count('settled') + other.count('settled'))
  expect([0, 9, 10]).toContain(spent - said)
  expect(spent).toBeGreaterThan(limit - 10 - 10)
})
