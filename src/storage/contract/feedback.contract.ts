import { aFeedback } from '../../../test/support/a-feedback.ts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DecisionId } from '../../domain/decision.ts'
import { type Feedback, type FeedbackId, feedbackSources } from '../../domain/feedback.ts'
import type { Store } from '../store.ts'

export function givingFeedback(store: () => Store): void {
  it('comes back as it was, oldest first, of what it is about and of nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(anyFeedback, async (rows) => {
        await store().addFeedback(rows)
        try {
          const kept = [...new Map(rows.map((row) => [row.id, row])).values()]
          const about = (...kinds: string[]) =>
            kept.filter((row) => kinds.includes(row.about.kind) && nameOf(row) === 'one').sort(oldestFirst)
          expect(await store().feedbackOn(['one' as DecisionId])).toEqual(about('decision'))
          expect(await store().feedbackOnSessions(['one'])).toEqual(about('session', 'episode'))
          expect(await store().feedbackOn([...names, ...names] as DecisionId[])).toEqual(
            kept.filter(({ about: { kind } }) => kind === 'decision').sort(oldestFirst),
          )
          const newest = [...kept].sort(oldestFirst).reverse()
          expect(await store().recentFeedback({ since: null, limit: 100 })).toEqual(newest)
          expect(await store().recentFeedback({ since: times[1]!, limit: 3 })).toEqual(
            newest.filter(({ at }) => at >= times[1]!).slice(0, 3),
          )
        } finally {
          await store().forgetBefore('9999', 1000)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('of nothing is nothing', async () => {
    await store().addFeedback([])
    expect(await store().feedbackOn([])).toEqual([])
    expect(await store().feedbackOnSessions([])).toEqual([])
  })

  it('is all kept or none of it, and any text a client may write is', async () => {
    const good = aFeedback({ comment: 'NUL \0 and \uD800 half, "quoted" \'text\' \\ 😀' })
    const bad = aFeedback({ id: 'f-bad' as FeedbackId, author: null as never })
    await expect(store().addFeedback([good, bad])).rejects.toThrow()
    expect(await store().recentFeedback({ since: null, limit: 10 })).toEqual([])
    await store().addFeedback([good])
    expect(await store().recentFeedback({ since: null, limit: 10 })).toEqual([
      { ...good, comment: 'NUL \uFFFD and \uFFFD half, "quoted" \'text\' \\ 😀' },
    ])
  })

  it('is found by a name of any length', async () => {
    const session = Array.from({ length: 20_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join(
      '',
    )
    await store().addFeedback([aFeedback({ about: { kind: 'session', session } })])
    expect(await store().feedbackOnSessions([session])).toHaveLength(1)
  })

  it('replaces what came before it under its id, whole', async () => {
    await store().addFeedback([aFeedback({ score: 1, comment: 'good' })])
    const later = aFeedback({ score: null, about: { kind: 'session', session: 's-1' }, correction: 'so' })
    await store().addFeedback([later])
    expect(await store().feedbackOn(['d-1' as DecisionId])).toEqual([])
    expect(await store().feedbackOnSessions(['s-1'])).toEqual([later])
  })
}

const names = ['one', 'two']
const times = ['2026-03-01T10:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-03T10:00:00.000Z']

const anyFeedback: fc.Arbitrary<Feedback[]> = fc.array(
  fc
    .record({
      id: fc.constantFrom('f-1', 'f-2', 'f-3', 'f-4', 'f-5', 'f-6'),
      kind: fc.constantFrom('decision', 'session', 'episode'),
      name: fc.constantFrom(...names),
      at: fc.constantFrom(...times),
      source: fc.constantFrom(...feedbackSources),
      score: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
      comment: fc.option(fc.constantFrom('', 'fine'), { nil: null }),
    })
    .map(({ id, kind, name, ...row }) =>
      aFeedback({
        ...row,
        // A database has one zero.
        score: row.score === null ? null : row.score + 0,
        id: id as FeedbackId,
        about: { kind, [kind]: name } as unknown as Feedback['about'],
      }),
    ),
  { maxLength: 10 },
)

const nameOf = ({ about }: Feedback): string => Object.values(about)[1]!

const oldestFirst = (a: Feedback, b: Feedback): number =>
  a.at !== b.at ? (a.at < b.at ? -1 : 1) : a.id < b.id ? -1 : 1
