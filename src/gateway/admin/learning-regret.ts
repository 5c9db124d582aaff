/** Regret of policies that learn or try models, read from the record: what can be said of it in live traffic, each curve by its own name. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { aboutName, type Feedback } from '../../domain/feedback.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Clock } from '../../domain/transport.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { Store, StoredDecision } from '../../storage/store.ts'
import type { Succession } from '../generation.ts'
import { createExploration } from '../learning/exploration.ts'
import { readSaved, type Saved, versionKind } from '../learning/versions.ts'
import { type AdminCall, notFound, param, value, wholeNumber } from './call.ts'
import { type AgainstRivals, againstRivals } from './learning-against.ts'
import { accountPoints, type Explored, recordedTrying, type Tried, triedOn } from './learning-explored.ts'
import { type GivenUpCurve, givenUpCurve } from './learning-given-up.ts'
import { type Reset, resetsWithin, type VersionSeen } from './learning-resets.ts'
import { type RegretRow, regretRow } from './learning-rows.ts'
import { shortlyKept } from './shortly-kept.ts'

/** What `GET /admin/policies/:name/regret` answers. Worth is in good answers: quality less lambda x dollars less mu x seconds. */
export type RegretReport = {
  readonly policy: string
  readonly strategy: string
  /** Decisions that were read, the newest of the policy. */
  readonly decisions: number
  /** As many as were asked for: there may be older ones. */
  readonly cut: boolean
  /** ISO 8601, UTC; `null`: nothing was decided. */
  readonly since: string | null
  readonly until: string | null
  /** Decisions that tell nothing, by why. */
  readonly leftOut: Readonly<Record<string, number>>
  readonly givenUp: GivenUpCurve
  readonly against: AgainstRivals
  /** `null`: the policy tries no models. */
  readonly explored: Explored | null
  readonly resets: readonly Reset[]
}

export type RegretParts = {
  readonly store: Pick<Store, 'decisions' | 'feedbackOn' | 'feedbackOnSessions' | 'documentHistory'>
  readonly state: Pick<SharedState, 'hold' | 'balance'>
  readonly succession: Pick<Succession, 'current'>
  readonly clock: Pick<Clock, 'wall'>
}

const usualDecisions = 2_000
/** More would hold up those who are served. */
const mostDecisions = 5_000
const pageSize = 100
const mostPoints = 200
/** Points with a band, each of which goes over all sums so far. */
const mostBandPoints = 100
const mostVersions = 50
/** Several who watch cost what one costs. */
const keptForMs = 5_000

export function regretCalls(parts: RegretParts): readonly AdminCall[] {
  const kept = shortlyKept<RegretReport>(keptForMs)
  return [
    {
      method: 'GET',
      path: '/policies/:name/regret',
      run: async (request) => {
        const name = param(request, 'name')
        const policy = parts.succession.current().policies.find((one) => one.name === name)
        if (policy === undefined) throw notFound('policy', name)
        const most = Math.max(1, wholeNumber(request.query.n, 'n', usualDecisions, mostDecisions))
        const key = `${most} ${policy.version} ${name}`
        return value(await kept(key, () => reportOf(parts, policy, most)))
      },
    },
  ]
}

async function reportOf(parts: RegretParts, policy: Policy, most: number): Promise<RegretReport> {
  const record = await readRows(parts.store, policy, most)
  const { rows, leftOut, read, cut } = record
  const versions = policy.learner ? await readVersions(parts.store, policy.name) : []
  const explored = exploredOf(parts, policy, versions, record)
  await nextTurn()
  const givenUp = givenUpCurve(rows, mostPoints)
  await nextTurn()
  return {
    policy: policy.name,
    strategy: policy.strategy,
    decisions: read,
    cut,
    since: rows[0]?.at ?? null,
    until: rows.at(-1)?.at ?? null,
    leftOut,
    givenUp,
    against: await unhurried(againstRivals(rows, mostBandPoints)),
    explored,
    resets: resetsWithin(versions, rows),
  }
}

