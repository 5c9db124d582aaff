import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { type Message, plainRequest, type Request } from '../../domain/request.ts'
import { nobody } from '../../domain/virtual-key.ts'
import { likeness, trailOf } from './trail.ts'

const why = 'Why is the sky blue?'
const user = (text: string): Message => ({ role: 'user', content: [{ kind: 'text', text }], name: null })
const assistant = (text: string): Message => ({ ...user(text), role: 'assistant' }) as Message
const request = (messages: readonly Message[]): Request => ({ ...plainRequest(''), messages })
const mine = { caller: { ...nobody, session: 'mine' } }

const text = fc.string({ maxLength: 40 })
const turns = fc.array(fc.tuple(text, text), { maxLength: 4 })
const said = (before: readonly (readonly [string, string])[], last: string) =>
  request([...before.flatMap(([asked, told]) => [user(asked), assistant(told)]), user(last)])

describe('the trail of a request', () => {
  test('has one turn for whatever is said at one point of a conversation, and another anywhere else', () => {
    fc.assert(
      fc.property(turns, turns, text, text, ([...before], [...other], one, two) => {
        // Without anything before it a word or two is no turn.
        before.unshift(['a', 'b'])
        other.unshift(['a', 'b'])
        const key = trailOf(said(before, one), mine).turnKey
        expect(trailOf(said(before, two), mine).turnKey).toBe(key)
        const same = JSON.stringify(before) === JSON.stringify(other)
        expect(trailOf(said(other, one), mine).turnKey === key).toBe(same)
      }),
    )
  })

  test('is apart for each session, user and key', () => {
    const asked = said([], why)
    const callers = [
      mine,
      { caller: { ...nobody, session: 'yours' } },
      { caller: { ...nobody, user: 'mine' } },
      { caller: { ...nobody, key: 'mine' as never } },
    ]
    expect(new Set(callers.map((one) => trailOf(asked, one).turnKey)).size).toBe(4)
  })

  test('has no turn where a first question is nobody’s, or where the user did not speak last', () => {
    expect(trailOf(said([], why), {}).turnKey).toBeNull()
    expect(trailOf(said([], 'Go on.'), mine).turnKey).toBeNull()
    expect(trailOf(said([], why), mine).turnKey).not.toBeNull()
    expect(trailOf(said([['a', 'b']], 'Why?'), {}).turnKey).not.toBeNull()
    expect(trailOf(request([user('a'), assistant('b')]), mine).turnKey).toBeNull()
    expect(trailOf(request([]), mine).turnKey).toBeNull()
  })

  test('is apart for each answer that a vendor keeps and that it goes on from', () => {
    const after = (id: string) => ({ ...said([], 'Go on.'), extra: { previous_response_id: id } })
    const [one, again, other] = ['resp_1', 'resp_1', 'resp_2'].map((id) => trailOf(after(id), mine).turnKey)
    expect(one).not.toBeNull()
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  test('tells long texts apart by their ends and their length', () => {
    const long = 'x'.repeat(5_000)
    const key = (asked: string) => trailOf(said([[asked, 'so']], 'Why?'), mine).turnKey
    expect(key(`${long}a`)).not.toBe(key(`${long}b`))
    expect(key(`a${long}`)).not.toBe(key(`b${long}`))
    expect(key(long)).not.toBe(key(`${long}x`))
  })
})

test('texts are alike by the words that they share, whatever their case and order', () => {
  const words = (one: string) => trailOf(said([], one), mine).words
  expect(likeness(words('Sort these numbers'), words('numbers, sort THESE!'))).toBe(1)
  expect(likeness(words('Sort these numbers'), words('Write a poem'))).toBe(0)
  expect(likeness(words('one two three'), words('one two four'))).toBe(0.5)
  expect(likeness(words(''), words(''))).toBe(0)
})
