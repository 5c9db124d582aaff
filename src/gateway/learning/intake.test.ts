import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../../test/support/a-decision.ts'
import { aFeedback } from '../../../test/support/a-feedback.ts'
import type { Decision, Outcome } from '../../domain/decision.ts'
import type { Feedback, FeedbackId } from '../../domain/feedback.ts'
import { mergeSums } from '../../domain/learner.ts'
import { modelId } from '../../domain/model.ts'
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts'
import type { Store } from '../../storage/store.ts'
import { openMemoryState } from '../../storage/state/memory-state.ts'
import { linUcb } from '../../strategies/linucb.ts'
import { banditDims } from '../../strategies/bandit/features.ts'
import { type Contents, createBook, nothingLearnt } from './book.ts'
import { createIntake } from './intake.ts'
import { addTallies } from './tally.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const learner = linUcb.learner!(linUcb.options.parse({ halfLifeHours: null }))
const features = Array.from({ length: banditDims }, (_, place) =>
  place === 0 ? 0.7 : place % 7 === 0 ? 0.2 : 0,
)

const learnt = (changes: Parameters<typeof aDecision>[0] = {}): Decision =>
  aDecision({ features, ...changes })

let count = 0
const said = (changes: Partial<Feedback> & { decision?: string } = {}): Feedback => {
  const { decision = 'd-1', ...rest } = changes
  count++
  return aFeedback({
    id: `fb_${String(count).padStart(6, '0')}`,
    about: { kind: 'decision', decision: decision as Decision['id'] },
    at: new Date(Date.parse('2026-03-02T00:00:00Z') + count).toISOString(),
    author: 'anonymous',
    score: 1,
    ...rest,
  })
}

/** A desk with one book, over a store in memory. */
async function opened(
  stored: readonly { decision: Decision; outcome: Outcome | null }[],
  most?: number,
  shared: Store | null = null,
) {
  const store = shared ?? (await openSqliteStore({ path: ':memory:' }))
  await store.append({
    decisions: stored.map(({ decision }) => decision),
    outcomes: stored.flatMap(({ outcome }) => outcome ?? []),
  })
  const state = openMemoryState({ clock, report: () => {} })
  const basis = { learner: learner.id, artefact: 'test' }
  const book = createBook({ policy: 'auto', learner, basis, beganAt: 0, contents: nothingLearnt, state })
  const problems: unknown[] = []
  const intake = createIntake({
    store,
    bookOf: ({ policy }) => (policy === 'auto' ? book : null),
    anyLearns: () => true,
    onProblem: (error) => problems.push(error),
    onLearnt: book.flush,
    ...(most !== undefined && { most }),
  })
  return {
    store,
    state,
    book,
    intake,
    problems,
    hear: async (feedback: Feedback) => {
      await store.addFeedback([feedback])
      const { about } = feedback
      const decision =
        about.kind === 'decision' ? (await store.decision(about.decision))?.decision : undefined
      intake.sink.take({ kind: 'feedback', feedback, ...(decision && { decision }) }, 0)
    },
    finish: (decision: Decision, outcome: Outcome) =>
      intake.sink.take({ kind: 'finished', decision, outcome }, 0),
  }
}

const small = { decision: learnt(), outcome: anOutcome() }

/** Sums to so many digits: what was added and taken back leaves a rounding error. */
const figures = ({ sums, tally }: Contents) => ({
  lessons: Math.round(tally.lessons * 1e6) / 1e6,
  sums: [...sums].map(([arm, numbers]) => [
    arm,
    Array.from(numbers, (number) => Math.round(number * 1e6) / 1e6 + 0),
  ]),
})

