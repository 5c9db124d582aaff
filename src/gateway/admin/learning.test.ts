import { describe, expect, test } from 'vitest'
import { aLearning, artefact, learningPolicy as policy } from '../../../test/support/a-learning.ts'
import type { Generation } from '../generation.ts'
import { AdminError } from './call.ts'
import { learningCalls } from './learning.ts'

async function opened() {
  const found = await aLearning()
  const generation = { policies: [policy, { name: 'plain' }] } as unknown as Generation
  const clock = { wall: () => new Date() }
  const calls = learningCalls({ ...found, clock, succession: { current: () => generation } })
  const call = async (method: string, path: string, params = {}, body?: object) => {
    const wanted = calls.find((one) => one.method === method && one.path === path)!
    const answer = await wanted.run({ params, query: {}, body })
    // As clients get it, to be looked into as a test likes.
    return answer.kind === 'value' ? JSON.parse(JSON.stringify(answer.value)) : null
  }
  return { ...found, call }
}

describe('administrators', () => {
  test('see what a policy has learnt, and from what', async () => {
    const { call, grade, close } = await opened()
    await grade(3, 0.5)
    const { policies, intake, regretOf } = await call('GET', '/learning')
    expect(regretOf).toEqual(['auto'])
    expect(policies).toHaveLength(1)
    expect(policies[0]).toMatchObject({
      policy: 'auto',
      basis: { learner: policy.learner!.id },
      lessons: 3,
      meanQuality: 0.5,
      meanUsd: 0.00012,
      exploration: { limitUsd: 2, spentUsd: 0 },
      version: 1,
    })
    expect(policies[0].arms).toEqual([expect.stringContaining('acme/small')])
    expect(policies[0].changes).toHaveLength(3)
    expect(policies[0].changes[0]).toMatchObject({ model: 'acme/small', before: null, after: 0.5 })
    expect(intake).toEqual({ waiting: 0, dropped: 0, unanswered: 0 })
    await close()
  })

  test('go back to an earlier version, and further back, and forth again', async () => {
    const { call, grade, close, learning } = await opened()
    await grade(3, 0.5)
    const before = learning.facts(policy, artefact).learnt!
    const params = { name: 'auto' }
    expect(await call('POST', '/policies/:name/rollback', params, {})).toEqual({
      version: 3,
      restoredFrom: 1,
    })
    expect(learning.facts(policy, artefact).learnt!.sums.size).toBe(0)
    const { versions } = await call('GET', '/policies/:name/history', params)
    expect(versions).toMatchObject([
      { version: 3, why: 'rolled-back', restoredFrom: 1, lessons: 0, live: true },
      {
        version: 2,
        why: 'saved',
        lessons: 3,
        meanQuality: 0.5,
        window: { lessons: 3, meanQuality: 0.5 },
        live: false,
      },
      { version: 1, why: 'begun', lessons: 0, live: false },
    ])
    // Back once more would be further back, of which there is nothing.
    await expect(call('POST', '/policies/:name/rollback', params, {})).rejects.toThrow('no version before 1')
    await call('POST', '/policies/:name/rollback', params, { version: 2 })
    expect(learning.facts(policy, artefact).learnt!.sums).toEqual(before.sums)
    await grade(1, 1)
    expect(learning.report().policies[0]).toMatchObject({ lessons: 4 })
    await close()
  })

  test.each([
    ['GET', '/policies/:name/history', { name: 'nobody' }, undefined, 404],
    ['POST', '/policies/:name/rollback', { name: 'nobody' }, {}, 404],
    ['POST', '/policies/:name/rollback', { name: 'auto' }, { version: 77 }, 404],
    ['POST', '/policies/:name/rollback', { name: 'auto' }, { version: 'x' }, 400],
    ['POST', '/correction/rollback', {}, { version: 77 }, 404],
  ])('are told what can’t be done: %s %s of %j with %j', async (method, path, params, body, status) => {
    const { call, close } = await opened()
    const problem = await call(method, path, params, body).catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(AdminError)
    expect((problem as AdminError).status).toBe(status)
    await close()
  })

  test('see the regret of a policy, whose choices were all certain', async () => {
    const { call, grade, close } = await opened()
    await grade(3, 0.5)
    const { against, givenUp, explored } = await call('GET', '/policies/:name/regret', { name: 'auto' })
    expect(against).toMatchObject({ decisions: 0, certain: 3 })
    expect(givenUp.decisions).toBe(3)
    expect(explored.points.at(-1)).toMatchObject({ spentUsd: 0, limitUsd: 2 })
    await close()
  })

  test('read of the calibration, and may have it fitted now', async () => {
    const { call, close } = await opened()
    expect((await call('GET', '/correction/history')).versions).toMatchObject([{ why: 'begun', live: null }])
    expect(await call('POST', '/correction/fit')).toMatchObject({ why: 'begun' })
    await close()
  })
})
