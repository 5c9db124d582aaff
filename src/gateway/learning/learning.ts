/** Policies that learn from feedback while they serve: what turns are given of it, where lessons go, and how it outlives the process. */

import type { Decision } from '../../domain/decision.ts'
import type { Policy } from '../../domain/policy.ts'
import type { BudgetFacts, Strategy, Turn } from '../../domain/strategy.ts'
import type { Clock } from '../../domain/transport.ts'
import type { RouterArtefact } from '../../estimate/router-artefact.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { Sink } from '../../telemetry/events.ts'
import { artefactName, type Basis } from './basis.ts'
import { createExploration } from './exploration.ts'
import type { GatherStore } from './gather.ts'
import { createIntake, type IntakeCounts, type LearntChange } from './intake.ts'
import { type Keeper, type KeeperStore, openKeeper } from './keeper.ts'
import { learntChannel, learntHistory, type LearntVersion, rollBackLearnt } from './versions.ts'

export type Learning = {
  /** Hears of outcomes and feedback. */
  readonly sink: Sink
  /** Opens the books of these policies over the artefact that they go by. */
  readonly prepare: (policies: readonly Policy[], artefact: RouterArtefact) => Promise<void>
  /** What a turn over this artefact is given. Cheap: values that are kept until something is learnt. */
  readonly facts: (policy: Policy, artefact: RouterArtefact) => Pick<Turn, 'learnt' | 'exploration'>
  /** Whether decisions of the policy over this artefact are lessons. */
  readonly learns: (policy: Policy, artefact: RouterArtefact) => boolean
  /** The policy's strategy, which books what it tries. */
  readonly chooser: (policy: Policy) => Strategy
  readonly report: () => LearningReport
  readonly history: (policy: string, limit?: number) => Promise<readonly LearntVersion[]>
  /** @throws LearningError */
  readonly rollBack: (policy: string, version: number | null) => Promise<{ version: number; restoredFrom: number }>
  /** Learns what has come by now, and tells the others. */
  readonly settled: () => Promise<void>
  /** Reads what others have learnt and rolled back. */
  readonly refresh: () => Promise<void>
  readonly close: () => Promise<void>
}

export type LearningReport = {
  readonly policies: readonly PolicyLearning[]
  readonly intake: IntakeCounts
}

export type PolicyLearning = {
  readonly policy: string
  readonly basis: Basis
  readonly arms: readonly string[]
  /** Lessons of quality that count, and the mean of what they said, 0 to 1. */
  readonly lessons: number
  readonly meanQuality: number | null
  readonly meanUsd: number | null
  readonly exploration: BudgetFacts | null
  readonly version: number
  readonly changes: readonly LearntChange[]
}

export type LearningParts = {
  readonly store: KeeperStore & GatherStore
  readonly state: SharedState
  readonly clock: Clock
  readonly onProblem: (error: unknown) => void
  /** Milliseconds between two readings of what others have learnt. */
  readonly refreshMs?: number
}

const refreshEveryMs = 2_000
/** Refreshes from one look into the store to the next. */
const storeEvery = 5
const saveEveryMs = 30_000

