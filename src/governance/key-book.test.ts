/** Changes to keys and groups that come at the same moment. */

import { describe, expect, onTestFinished, test } from 'vitest'
import { noRateLimits } from '../domain/limits.ts'
import { fullAccess } from '../domain/virtual-key.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { createKeyBook, type GroupDraft, type KeyDraft, KeyError } from './key-book.ts'

const clock = { now: () => 0, wall: () => new Date('2026-03-01T12:00:00Z') }

const aDraft: KeyDraft = {
  ...fullAccess,
  name: 'ci',
  group: null,
  user: null,
  tags: [],
  spendLimits: [],
  rateLimits: noRateLimits,
  expiresAt: null,
}
const aTeam: GroupDraft = {
  ...fullAccess,
  kind: 'team',
  name: 'search',
  team: null,
  spendLimits: [],
  rateLimits: noRateLimits,
}

async function opened() {
  const store = await openSqliteStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  let changes = 0
  const book = createKeyBook(store, clock, () => {
    changes += 1
  })
  return { book, changes: () => changes }
}

describe('changes of one key in one moment', () => {
  test('begin each from what the one before has left, so that none is lost', async () => {
    const { book, changes } = await opened()
    const { key } = await book.create(aDraft)
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((tag) => book.change(key.id, ({ tags }) => ({ tags: [...tags, tag] }))),
    )
    expect((await book.find(key.id)).tags).toEqual(['a', 'b', 'c', 'd'])
    expect(changes()).toBe(5)
  })

  test('do not undo a revocation, nor bring an old secret back', async () => {
    const { book } = await opened()
    const { key } = await book.create(aDraft)
    const [, rotated] = await Promise.all([
      book.change(key.id, () => ({ name: 'one' })),
      book.rotate(key.id, 0),
      book.change(key.id, () => ({ user: 'ada' })),
    ])
    const now = await book.find(key.id)
    expect(now).toMatchObject({ name: 'one', user: 'ada', secrets: rotated.key.secrets })
    const [, renamed] = await Promise.allSettled([
      book.revoke(key.id),
      book.change(key.id, () => ({ name: 'two' })),
    ])
    expect(renamed).toMatchObject({ status: 'rejected', reason: expect.any(KeyError) })
    expect(await book.find(key.id)).toMatchObject({ name: 'one', revokedAt: '2026-03-01T12:00:00.000Z' })
  })

  test('go on after one that was refused, and what refuses writes nothing', async () => {
    const { book, changes } = await opened()
    const { key } = await book.create(aDraft)
    const refuse = () => {
      throw new Error('not so')
    }
    const [first, second] = await Promise.allSettled([
      book.change(key.id, refuse),
      book.change(key.id, () => ({ user: 'ada' })),
    ])
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'not so' } })
    expect(second).toMatchObject({ status: 'fulfilled', value: { name: 'ci', user: 'ada' } })
    expect(changes()).toBe(2)
  })
})

test('two groups never come to have one name, and one may keep its own', async () => {
  const { book } = await opened()
  const [team, other] = await Promise.allSettled([book.createGroup(aTeam), book.createGroup(aTeam)])
  expect([team.status, other.status]).toEqual(['fulfilled', 'rejected'])
  const project = await book.createGroup({ ...aTeam, kind: 'project', name: 'index', team: 'search' })
  await expect(book.changeGroup(project.id, () => ({ name: 'search' }))).rejects.toThrow(
    'There is a team named search already.',
  )
  expect(await book.changeGroup(project.id, ({ name }) => ({ name, team: null }))).toMatchObject({
    name: 'index',
    team: null,
  })
  await expect(book.changeGroup('search', () => ({ team: 'index' }))).rejects.toThrow('belongs to no team')
})
