import fc from 'fast-check'
import { expect, it } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { modelId } from '../../domain/model.ts'
import { nobody } from '../../domain/virtual-key.ts'
import type { DecisionFilter, LedgerRow, Store, StoredDecision } from '../store.ts'
import { anyFilter, anyRecords, matches, newestFirst, onlyWith, singleFilters } from './records.contract.ts'

const numRuns = 25

export function searching(store: () => Store): void {
  it('comes back as it was, whatever is absent of it', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, (records) =>
        onlyWith(store(), records, async () => {
          for (const record of records) expect(await store().decision(record.decision.id)).toEqual(record)
          for (const record of await store().decisions(all))
            expect(Object.keys(record.decision).sort()).toEqual(
              Object.keys(
                records.find(({ decision }) => decision.id === record.decision.id)!.decision,
              ).sort(),
            )
        }),
      ),
      { numRuns },
    )
  })

  it('has no caller where nothing is known of one', async () => {
    await store().append({ decisions: [aDecision({ caller: nobody })], outcomes: [] })
    expect((await store().decision(aDecision().id))?.decision).not.toHaveProperty('caller')
  })

  it('loses the tags that it had when it is replaced by one without', async () => {
    await store().append({
      decisions: [aDecision({ caller: { ...nobody, tags: ['a', 'b'] } })],
      outcomes: [],
    })
    await store().append({ decisions: [aDecision({ caller: { ...nobody, tags: ['b'] } })], outcomes: [] })
    expect(await store().countDecisions({ ...all, tag: 'a' })).toBe(0)
    expect(await store().countDecisions({ ...all, tag: 'b' })).toBe(1)
  })

  it('is found by each thing that is known of it, and by all of them together', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.array(anyFilter, { maxLength: 5 }), (records, filters) =>
        onlyWith(store(), records, async () => {
          const singles = singleFilters.map((filter) => ({ ...all, ...filter }))
          for (const filter of [...singles, ...filters]) {
            const expected = newestFirst(records.filter((record) => matches(filter, record)))
            expect(idsOf(await store().decisions(filter)), JSON.stringify(filter)).toEqual(idsOf(expected))
            expect(await store().countDecisions(filter)).toBe(expected.length)
          }
        }),
      ),
      { numRuns: 8 },
    )
  })

  it('is found by signs that mean something to SQL, and by texts that can not be stored as they are', async () => {
    const session = 'half \uD800 of a\0character'
    await store().append({
      decisions: [aDecision({ because: "50%_of 'all'", caller: { ...nobody, session } })],
      outcomes: [],
    })
    const count = (filter: Partial<DecisionFilter>) => store().countDecisions({ ...all, ...filter })
    expect(await count({ text: "50%_OF 'ALL'" })).toBe(1)
    expect(await count({ text: '50_' })).toBe(0)
    expect(await count({ text: '' })).toBe(1)
    expect(await count({ session })).toBe(1)
  })

  it('is kept and found however long the names are that its client gave, of which 512 characters count', async () => {
    // Of signs that do not repeat, so that no database can press it together.
    const long = Array.from({ length: 20_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('')
    const caller = { ...nobody, session: long, episode: long, user: long, tags: [long] }
    await store().append({ decisions: [aDecision({ caller })], outcomes: [anOutcome()] })
    const count = (filter: Partial<DecisionFilter>) => store().countDecisions({ ...all, ...filter })
    for (const name of ['session', 'episode', 'user', 'tag']) expect(await count({ [name]: long })).toBe(1)
    expect(await count({ session: long.slice(0, 511) })).toBe(0)
    expect((await store().decision(aDecision().id))?.decision.caller).toEqual({
      ...caller,
      session: long.slice(0, 512),
      episode: long.slice(0, 512),
    })
  })

  it('stands on one page only, and on one for certain, whatever the length of pages', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.integer({ min: 1, max: 5 }), (records, limit) =>
        onlyWith(store(), records, async () => {
          const read = await paged(store().decisions, limit, ({ decision }) => decision)
          expect(idsOf(read)).toEqual(idsOf(newestFirst(records)))
        }),
      ),
      { numRuns },
    )
  })
}

