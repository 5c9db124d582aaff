import fc from 'fast-check'
import { expect, it } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { microUsd } from '../../domain/money.ts'
import { nobody } from '../../domain/virtual-key.ts'
import {
  type ReportSums,
  type SpendGrouping,
  type Store,
  type StoredDecision,
  spendGroupings,
} from '../store.ts'
import { anyFilter, anyRecords, countedModel, matches, onlyWith } from './records.contract.ts'

export function spending(store: () => Store): void {
  const everything = { since: null, policy: null }

  it.each(spendGroupings)('by %s is exact, with what belongs to none in a row of its own', async (by) => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anyFilter, (records, { limit: _, ...filter }) =>
        onlyWith(store(), records, async () => {
          expect(await store().spending(everything, by)).toEqual(expectedRows(records, by))
          const matching = records.filter((record) => matches(filter, record))
          expect(await store().spending(filter, by)).toEqual(expectedRows(matching, by))
        }),
      ),
      { numRuns: 8 },
    )
  })

  it('counts a decision for each of its tags, once each, and is empty where there is nothing', async () => {
    expect(await store().spending(everything, 'tag')).toEqual([])
    const tagged = (id: string, tags: string[]) => aDecision({ id, caller: { ...nobody, tags } })
    await store().append({
      decisions: [tagged('a', ['x', 'y', 'x']), tagged('b', ['y']), aDecision({ id: 'c' })],
      outcomes: ['a', 'b', 'c'].map((decision) => anOutcome({ decision, cost: microUsd(0.1) })),
    })
    const rows = await store().spending(everything, 'tag')
    expect(rows.map((row) => [row.group, row.decisions, row.microUsd])).toEqual([
      ['none', 1, 100_000],
      ['x', 1, 100_000],
      ['y', 2, 200_000],
    ])
  })

  it('agrees with the report, which looks at policies and models', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, (records) =>
        onlyWith(store(), records, async () => {
          const rows = await store().report({ since: null, policy: null })
          const found = rows.map(({ policy, model, ...sums }) => [`${policy} ${model}`, sums])
          const groups = grouped(records, (record) => [
            `${record.decision.policy} ${countedModel(record) ?? 'none'}`,
          ])
          expect(Object.fromEntries(found)).toEqual(
            Object.fromEntries([...groups].map(([name, members]) => [name, sumsOf(members)])),
          )
        }),
      ),
      { numRuns: 8 },
    )
  })
}

const expectedRows = (records: readonly StoredDecision[], by: SpendGrouping) =>
  [...grouped(records, (record) => groupsOf(record, by))]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([group, members]) => ({ group, ...sumsOf(members) }))

function grouped(
  records: readonly StoredDecision[],
  namesOf: (record: StoredDecision) => readonly string[],
): Map<string, StoredDecision[]> {
  const groups = new Map<string, StoredDecision[]>()
  for (const record of records)
    for (const name of namesOf(record)) groups.set(name, [...(groups.get(name) ?? []), record])
  return groups
}

function groupsOf(record: StoredDecision, by: SpendGrouping): readonly string[] {
  const { time, policy, caller } = record.decision
  const model = countedModel(record)
  const tags = [...new Set(caller?.tags)]
  const names: Record<SpendGrouping, readonly (string | null | undefined)[]> = {
    day: [time.slice(0, 10)],
    model: [model],
    vendor: [model?.split('/')[0]],
    policy: [policy],
    key: [caller?.key],
    team: [caller?.team],
    project: [caller?.project],
    user: [caller?.user],
    tag: tags.length === 0 ? [null] : tags,
  }
  return names[by].map((name) => name ?? 'none')
}

function sumsOf(records: readonly StoredDecision[]): ReportSums {
  const count = (holds: (record: StoredDecision) => boolean) => records.filter(holds).length
  const sum = (of: (record: StoredDecision) => number) =>
    records.reduce((total, record) => total + of(record), 0)
  const attempts = (of: 'inputTokens' | 'outputTokens') =>
    sum(({ outcome }) => (outcome?.attempts ?? []).reduce((total, { usage }) => total + usage[of], 0))
  const answered = count(({ outcome }) => outcome?.status === 'answered')
  const latency = sum(({ outcome }) => (outcome?.status === 'answered' ? outcome.latencyMs : 0))
  return {
    decisions: records.length,
    answered,
    failed: count(({ outcome }) => outcome?.status === 'failed'),
    fallbacks: count(
      ({ decision, outcome }) =>
        outcome?.model != null && decision.chosen !== null && outcome.model !== decision.chosen,
    ),
    cached: count(({ decision }) => decision.cache !== undefined),
    inputTokens: attempts('inputTokens'),
    outputTokens: attempts('outputTokens'),
    microUsd: sum(({ outcome }) => outcome?.cost ?? 0),
    unpriced: count(({ outcome }) => outcome !== null && outcome.cost === null),
    meanLatencyMs: answered === 0 ? 0 : latency / answered,
  }
}
