import fc from 'fast-check'
import { aDecision, anAttempt, anOutcome } from '../../../test/support/a-decision.ts'
import { type Attempt, attemptRoles } from '../../domain/attempt.ts'
import type { Decision, Outcome } from '../../domain/decision.ts'
import { modelId } from '../../domain/model.ts'
import type { MicroUsd } from '../../domain/money.ts'
import type { Caller, KeyId } from '../../domain/virtual-key.ts'
import type { DecisionFilter, Store, StoredDecision } from '../store.ts'

// Few values of each kind, so that any two records have much in common, and some that SQL could take for its own.
const times = ['2026-03-01T23:59:59.999Z', '2026-03-02T00:00:00.000Z', '2026-03-02T10:00:00.000Z']
const models = ['acme/small', 'acme/large', 'zeta/one'].map(modelId)
const names = ['ops', 'Ops', 'none', "o'ps"]
const tags = ['prod', 'a%', 'none', 'ä']
const reasons = ['best value', 'BEST of 100%', 'under_score', 'back\\slash']
const texts = ['best', '100%', '%', '_', '\\', 'ACME/', 'd-1', 'nowhere', "'"]
const policies = ['auto', 'support']
const hashes = ['9f86d081884c7d65', '60303ae22b998861']
const statuses = ['answered', 'failed', 'cancelled'] as const

const orNull = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: null })
const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })

const aCaller: fc.Arbitrary<Caller> = fc.record({
  key: orNull(names as KeyId[]),
  team: orNull(names),
  project: orNull(names),
  user: orNull(names),
  tags: fc.array(fc.constantFrom(...tags), { maxLength: 3 }),
  session: orNull(names),
  episode: orNull(names),
})

const isKnown = ({ tags: given, ...others }: Caller): boolean =>
  given.length > 0 || Object.values(others).some((name) => name !== null)

const anyDecision: fc.Arbitrary<Partial<Omit<Decision, 'id'>>> = fc
  .record({
    time: fc.constantFrom(...times),
    policy: fc.constantFrom(...policies),
    queryHash: fc.constantFrom(...hashes),
    chosen: orNull(models),
    because: fc.constantFrom(...reasons),
    caller: fc.option(aCaller, { nil: undefined }),
    cache: maybe(['exact', 'semantic'] as const),
    experiment: fc.option(
      fc.record({
        id: fc.constantFrom(...names),
        arm: fc.constantFrom(...policies),
        unit: fc.constantFrom(...names),
      }),
      {
        nil: undefined,
      },
    ),
    features: fc.option(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 4 }), {
      nil: undefined,
    }),
  })
  .map(({ caller, ...decision }) =>
    present({ ...decision, caller: caller !== undefined && isKnown(caller) ? caller : undefined }),
  )

/** Without the fields that are undefined: what is absent comes back absent. */
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>
  }

const tokens = fc.integer({ min: 0, max: 2 ** 40 })
const money = fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: null }) as fc.Arbitrary<MicroUsd | null>

const anyAttempt: fc.Arbitrary<Attempt> = fc
  .record({
    model: fc.constantFrom(...models),
    role: maybe(attemptRoles),
    cost: money,
    prices: maybe(['2026-03-01', "it's"]),
    lost: maybe([[], ['tools: web_search']]),
    long: fc.option(tokens, { nil: undefined }),
    inputTokens: tokens,
    outputTokens: tokens,
    failed: fc.boolean(),
  })
  .map(({ long, inputTokens, outputTokens, failed, ...attempt }) =>
    anAttempt({
      ...present(attempt),
      usage: {
        ...anAttempt().usage,
        inputTokens,
        outputTokens,
        ...(long !== undefined && { longCacheWriteTokens: long }),
      },
      ...(failed && {
        outcome: { kind: 'failed', failure: 'overloaded', message: 'busy', vendorStatus: null },
      }),
    }),
  )

const anyOutcome: fc.Arbitrary<Partial<Omit<Outcome, 'decision'>>> = fc.record({
  status: fc.constantFrom(...statuses),
  model: orNull(models),
  attempts: fc.array(anyAttempt, { maxLength: 3 }),
  cost: money,
  latencyMs: fc.integer({ min: 0, max: 1_000_000 }),
})

