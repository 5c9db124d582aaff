/** Policies that learn from feedback while they serve: what turns are given of it, where lessons go, and how it outlives the process. */

import type { Decision } from '../../domain/decision.ts'
import { isAside } from '../../domain/experiment.ts'
import type { Policy } from '../../domain/policy.ts'
import type { BudgetFacts, Strategy, Turn } from '../../domain/strategy.ts'
import type { Clock } from '../../domain/transport.ts'
import type { RouterArtefact } from '../../estimate/router-artefact.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { Sink } from '../../telemetry/events.ts'
import { artefactName, type Basis } from './basis.ts'
import { type Calibration, type CalibrationStore, createCalibration } from './correction/calibration.ts'
import type { Correction } from './correction/correction.ts'
import type { CalibrationRules } from './correction/rules.ts'
import { calibrationChannel } from './correction/state.ts'
import { createExploration } from './exploration.ts'
import type { GatherStore } from './gather.ts'
import { createIntake, type IntakeCounts, type LearntChange } from './intake.ts'
import { type Keeper, type KeeperStore, openKeeper } from './keeper.ts'
import { createUpkeep } from './upkeep.ts'
import { learntChannel, rollBackLearnt } from './versions.ts'

export type Learning = {
  /** Hears of outcomes and feedback. */
  readonly sink: Sink
  /** Opens the books of these policies over the artefact that they go by. */
  readonly prepare: (policies: readonly Policy[], artefact: RouterArtefact) => Promise<void>
  /** What a turn over this artefact is given. Cheap: values that are kept until something is learnt. */
  readonly facts: (policy: Policy, artefact: RouterArtefact) => Pick<Turn, 'learnt' | 'exploration'>
  /** Whether decisions of the policy over this artefact are lessons. */
  readonly learns: (policy: Policy, artefact: RouterArtefact) => boolean
  /** What corrects predictions of quality for this session; `null`: nothing. */
  readonly correction: (artefact: RouterArtefact, unit: string) => Correction | null
  readonly calibration: Calibration
  /** The policy's strategy, which books what it tries. */
  readonly chooser: (policy: Policy) => Strategy
  readonly report: () => LearningReport
  /** @throws LearningError */
  readonly rollBack: (
    policy: string,
    version: number | null,
  ) => Promise<{ version: number; restoredFrom: number }>
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
  readonly store: KeeperStore & GatherStore & CalibrationStore
  /** Of the configuration that serves; `null`: predictions of quality are not corrected. */
  readonly calibration: () => CalibrationRules | null
  readonly state: SharedState
  readonly clock: Clock
  readonly onProblem: (error: unknown) => void
  /** Milliseconds between two readings of what others have learnt. */
  readonly refreshMs?: number
}

const refreshEveryMs = 2_000
/** Refreshes from one look into the store to the next. */
const storeEvery = 2
const saveEveryMs = 30_000
/** How often it is looked whether predictions are to be fitted anew. */
const fitCheckMs = 60_000

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
  const bookOf = (decision: Decision) => {
    if (isAside(decision)) return null
    const { policy, time } = decision
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
  const calibration = createCalibration({ store, state, clock, rules: parts.calibration })
  const keeperParts = { store, state, clock, exploration: factsOf }
  const leave = async ({ book, save, saveVersion }: Keeper): Promise<void> => {
    await book.flush()
    await save()
    await saveVersion(true)
  }
  const follow = async (): Promise<void> => {
    await each((keeper) => keeper.follow())
    await calibration.refresh()
  }
  const refresh = (): Promise<void> => each(({ book }) => book.refresh())
  let fittedAt = wallMs()
  const fit = async (): Promise<void> => {
    const rules = parts.calibration()
    if (rules === null || wallMs() - fittedAt < rules.everyMs) return
    fittedAt = wallMs()
    await calibration.tick()
  }
  const upkeep = createUpkeep(
    [
      { everyMs: refreshMs, work: refresh },
      { everyMs: refreshMs * storeEvery, work: follow },
      {
        everyMs: saveEveryMs,
        work: () =>
          each(async ({ save, saveVersion }) => {
            await save()
            await saveVersion()
          }),
      },
      { everyMs: fitCheckMs, work: fit },
    ],
    onProblem,
  )
  const heard = () => void follow().then(refresh).catch(onProblem)
  const unheard = [learntChannel, calibrationChannel].map((channel) => state.subscribe(channel, heard))
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
      const stays = new Map<string, Keeper>()
      for (const policy of policies) {
        if (policy.explore) explored.set(policy.name, policy)
        else explored.delete(policy.name)
        const known = keeperOf(policy, artefact)
        if (known) stays.set(policy.name, known)
      }
      // Ahead of those that take their place, whose versions come on top.
      for (const [name, keeper] of keepers) if (!stays.has(name)) await leave(keeper).catch(onProblem)
      for (const { name, learner } of policies)
        if (learner && !stays.has(name))
          stays.set(name, await openKeeper(name, learner, artefactName(artefact), keeperParts))
      keepers = stays
      await calibration.over(artefactName(artefact)).catch(onProblem)
    },
    facts: (policy, artefact) => ({
      learnt: keeperOf(policy, artefact)?.book.learnt(wallMs()) ?? null,
      exploration: exploration.facts(policy),
    }),
    learns: (policy, artefact) => keeperOf(policy, artefact) !== null,
    correction: (artefact, unit) => calibration.correction(artefactName(artefact), unit),
    calibration,
    chooser: exploration.chooser,
    report: () => ({
      policies: [...keepers.values()].map((keeper) =>
        policyLearning(keeper, factsOf(keeper.book.policy), intake.changes(keeper.book.policy)),
      ),
      intake: intake.counts(),
    }),
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
      for (const stop of unheard) stop()
      await upkeep.close()
      await intake.close()
      await each(leave)
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
