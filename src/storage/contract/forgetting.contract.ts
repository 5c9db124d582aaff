import { expect, it } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import type { DecisionId } from '../../domain/decision.ts'
import type { FeedbackId } from '../../domain/feedback.ts'
import { nobody } from '../../domain/virtual-key.ts'
import type { Store } from '../store.ts'
import { anAuditRow } from './audit.contract.ts'
import { aFeedback } from '../../../test/support/a-feedback.ts'

const all = { since: null, policy: null, limit: 10_000 }
const before = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour)).toISOString()

export function forgetting(store: () => Store): void {
  /** One decision an hour, each with all that may hang on one. */
  const fill = async (hours: number) => {
    const list = Array.from({ length: hours }, (_, hour) => ({ id: `d-${hour}`, time: before(hour) }))
    await store().append({
      decisions: list.map(({ id, time }) => aDecision({ id, time, caller: { ...nobody, tags: ['t', 'u'] } })),
      outcomes: list.map(({ id }) => anOutcome({ decision: id })),
    })
    await store().addFeedback(
      list.flatMap(({ id, time }) => [
        // What is said of a decision lives as long as the decision does.
        aFeedback({
          id: `on-${id}` as FeedbackId,
          at: before(999),
          about: { kind: 'decision', decision: id as DecisionId },
        }),
        aFeedback({ id: `in-${id}` as FeedbackId, at: time, about: { kind: 'session', session: id } }),
        aFeedback({
          id: `of-${id}` as FeedbackId,
          at: time,
          about: { kind: 'decision', decision: 'gone' as DecisionId },
        }),
      ]),
    )
    await store().addAudit(list.map(({ id, time }) => anAuditRow({ id, time })))
  }

  const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => to - 1 - index)

  it('takes the oldest first, so many at a time, with all that hangs on them', async () => {
    await fill(10)
    expect(await store().forgetBefore(before(7), 3)).toBe(3)
    const left = hours(3, 10).map((hour) => `d-${hour}`)
    expect((await store().decisions(all)).map(({ decision }) => decision.id)).toEqual(left)
    expect((await store().ledger(all)).map(({ decision }) => decision)).toEqual(left)
    expect(await store().feedbackOn(['d-0', 'd-1', 'd-2'] as DecisionId[])).toEqual([])
    expect(await store().feedbackOn(['d-3'] as DecisionId[])).toHaveLength(1)
    expect(
      (await store().spending({ since: null, policy: null }, 'tag')).map(({ decisions }) => decisions),
    ).toEqual([7, 7])
  })

  it('leaves nothing of before that time once it has taken fewer than it may', async () => {
    await fill(10)
    const taken: number[] = []
    do taken.push(await store().forgetBefore(before(7), 3))
    while (taken.at(-1) === 3)
    expect(taken).toEqual([3, 3, 1])
    expect(await store().countDecisions(all)).toBe(3)
    const said = await store().recentFeedback({ since: null, limit: 100 })
    expect(said.map(({ id }) => id).sort()).toEqual(
      ['in', 'of', 'on'].flatMap((what) => [7, 8, 9].map((hour) => `${what}-d-${hour}`)).sort(),
    )
    const audit = await store().audit({ since: null, kind: null, actor: null, limit: 100 })
    expect(audit.map(({ id }) => id)).toEqual(['d-9', 'd-8', 'd-7'])
  })

  it('leaves nothing behind that comes to light when the same ids are used again', async () => {
    await fill(250)
    expect(await store().forgetBefore(before(250), 1000)).toBe(250)
    const ids = Array.from({ length: 250 }, (_, hour) => `d-${hour}`)
    await store().append({ decisions: ids.map((id) => aDecision({ id })), outcomes: [] })
    expect((await store().decisions(all)).every(({ outcome }) => outcome === null)).toBe(true)
    expect(await store().ledger(all)).toEqual([])
    expect(await store().countDecisions({ ...all, tag: 't' })).toBe(0)
    expect(await store().feedbackOn(ids as DecisionId[])).toEqual([])
  })

  it('does nothing where it may take none, or where there is nothing', async () => {
    expect(await store().forgetBefore(before(5), 10)).toBe(0)
    await fill(2)
    expect(await store().forgetBefore(before(5), 0)).toBe(0)
    expect(await store().countDecisions(all)).toBe(2)
    expect(await store().recentFeedback({ since: null, limit: 100 })).toHaveLength(6)
  })

  it('keeps keys, documents and what was learnt', async () => {
    await store().saveState('breakers', { savedAt: before(0), text: 'x' })
    await store().putDocument({ kind: 'k', id: 'i', version: 1, changedAt: before(0), text: 'x' }, 0)
    await store().forgetBefore(before(999), 100)
    expect(await store().savedState('breakers')).not.toBeNull()
    expect(await store().document('k', 'i')).not.toBeNull()
  })
}