/** Decisions with ids `d-1`, `d-2`…, some with outcomes, in any order of times. */
export const anyRecords: fc.Arbitrary<readonly StoredDecision[]> = fc
  .array(fc.tuple(anyDecision, fc.option(anyOutcome, { nil: null })), { maxLength: 12 })
  .map((list) =>
    list.map(([decision, outcome], index) => ({
      decision: aDecision({ ...decision, id: `d-${index + 1}` }),
      outcome: outcome && anOutcome({ ...outcome, decision: `d-${index + 1}` }),
    })),
  )

export const anyFilter: fc.Arbitrary<DecisionFilter> = fc
  .record({
    since: sparse(times),
    until: sparse([...times, undefined]),
    policy: sparse(policies),
    model: sparse(models),
    status: sparse(statuses),
    key: sparse(names),
    team: sparse(names),
    project: sparse(names),
    user: sparse(names),
    tag: sparse(tags),
    session: sparse(names),
    episode: sparse(names),
    queryHash: sparse(hashes),
    experiment: sparse(names),
    text: sparse(texts),
  })
  .map((filter) => ({ ...present(filter), limit: 1000 }) as DecisionFilter)

/** Mostly none: of filters that say much, hardly a record would be left. */
function sparse<T>(values: readonly T[]): fc.Arbitrary<T | null> {
  return fc
    .option(fc.constantFrom(...values), { nil: null, freq: 0 + 1 })
    .chain((value) => fc.integer({ min: 0, max: 3 }).map((dice) => (dice === 0 ? value : null)))
}

/** One filter on each field by itself. */
export const singleFilters: readonly Partial<DecisionFilter>[] = [
  ...times.flatMap((time) => [{ since: time }, { until: time }]),
  ...policies.map((policy) => ({ policy })),
  ...models.map((model) => ({ model })),
  ...statuses.map((status) => ({ status })),
  ...names.flatMap((name) => [
    { key: name },
    { team: name },
    { project: name },
    { user: name },
    { session: name },
    { episode: name },
    { experiment: name },
  ]),
  ...tags.map((tag) => ({ tag })),
  ...hashes.map((queryHash) => ({ queryHash })),
  ...texts.map((text) => ({ text })),
]

/** What a filter says, in plain code. */
export function matches(
  filter: Omit<DecisionFilter, 'limit'>,
  { decision, outcome }: StoredDecision,
): boolean {
  const { caller, experiment } = decision
  const is = (wanted: unknown, value: unknown) => wanted == null || wanted === value
  const searched = [decision.id, decision.policy, decision.chosen, outcome?.model, decision.because]
  return (
    (filter.since === null || decision.time >= filter.since) &&
    (filter.until == null || decision.time < filter.until) &&
    is(filter.policy, decision.policy) &&
    is(filter.model, countedModel({ decision, outcome })) &&
    is(filter.status, outcome?.status) &&
    is(filter.key, caller?.key) &&
    is(filter.team, caller?.team) &&
    is(filter.project, caller?.project) &&
    is(filter.user, caller?.user) &&
    is(filter.session, caller?.session) &&
    is(filter.episode, caller?.episode) &&
    is(filter.queryHash, decision.queryHash) &&
    is(filter.experiment, experiment?.id) &&
    (filter.tag == null || caller?.tags.includes(filter.tag) === true) &&
    (filter.text == null ||
      searched.some((text) => text?.toLowerCase().includes(filter.text!.toLowerCase()) === true))
  )
}

export const countedModel = ({ decision, outcome }: StoredDecision): string | null =>
  outcome?.model ?? decision.chosen

export const newestFirst = (records: readonly StoredDecision[]): StoredDecision[] =>
  [...records].sort(({ decision: a }, { decision: b }) =>
    a.time !== b.time ? (a.time < b.time ? 1 : -1) : a.id < b.id ? 1 : -1,
  )

/** Runs a check on a store that holds these records and no others. */
export async function onlyWith(
  store: Store,
  records: readonly StoredDecision[],
  check: () => Promise<void>,
): Promise<void> {
  await store.append({
    decisions: records.map(({ decision }) => decision),
    outcomes: records.flatMap(({ outcome }) => (outcome === null ? [] : [outcome])),
  })
  try {
    await check()
  } finally {
    await store.forgetBefore('9999', 1000)
  }
}