type Read = {
  readonly rows: readonly RegretRow[]
  /** Of all decisions, those too that tell nothing of what came. */
  readonly tried: readonly Tried[]
  /** When the oldest of all was made; `null`: there are none. */
  readonly openedAt: string | null
  readonly leftOut: Readonly<Record<string, number>>
  readonly read: number
  readonly cut: boolean
}

/** Oldest first. */
async function readRows(store: RegretParts['store'], policy: Policy, most: number): Promise<Read> {
  const rows: RegretRow[] = []
  const tried: Tried[] = []
  const leftOut: Record<string, number> = {}
  let after: StoredDecision['decision'] | null = null
  let openedAt: string | null = null
  let read = 0
  for (;;) {
    const limit = Math.min(pageSize, most - read)
    const page: readonly StoredDecision[] = await store.decisions({
      since: null,
      policy: policy.name,
      limit,
      after,
    })
    const saidOf = await readSaid(store, page)
    for (const stored of page) {
      const row = regretRow(stored, saidOf(stored), policy.pool)
      if ('leftOut' in row) leftOut[row.leftOut] = (leftOut[row.leftOut] ?? 0) + 1
      else rows.push(row)
      const one = triedOn(stored.decision)
      if (one !== null) tried.push(one)
    }
    read += page.length
    after = page.at(-1)?.decision ?? null
    openedAt = page.at(-1)?.decision.time ?? openedAt
    if (page.length < limit || read >= most) break
    // Requests go first.
    await nextTurn()
  }
  const cut = read >= most
  return { rows: rows.reverse(), tried: tried.reverse(), openedAt, leftOut, read, cut }
}

async function readSaid(
  store: RegretParts['store'],
  page: readonly StoredDecision[],
): Promise<(stored: StoredDecision) => readonly Feedback[]> {
  const names = page.flatMap(({ decision: { caller } }) =>
    [caller?.session, caller?.episode].filter((name) => name != null),
  )
  const own = await store.feedbackOn(page.map(({ decision }) => decision.id))
  const shared = names.length === 0 ? [] : await store.feedbackOnSessions([...new Set(names)])
  const said = groupBy([...own, ...shared], ({ about }) => aboutName(about))
  return ({ decision: { id, caller } }) => [
    ...(said.get(`decision ${id}`) ?? []),
    ...(said.get(`session ${caller?.session}`) ?? []),
    ...(said.get(`episode ${caller?.episode}`) ?? []),
  ]
}

type SeenVersion = VersionSeen & Pick<Saved, 'exploration'>

/** Oldest first. A version holds all that was learnt, which takes time to read: one at a time. */
async function readVersions(store: RegretParts['store'], policy: string): Promise<readonly SeenVersion[]> {
  const documents = await store.documentHistory(versionKind, policy, mostVersions)
  const found: SeenVersion[] = []
  for (const { version, changedAt, text } of documents) {
    const saved = readSaved(text)
    if (saved !== null) {
      const { why, restoredFrom, exploration } = saved
      found.push({ version, at: changedAt, why, restoredFrom, exploration })
    }
    await nextTurn()
  }
  return found.reverse()
}

function exploredOf(
  { state, clock }: RegretParts,
  policy: Policy,
  versions: readonly SeenVersion[],
  { tried, openedAt }: Pick<Read, 'tried' | 'openedAt'>,
): Explored | null {
  const now = clock.wall()
  const stands = createExploration(state, () => now.getTime()).facts(policy)
  if (stands === null || policy.explore === undefined) return null
  // A version that goes back has the account of the one that it goes back to.
  const seen = versions.flatMap(({ at, why, exploration }) =>
    exploration === null || why === 'rolled-back' ? [] : [{ at, ...exploration }],
  )
  const { spentUsd, limitUsd } = stands
  const { per } = policy.explore
  return {
    per,
    points: accountPoints([...seen, { at: now.toISOString(), spentUsd, limitUsd }], per),
    recorded: recordedTrying(tried, openedAt, mostPoints),
  }
}

/** Requests go first. */
async function unhurried<Result>(work: Generator<undefined, Result>): Promise<Result> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await nextTurn()
  }
}
