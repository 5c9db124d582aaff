import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { conflict } from './guard.ts'
import { promptFacts } from './prompt-facts.ts'

type Pair = {
  readonly kind: string
  readonly half: 'dev' | 'held'
  readonly first: string
  readonly second: string
}
const pairs: readonly Pair[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '__fixtures__', 'near-duplicates.json'), 'utf8'),
)
const between = (first: string, second: string, guard: 'words' | 'facts' = 'words') =>
  conflict(promptFacts(first), promptFacts(second), guard)

describe('the guard of the semantic cache', () => {
  const misses = pairs.filter(({ kind }) => kind !== 'same')

  it.each(misses.map(({ kind, first, second }) => [first, second, kind]))(
    'keeps %j and %j apart (%s)',
    (first, second) => {
      expect(between(first, second)).not.toBeNull()
      expect(between(second, first)).not.toBeNull()
    },
  )

  it('lets more than two fifths of the paraphrases through, in either half', () => {
    for (const half of ['dev', 'held']) {
      const same = pairs.filter((pair) => pair.kind === 'same' && pair.half === half)
      const through = same.filter(({ first, second }) => between(first, second) === null)
      expect(through.length / same.length).toBeGreaterThan(0.4)
    }
  })

  it('says the same whichever prompt came first', () => {
    for (const { first, second } of pairs)
      for (const guard of ['words', 'facts'] as const)
        expect(between(first, second, guard) === null).toBe(between(second, first, guard) === null)
  })

  it('finds no conflict of a prompt with itself', () => {
    for (const { first } of pairs) expect([first, between(first, first)]).toEqual([first, null])
  })

  it.each([
    ['How old are you?', 'How old am I?', 'person'],
    ['Reply to my boss.', 'Reply as my boss.', 'words'],
    ['Flights from Oslo to Madrid', 'Flights to Oslo from Madrid', 'order'],
    ['Do you ship to Canada?', 'Can I ship to Canada?', 'person'],
    ['Is it you?', 'Is it me?', 'person'],
    ['What is it?', 'What are you?', 'person'],
    ['What is it?', 'Which is it?', 'words'],
    ['Call Dave.', 'Can I call you Dave?', 'question'],
    ['Call Dave.', 'Call me Dave.', 'person'],
    ['What name do you call me?', 'What name do you want me to call you?', 'person'],
    ['What is today?', 'Let me know what I have to do today.', 'person'],
    ['Do I need to change my oil?', 'What do I need to change my oil?', 'question'],
    ['Translate hello to French.', 'Translate that to French.', 'words'],
    ['Hello, translate that to French.', 'Translate that to French.', null],
    ['I am not verifying my identity.', 'I am not able to verify my identity.', 'words'],
    ['I have a pending transaction', 'Explain pending transactions.', 'question'],
    ['Order 1,000 units', 'Order 1000 units', null],
    ['It costs 2.50 today', 'It costs 2.5 today', null],
    ['It costs 2.50 today', 'It costs 2.05 today', 'numbers'],
    ['Meet on 2024-05-01', 'Meet on 2024-05-02', 'words'],
    ['Run `rm -r a`', 'Run `rm -r b`', 'words'],
    ['Learn C++', 'Learn C#', 'words'],
    ['Learn C', 'Learn C++', 'words'],
    ['The plan costs nothing', 'The plane costs nothing', 'words'],
    ['don’t delete it', 'do delete it', 'negation'],
    ['¿Cuál es la capital de Francia?', '¿cuál es la capital de francia', null],
    ['¿Cuál es la capital de Francia?', '¿Cuál es la capital de Grecia?', 'words'],
    ['フランスの首都は？', 'ドイツの首都は？', 'words'],
  ])('says of %j and %j: %s', (first, second, expected) => {
    expect(between(first, second)).toBe(expected)
  })

  it('by facts alone lets other words pass where they are several, and no other number, name or opposite', () => {
    const facts = (first: string, second: string) => between(first, second, 'facts')
    expect(
      facts(
        'How do I cut onions without crying?',
        'Which tricks stop tears without crying when onions get cut?',
      ),
    ).toBe('question')
    expect(facts('Ways to keep bread fresh for longer', 'Tips so that bread does stay fresh many days')).toBe(
      'question',
    )
    expect(facts('Ways to keep bread fresh', 'Tips to stop bread going stale')).toBeNull()
    expect(facts('What does Ann pay for the big plan', 'What does Bob hand over for the large plan')).toBe(
      'names',
    )
    expect(facts('What is the cheapest ticket there', 'Name a most expensive fare right here')).toBe(
      'opposites',
    )
    expect(facts('Paris', `Paris ${'and more of it '.repeat(20)}`)).toBe('length')
    expect(facts('List unpaid invoices', 'List invoices')).toBe('words')
  })
})
