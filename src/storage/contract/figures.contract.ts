import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DecisionCost, DecisionTiming, ReportRow, Store, StoredDecision } from '../store.ts'
import { anyFilter, anyRecords, countedModel, matches, newestFirst, onlyWith } from './records.contract.ts'

const numRuns = 12

/** Narrow readings say what the whole record says. */
export function figures(store: () => Store): void {
  it('are those of the records themselves, for any filter', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anyFilter, (records, filter) =>
        onlyWith(store(), records, async () => {
          const found = newestFirst(records.filter((record) => matches(filter, record)))
          expect(await store().costs(filter)).toEqual(found.slice(0, filter.limit).map(costOf))
          const { status: _, ...anyStatus } = filter
          const answered = newestFirst(records.filter((record) => matches(anyStatus, record)))
            .flatMap(timingOf)
            .slice(0, filter.limit)
          expect((await store().timings(anyStatus)).map(sorted)).toEqual(answered.map(sorted))
        }),
      ),
      { numRuns },
    )
  })

  it('go on after the last one of a page', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, (records) =>
        onlyWith(store(), records, async () => {
          const all = { since: null, policy: null, limit: 100 }
          const whole = await store().costs(all)
          const [first] = whole
          if (first === undefined) return
          expect(await store().costs({ ...all, limit: 1 })).toEqual([first])
          expect(await store().costs({ ...all, after: first.decision })).toEqual(whole.slice(1))
        }),
      ),
      { numRuns },
    )
  })

  it('sum up by policy and model within any filter', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anyFilter, (records, { limit: _, ...filter }) =>
        onlyWith(store(), records, async () => {
          const matching = records.filter((record) => matches(filter, record))
          const rows = await store().report(filter)
          expect(Object.fromEntries(rows.map((row) => [nameOf(row), row.decisions]))).toEqual(count(matching))
        }),
      ),
      { numRuns },
    )
  })
}

const costOf = ({ decision, outcome }: StoredDecision): DecisionCost => {
  const { id, time, candidates, experiment, caller } = decision
  return {
    decision: {
      id,
      time,
      candidates,
      ...(experiment && { experiment }),
      ...(caller != null && caller.session !== null && { caller: { session: caller.session } }),
    },
    outcome: outcome && { status: outcome.status, cost: outcome.cost },
  }
}

const timingOf = (record: StoredDecision): readonly DecisionTiming[] => {
  const { decision, outcome } = record
  if (outcome?.status !== 'answered') return []
  return [
    {
      id: decision.id,
      policy: decision.policy,
      model: countedModel(record) as DecisionTiming['model'],
      decidedInMicros: decision.decidedInMicros,
      latencyMs: outcome.latencyMs,
      firstContentMs: outcome.firstContentMs,
      attempts: outcome.attempts.map(({ startedAfterMs, endedAfterMs }) => ({
        startedAfterMs,
        endedAfterMs,
      })),
    },
  ]
}

/** Attempts come in any order. */
const sorted = (timing: DecisionTiming): DecisionTiming => ({
  ...timing,
  attempts: timing.attempts.toSorted((a, b) => a.startedAfterMs - b.startedAfterMs),
})

const nameOf = ({ policy, model }: Pick<ReportRow, 'policy' | 'model'>): string => `${policy} ${model}`

function count(records: readonly StoredDecision[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const record of records) {
    const name = nameOf({ policy: record.decision.policy, model: countedModel(record) ?? 'none' })
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