export function createLearning(parts: LearningParts): Learning {
  const { store, state, clock, onProblem, refreshMs = refreshEveryMs } = parts
  let keepers = new Map<string, Keeper>()
  const explored = new Map<string, Policy>()
  const wallMs = (): number => clock.wall().getTime()
  const exploration = createExploration(state, wallMs)
  const factsOf = (policy: string): BudgetFacts | null => {
    const found = explored.get(policy)
    return found ? exploration.facts(found) : null
  }
  const each = async (work: (keeper: Keeper) => Promise<void>): Promise<void> => {
    for (const keeper of keepers.values()) await work(keeper).catch(onProblem)
  }
  const bookOf = ({ policy, time }: Decision) => {
    const book = keepers.get(policy)?.book
    return book !== undefined && Date.parse(time) >= book.beganAt ? book : null
  }
  const intake = createIntake({
    store,
    bookOf,
    anyLearns: () => keepers.size > 0,
    onProblem,
    onLearnt: () => each(({ book }) => book.flush()),
  })
  const follow = (): Promise<void> => each((keeper) => keeper.follow())
  const refresh = (): Promise<void> => each(({ book }) => book.refresh())
  const upkeep = createUpkeep(
    [
      { everyMs: refreshMs, work: refresh },
      { everyMs: refreshMs * storeEvery, work: follow },
      {
        everyMs: saveEveryMs,
        work: () => each(async ({ save, saveVersion }) => {
          await save()
          await saveVersion()
        }),
      },
    ],
    onProblem,
  )
  const unheard = state.subscribe(learntChannel, () => void follow().then(refresh).catch(onProblem))
  const keeperOf = (policy: Policy, artefact: RouterArtefact): Keeper | null => {
    if (!policy.learner) return null
    const keeper = keepers.get(policy.name)
    if (keeper === undefined) return null
    const { basis } = keeper.book
    return basis.learner === policy.learner.id && basis.artefact === artefactName(artefact) ? keeper : null
  }
  return {
    sink: intake.sink,
    prepare: async (policies, artefact) => {
      const opened = new Map<string, Keeper>()
      for (const policy of policies) {
        if (policy.explore) explored.set(policy.name, policy)
        else explored.delete(policy.name)
        if (!policy.learner) continue
        const known = keeperOf(policy, artefact)
        opened.set(
          policy.name,
          known ??
            (await openKeeper(policy.name, policy.learner, artefactName(artefact), {
              store,
              state,
              clock,
              exploration: factsOf,
            })),
        )
      }
      for (const [name, keeper] of keepers)
        if (opened.get(name) !== keeper) await keeper.book.flush().catch(onProblem)
      keepers = opened
    },
    facts: (policy, artefact) => ({
      learnt: keeperOf(policy, artefact)?.book.learnt(wallMs()) ?? null,
      exploration: exploration.facts(policy),
    }),
    learns: (policy, artefact) => keeperOf(policy, artefact) !== null,
    chooser: exploration.chooser,
    report: () => ({
      policies: [...keepers.values()].map((keeper) =>
        policyLearning(keeper, factsOf(keeper.book.policy), intake.changes(keeper.book.policy)),
      ),
      intake: intake.counts(),
    }),
    history: (policy, limit) => learntHistory(store, policy, limit),
    rollBack: async (policy, version) => {
      await intake.settled()
      const keeper = keepers.get(policy)
      // So that what is left behind can be gone back to as well.
      await keeper?.saveVersion(true)
      const done = await rollBackLearnt(store, policy, version, clock.wall())
      await keeper?.follow()
      state.publish(learntChannel, policy)
      return done
    },
    settled: intake.settled,
    refresh: async () => {
      await follow()
      await refresh()
    },
    close: async () => {
      unheard()
      await upkeep.close()
      await intake.close()
      await each(async ({ save, saveVersion }) => {
        await save()
        await saveVersion(true)
      })
    },
  }
}

function policyLearning(
  { book, version }: Keeper,
  exploration: BudgetFacts | null,
  changes: readonly LearntChange[],
): PolicyLearning {
  const { sums, tally } = book.contents()
  return {
    policy: book.policy,
    basis: book.basis,
    arms: [...sums.keys()].sort(),
    lessons: tally.lessons,
    meanQuality: tally.lessons > 0 ? tally.quality / tally.lessons : null,
    meanUsd: tally.billed > 0 ? tally.usd / tally.billed : null,
    exploration,
    version: version(),
    changes,
  }
}

type Upkeep = { readonly everyMs: number; readonly work: () => Promise<void> }

/** Each again after its time, never twice at once. */
function createUpkeep(works: readonly Upkeep[], onProblem: (error: unknown) => void) {
  const under = new Set<Promise<void>>()
  const timers = works.map(({ everyMs, work }) => {
    let running = false
    const timer = setInterval(() => {
      if (running) return
      running = true
      const done = work()
        .catch(onProblem)
        .finally(() => {
          running = false
          under.delete(done)
        })
      under.add(done)
    }, everyMs)
    timer.unref()
    return timer
  })
  return {
    close: async (): Promise<void> => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(under)
    },
  }
}