export function accounting(store: () => Store): void {
  it('has a row for each attempt, newest first, with whose it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anyFilter, (records, filter) =>
        onlyWith(store(), records, async () => {
          const expected = newestFirst(records.filter((record) => matches(filter, record))).flatMap(rowsOf)
          expect(await store().ledger(filter)).toEqual(expected)
        }),
      ),
      { numRuns },
    )
  })

  it('adds up to the micro-dollar and the token', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, (records) =>
        onlyWith(store(), records, async () => {
          const rows = await store().ledger(all)
          const attempts = records.flatMap(({ outcome }) => outcome?.attempts ?? [])
          const total = (list: readonly (number | null)[]) =>
            list.reduce<number>((sum, x) => sum + (x ?? 0), 0)
          expect(total(rows.map(({ microUsd }) => microUsd))).toBe(total(attempts.map(({ cost }) => cost)))
          expect(total(rows.map(({ longCacheWriteTokens }) => longCacheWriteTokens))).toBe(
            total(attempts.map(({ usage }) => usage.longCacheWriteTokens ?? 0)),
          )
        }),
      ),
      { numRuns },
    )
  })

  it('cuts no decision in two where a page ends', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.integer({ min: 1, max: 5 }), (records, limit) =>
        onlyWith(store(), records, async () => {
          const read = await paged(store().ledger, limit, ({ time, decision }) => ({ time, id: decision }))
          expect(read).toEqual(newestFirst(records).flatMap(rowsOf))
        }),
      ),
      { numRuns },
    )
  })

  it('has nothing of a decision that is not there yet, and nothing on a page of no length', async () => {
    await store().append({ decisions: [], outcomes: [anOutcome()] })
    expect(await store().ledger(all)).toEqual([])
    await store().append({ decisions: [aDecision()], outcomes: [] })
    expect(await store().ledger({ ...all, limit: 0 })).toEqual([])
    expect(await store().ledger(all)).toMatchObject([{ model: modelId('acme/small'), prices: null }])
  })
}

const all: DecisionFilter = { since: null, policy: null, limit: 1000 }

const idsOf = (records: readonly StoredDecision[]) => records.map(({ decision }) => decision.id)

/** Page after page, until one is shorter than it may be. */
async function paged<Row>(
  list: (filter: DecisionFilter) => Promise<readonly Row[]>,
  limit: number,
  placeOf: (row: Row) => { time: string; id: string },
): Promise<readonly Row[]> {
  const read: Row[] = []
  for (;;) {
    const last = read.at(-1)
    const page = await list({ ...all, limit, after: last ? placeOf(last) : null })
    read.push(...page)
    if (page.length < limit) return read
  }
}

const rowsOf = ({ decision, outcome }: StoredDecision): LedgerRow[] =>
  (outcome?.attempts ?? [])
    .map((attempt, position): LedgerRow => {
      const { usage } = attempt
      return {
        decision: decision.id,
        position,
        time: decision.time,
        policy: decision.policy,
        key: decision.caller?.key ?? null,
        team: decision.caller?.team ?? null,
        project: decision.caller?.project ?? null,
        user: decision.caller?.user ?? null,
        tags: decision.caller?.tags ?? [],
        model: attempt.model,
        target: attempt.target,
        role: attempt.role ?? null,
        inputTokens: usage.inputTokens,
        cachedReadTokens: usage.cachedReadTokens,
        cacheWriteTokens: usage.cacheWriteTokens,
        longCacheWriteTokens: usage.longCacheWriteTokens ?? 0,
        outputTokens: usage.outputTokens,
        reasoningTokens: usage.reasoningTokens,
        usageSource: usage.source,
        prices: attempt.prices ?? null,
        microUsd: attempt.cost,
        failure: attempt.outcome.kind === 'failed' ? attempt.outcome.failure : null,
      }
    })
    .reverse()
