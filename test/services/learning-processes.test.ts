import { expect, test } from 'vitest'
import { openRedisState } from '../../src/storage/state/redis-state.ts'
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { aLearning } from '../support/a-learning.ts'
import { aRedis } from '../support/a-redis.ts'
import { aClock } from '../support/an-engine.ts'

test('two processes on one Redis learn together, and go back together', async () => {
  const redis = await aRedis()
  const store = await openSqliteStore({ path: ':memory:' })
  const prefix = `learning-${process.pid}`
  const open = async () => {
    const state = await openRedisState({ clock: aClock, report: () => {}, url: redis.url, prefix })
    return { ...(await aLearning({ store, state })) }
  }
  const [one, other] = [await open(), await open()]
  await Promise.all([one.grade(20, 1), other.grade(20, 0)])
  const lessons = () => [one, other].map(({ learning }) => learning.report().policies[0]!.lessons)
  await expect.poll(lessons, { timeout: 10_000 }).toEqual([40, 40])
  expect(other.learning.report().policies[0]!.meanQuality).toBeCloseTo(0.5, 9)
  await one.learning.rollBack('auto', 1)
  await expect.poll(lessons, { timeout: 10_000 }).toEqual([0, 0])
  await one.learning.rollBack('auto', 2)
  await expect.poll(lessons, { timeout: 10_000 }).toEqual([40, 40])
  for (const { close, state } of [one, other]) {
    await close()
    await state.close()
  }
  // Of what Redis has forgotten the store still knows.
  await redis.kill()
  await redis.start()
  const third = await open()
  expect(third.learning.report().policies[0]).toMatchObject({ lessons: 40 })
  await third.close()
  await third.state.close()
  await store.close()
}, 60_000)