describe('what is learnt of feedback', () => {
  test('however often it was corrected is what the last word alone would have taught', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
            author: fc.constantFrom('anonymous', 'anonymous ann', 'anonymous bob'),
            id: fc.constantFrom(null, 'a', 'b'),
            /** Whether what was said so far is learnt before the next word comes. */
            pause: fc.boolean(),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (words) => {
          const often = await opened([small])
          const once = await opened([small])
          const rows = words.map(({ score, author, id }) =>
            said({ score, author, ...(id !== null && { id: `${author} ${id}` as FeedbackId }) }),
          )
          for (const [place, row] of rows.entries()) {
            await often.hear(row)
            if (words[place]!.pause) await often.intake.settled()
          }
          await often.intake.settled()
          // Each author's last word, which is what counts of what is still written down.
          const last = new Map(rows.map((row) => [row.author, row]))
          for (const row of rows) if (last.get(row.author) === row) await once.hear({ ...row, id: row.id })
          await once.intake.settled()
          expect(drop(figures(often.book.contents()))).toEqual(drop(figures(once.book.contents())))
          for (const one of [often, once]) {
            expect(one.problems).toEqual([])
            await one.store.close()
          }
        },
      ),
      { numRuns: 40 },
    ))

  test('by several processes, each of its own part, comes to what one would have learnt', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
            author: fc.constantFrom('anonymous', 'anonymous ann', 'anonymous bob'),
            first: fc.boolean(),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        fc.boolean(),
        async (words, firstGoesFirst) => {
          const one = await opened([small])
          const other = await opened([], undefined, one.store)
          const alone = await opened([small])
          for (const { score, author, first } of words) {
            const row = said({ score, author })
            await (first ? one : other).hear(row)
            await alone.hear(row)
          }
          for (const each of firstGoesFirst ? [one, other] : [other, one]) await each.intake.settled()
          await alone.intake.settled()
          const [a, b] = [one.book.contents(), other.book.contents()]
          const both = { sums: mergeSums(a.sums, b.sums), tally: addTallies(a.tally, b.tally), mark: 0 }
          expect(drop(figures(both))).toEqual(drop(figures(alone.book.contents())))
          await one.store.close()
          await alone.store.close()
        },
      ),
      { numRuns: 40 },
    ))

  test('is told to the others by the same sums', async () => {
    const { hear, intake, book, state, store } = await opened([small])
    await hear(said({ score: 0.25 }))
    await intake.settled()
    expect(book.contents().tally).toMatchObject({ lessons: 1, quality: 0.25 })
    const { basis } = book
    const other = createBook({ policy: 'auto', learner, basis, beganAt: 0, contents: nothingLearnt, state })
    await other.refresh()
    expect(other.contents()).toEqual(book.contents())
    await store.close()
  })

  test('waits for an answer that has not ended', async () => {
    const { hear, intake, book, finish, store } = await opened([{ decision: learnt(), outcome: null }])
    await hear(said())
    await intake.settled()
    expect(book.contents().tally.lessons).toBe(0)
    expect(intake.counts().waiting).toBe(1)
    finish(small.decision, small.outcome)
    await intake.settled()
    expect(book.contents().tally).toMatchObject({ lessons: 1, billed: 1 })
    expect(intake.counts().waiting).toBe(0)
    await store.close()
  })

  test.each<[string, Decision, Outcome]>([
    ['an answer out of a cache', learnt({ cache: 'exact' }), anOutcome()],
    ['an answer that the client cut short', learnt(), anOutcome({ status: 'cancelled' })],
    ['a failure', learnt(), anOutcome({ status: 'failed', model: null, failure: 'timed-out' })],
    ['a decision that a conversation left no choice', aDecision(), anOutcome()],
    ['a policy that does not learn', learnt({ policy: 'other' }), anOutcome()],
    ['a model that nothing was predicted of', learnt(), anOutcome({ model: modelId('acme/unheard-of') })],
  ])('has no lesson in %s', async (_, decision, outcome) => {
    const { hear, intake, book, finish, store } = await opened([{ decision, outcome }])
    finish(decision, outcome)
    await hear(said())
    await intake.settled()
    expect(book.contents().sums.size).toBe(0)
    expect(book.contents().tally.lessons).toBe(0)
    await store.close()
  })

  test('is about whoever answered, with no propensity where that was not the chosen model', async () => {
    const large = modelId('acme/large')
    const outcome = anOutcome({ model: large, attempts: [anAttempt({ model: large })] })
    const { hear, intake, book, store } = await opened([{ decision: learnt(), outcome }])
    await hear(said({ score: 0 }))
    await intake.settled()
    expect([...book.contents().sums.keys()]).toEqual(['0:acme/large'])
    await store.close()
  })

  test('of a session is what was said of it after each answer, by whoever asked', async () => {
    const caller = { key: null, team: null, project: null, user: null, tags: [], session: 's', episode: null }
    const before = { decision: learnt({ id: 'd-1', caller }), outcome: anOutcome() }
    const after = {
      decision: learnt({ id: 'd-2', caller, time: '2026-03-05T00:00:00.000Z' }),
      outcome: anOutcome({ decision: 'd-2' }),
    }
    const theirs = {
      decision: learnt({ id: 'd-3', caller: { ...caller, key: 'key_1' as never } }),
      outcome: anOutcome({ decision: 'd-3' }),
    }
    const { hear, intake, book, store } = await opened([before, after, theirs])
    await hear(said({ about: { kind: 'session', session: 's' }, score: 0 }))
    await intake.settled()
    expect(book.contents().tally).toMatchObject({ lessons: 1, quality: 0 })
    // What is said of the answer itself takes the place of what was said of its session.
    await hear(said({ score: 1 }))
    await intake.settled()
    expect(book.contents().tally).toMatchObject({ lessons: 1, quality: 1 })
    await store.close()
  })

  test('is bounded: of a flood what can’t wait is dropped and counted, and all that was taken is learnt', async () => {
    const { hear, intake, book, store } = await opened([small], 1_000)
    const first = said({ author: 'anonymous 0' })
    await hear(first)
    const decision = small.decision
    for (let n = 1; n < 20_000; n++)
      intake.sink.take({ kind: 'feedback', feedback: said({ author: `anonymous ${n}` }), decision }, 0)
    expect(intake.counts()).toMatchObject({ waiting: 1_000, dropped: 19_000 })
    await intake.settled()
    expect(intake.counts().waiting).toBe(0)
    expect(book.contents().sums.size).toBe(1)
    await store.close()
  })

  test('takes nothing back that it was too busy to learn', async () => {
    const { hear, intake, book, store } = await opened([small], 1)
    await hear(said({ author: 'anonymous ann', score: 1 }))
    await hear(said({ score: 0 }))
    expect(intake.counts().dropped).toBe(1)
    await intake.settled()
    expect(book.contents().tally).toMatchObject({ lessons: 1, quality: 1 })
    await hear(said({ score: 0 }))
    await intake.settled()
    expect(book.contents().tally).toMatchObject({ lessons: 1, quality: 0.5 })
    await store.close()
  })
})

/** An arm whose lessons were all taken back is as good as none. */
const drop = ({ lessons, sums }: ReturnType<typeof figures>) => ({
  lessons,
  sums: sums.filter(([, numbers]) => (numbers as number[]).some((number) => number !== 0)),
})
