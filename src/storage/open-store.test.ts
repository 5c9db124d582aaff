import { inspect } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { aDecision } from '../../test/support/a-decision.ts'
import { openStore } from './open-store.ts'
import { parseStorage } from './storage-settings.ts'

describe('storage in a configuration', () => {
  it('is a file, beside the configuration where its path is relative', () => {
    expect(parseStorage('data/fairlead.db', '/etc/fairlead')).toEqual({
      kind: 'sqlite',
      path: '/etc/fairlead/data/fairlead.db',
    })
    expect(parseStorage(' /var/lib/fairlead.db ', '/etc')).toEqual({
      kind: 'sqlite',
      path: '/var/lib/fairlead.db',
    })
    expect(parseStorage(':memory:', '/etc')).toEqual({ kind: 'sqlite', path: ':memory:' })
  })

  it('is a PostgreSQL database, whose password nothing shows', () => {
    const settings = parseStorage('postgres://user:hidden@db.internal:5433/fairlead?schema=log', '/etc')
    expect(settings.kind).toBe('postgres')
    expect(inspect(settings, { depth: 9 }) + JSON.stringify(settings)).not.toContain('hidden')
    expect(parseStorage('PostgreSQL://db/fairlead', '/etc').kind).toBe('postgres')
  })

  it.each([
    ['', 'Write the path of a file'],
    ['   ', 'Write the path of a file'],
    ['mysql://user:hidden@db/fairlead', 'mysql:// is no storage that is known here'],
    ['postgres://user:hidden@db', 'It names no database'],
    ['postgres://user:hidden@db/', 'It names no database'],
    ['postgres://user:hi/dd@en@db:54320000/x', 'It is not a URL of PostgreSQL'],
    ['postgres://user:hidden@db/x?schema=drop table', 'letters, digits and underscores'],
    ['postgres://user:hidden@db/x?schema=1st', 'letters, digits and underscores'],
  ])('is refused with what to write instead: %j', (text, message) => {
    const fault = parseStorage(text, '/etc')
    expect(fault).toEqual({ kind: 'faulty', message: expect.stringContaining(message) })
    expect(JSON.stringify(fault)).not.toMatch(/hidden|hi\/dd/)
  })
})

test('a store in memory is opened, and searched as others are', async () => {
  const store = await openStore({ kind: 'sqlite', path: ':memory:' })
  await store.append({ decisions: [aDecision()], outcomes: [] })
  expect(await store.countDecisions({ since: null, policy: 'auto', limit: 1 })).toBe(1)
  await store.close()
})
