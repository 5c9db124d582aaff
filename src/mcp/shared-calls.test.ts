import { describe, expect, test } from 'vitest'
import type { Party } from './party.ts'
import { sharedCalls } from './shared-calls.ts'

const party = (id: string, lasting = true): Party => ({
  id,
  lasting,
  caller: () => ({ id }),
  capabilities: () => ({}),
  hears: () => true,
  ask: async () => ({}),
  tell: () => {},
})
const ann = party('ann')
const ben = party('ben')

describe('a shared connection means', () => {
  test('nobody while nobody calls, and the one who calls while one does', () => {
    const calls = sharedCalls(1_000, () => 0)
    expect(calls.addressee()).toBeNull()
    const end = calls.begin(ann, 7)
    expect(calls.addressee()).toEqual({ party: ann, during: 7 })
    end(true)
    expect(calls.addressee()).toBeNull()
  })

  test('the latest call of one who makes several', () => {
    const calls = sharedCalls(1_000, () => 0)
    calls.begin(ann, 1)
    const end = calls.begin(ann, 2)
    expect(calls.addressee()?.during).toBe(2)
    end(true)
    expect(calls.addressee()?.during).toBe(1)
  })

  test('nobody while two call, since it can’t be known which', () => {
    const calls = sharedCalls(1_000, () => 0)
    calls.begin(ann, 1)
    const end = calls.begin(ben, 2)
    expect(calls.addressee()).toBeNull()
    end(true)
    expect(calls.addressee()?.party).toBe(ann)
  })

  test('nobody while it may still be at a call that another gave up', () => {
    let now = 0
    const calls = sharedCalls(1_000, () => now)
    calls.begin(ann, 1)(false)
    calls.begin(ann, 2)
    expect(calls.addressee()?.party).toBe(ann)
    calls.begin(ann, 2)(true)
    const alone = sharedCalls(1_000, () => now)
    alone.begin(ann, 1)(false)
    alone.begin(ben, 2)
    expect(alone.addressee()).toBeNull()
    now = 1_001
    expect(alone.addressee()?.party).toBe(ben)
  })

  test('nobody of a request without a session, and anybody once the server began anew', () => {
    const calls = sharedCalls(1_000, () => 0)
    calls.begin(party('once', false), 1)(false)
    calls.begin(ann, 2)
    expect(calls.addressee()).toBeNull()
    calls.forget()
    expect(calls.addressee()?.party).toBe(ann)
    const other = sharedCalls(1_000, () => 0)
    other.begin(party('once', false), 1)
    expect(other.addressee()).toBeNull()
  })

  test('nobody else however many gave up', () => {
    const calls = sharedCalls(1_000, () => 0)
    for (let each = 0; each < 50; each++) calls.begin(party(`p${each}`), 1)(false)
    for (const one of [ann, party('p0'), party('p1'), party('p49')]) {
      const end = calls.begin(one, 1)
      expect(calls.addressee()).toBeNull()
      end(true)
    }
  })
})
