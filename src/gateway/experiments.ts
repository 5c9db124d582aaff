/** The experiments of a gateway: who takes part in which arm, and what is made of what was seen. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Decision, ExperimentMark } from '../domain/decision.ts'
import type { ExperimentDefinition, HoldOut } from '../domain/experiment.ts'
import type { Feedback } from '../domain/feedback.ts'
import { scoreOf } from '../domain/feedback-score.ts'
import type { Policy } from '../domain/policy.ts'
import type { Clock } from '../domain/transport.ts'
import type { Caller } from '../domain/virtual-key.ts'
import { assign, placeOf, unitOf } from '../experiments/assign.ts'
import { look } from '../experiments/look.ts'
import { createReader } from '../experiments/read.ts'
import { beginExperiment, ended, type ExperimentState } from '../experiments/state.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import type { Document, Store, StoredDecision } from '../storage/store.ts'
import type { Events } from '../telemetry/events.ts'
import { holdOutOf } from './admin/saving.ts'

export type Experiments = {
  /** Which policy serves a request for this one, and what its decision says of it; `null`: the one that was asked for. */
  readonly assignment: (
    policy: Policy,
    caller: Caller,
    conversation: string | null,
    request: string,
  ) => { readonly serve: string; readonly mark: ExperimentMark | null } | null
  readonly list: () => readonly ExperimentState[]
  readonly find: (id: string) => ExperimentState | null
  /** @throws ExperimentError */
  readonly begin: (definition: ExperimentDefinition) => Promise<ExperimentState>
  /** Ends it for good, with all requests to this policy. @throws ExperimentError */
  readonly end: (
    id: string,
    how: 'stopped' | 'promoted' | 'rolled-back',
    winner: string | null,
    who: string,
  ) => Promise<ExperimentState>
  /** Looks at those that run now. */
  readonly look: () => Promise<void>
  /** Those of the configuration: new ones begin, and changed ones begin anew. */
  readonly follow: (definitions: readonly ExperimentDefinition[]) => Promise<void>
  readonly close: () => Promise<void>
}

export class ExperimentError extends Error {
  override readonly name = 'ExperimentError'
  readonly code: 'not_found' | 'conflict'

  constructor(code: ExperimentError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export type ExperimentsParts = {
  readonly store: Pick<Store, 'decisions' | 'feedbackOn' | 'documents' | 'document' | 'putDocument'>
  readonly state: Pick<SharedState, 'publish' | 'subscribe'>
  readonly events: Pick<Events, 'emit'>
  readonly clock: Clock
  readonly onProblem: (error: unknown) => void
}

const kind = 'experiment'
const channel = 'experiments'
/** How often others' changes are looked for, though nobody tells of them. */
const refreshMs = 5_000
const lookEveryMs = 30_000
/** A look at many decisions takes its time: the next comes no sooner than so many times as long. */
const restTimes = 20
const pageSize = 500
/** Of one experiment, the newest so many are what a look is made of. */
const mostDecisions = 200_000

type Known = { readonly version: number; readonly state: ExperimentState }

export async function openExperiments(
  definitions: readonly ExperimentDefinition[],
  { store, state, events, clock, onProblem }: ExperimentsParts,
): Promise<Experiments> {
  let known = new Map<string, Known>()
  let byPolicy = new Map<string, ExperimentState>()
  let closed = false

  const adopt = (documents: readonly Document[]): void => {
    known = new Map(documents.map(readState).filter((one) => one !== null))
    index()
  }
  const index = (): void => {
    byPolicy = new Map()
    // Of several that were run on one policy the last one begun has the word.
    for (const { state: one } of [...known.values()].sort(byBeginning))
      byPolicy.set(one.definition.policy, one)
  }
  const refresh = async (): Promise<void> => adopt(await store.documents(kind))
  const now = (): string => clock.wall().toISOString()

  /** The change is made to what is stored now, again where another process was quicker. */
  const change = async (
    id: string,
    make: (before: ExperimentState | null) => ExperimentState | null,
  ): Promise<ExperimentState | null> => {
    for (let tries = 0; tries < 5; tries++) {
      const stored = await store.document(kind, id)
      const before = stored && readState(stored)?.[1]
      const made = make(before?.state ?? null)
      if (made === null) return before?.state ?? null
      const after = stored?.version ?? 0
      const next: Document = { kind, id, version: after + 1, changedAt: now(), text: JSON.stringify(made) }
      if (!(await store.putDocument(next, after))) continue
      known.set(id, { version: after + 1, state: made })
      index()
      state.publish(channel, id)
      if (before?.state.status !== made.status)
        events.emit({
          kind: 'experiment-changed',
          id,
          state: made.status,
          sentence: made.history.at(-1)?.what ?? '',
        })
      return made
    }
    throw new ExperimentError('conflict', `${id} is being changed by somebody else. Try again.`)
  }

  const follow = async (wanted: readonly ExperimentDefinition[]): Promise<void> => {
    for (const definition of wanted)
      await change(definition.id, (before) =>
        before !== null && same(before.definition, definition) ? null : beginExperiment(definition, now()),
      )
  }

  const lookAt = async (id: string): Promise<void> => {
    const running = known.get(id)?.state
    if (running?.status !== 'running') return
    const reader = createReader(running)
    for await (const one of gradedDecisions(store, running)) reader.add(one)
    const stages = reader.stages()
    await change(id, (before) =>
      // What was read of other stages than those that stand now says nothing of them.
      before === null || before.status !== 'running' || before.stages.length !== running.stages.length
        ? null
        : look(before, stages, now()).state,
    )
  }
  const lookAtAll = async (): Promise<void> => {
    for (const id of known.keys()) if (!closed) await lookAt(id)
  }

  let busy: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | null = null
  const schedule = (waitMs: number): void => {
    if (closed) return
    timer = setTimeout(() => {
      const begun = clock.now()
      busy = lookAtAll()
        .catch(onProblem)
        .finally(() => schedule(Math.max(lookEveryMs, restTimes * (clock.now() - begun))))
    }, waitMs)
    timer.unref()
  }
  const refreshing = setInterval(() => void refresh().catch(onProblem), refreshMs)
  refreshing.unref()
  const unheard = state.subscribe(channel, () => void refresh().catch(onProblem))

  await refresh()
  await follow(definitions)
  schedule(lookEveryMs)

  return {
    assignment: (policy, caller, conversation, request) => {
      const held = policy.holdOut && heldOut(policy.name, policy.holdOut, caller, conversation, request)
      if (held) return held
      const experiment = byPolicy.get(policy.name)
      if (experiment === undefined) return null
      if (experiment.winner !== null) return { serve: experiment.winner, mark: null }
      const unit = unitOf(experiment.definition, caller, conversation, request)
      const mark = assign(experiment, caller, unit)
      return mark && { serve: mark.arm, mark }
    },
    list: () => [...known.values()].map(({ state: one }) => one),
    find: (id) => known.get(id)?.state ?? null,
    begin: async (definition) => {
      const running = byPolicy.get(definition.policy)
      if (running?.status === 'running' && running.definition.id !== definition.id)
        throw new ExperimentError(
          'conflict',
          `${definition.policy} takes part in ${running.definition.id}. End it first.`,
        )
      const begun = await change(definition.id, (before) => {
        if (before?.status === 'running')
          throw new ExperimentError(
            'conflict',
            `${definition.id} runs already. End it first, or choose another id.`,
          )
        return beginExperiment(definition, now())
      })
      return begun!
    },
    end: async (id, how, winner, who) => {
      const done = await change(id, (before) => {
        if (before === null) throw new ExperimentError('not_found', `There is no experiment ${id}.`)
        const { control, arms } = before.definition
        const to = winner ?? (how === 'promoted' ? (arms[0]?.policy ?? control) : control)
        if (to !== control && !arms.some(({ policy }) => policy === to))
          throw new ExperimentError('not_found', `${to} is no arm of ${id}.`)
        return ended(before, how, to, now(), `${how} by ${who}: all requests go to ${to}`)
      })
      return done!
    },
    look: async () => {
      await busy
      await refresh()
      await lookAtAll()
    },
    follow,
    close: async () => {
      closed = true
      clearInterval(refreshing)
      if (timer !== null) clearTimeout(timer)
      unheard()
      await busy
    },
  }
}

/** By session where there is one, so that a conversation is not torn between two models. */
function heldOut(
  policy: string,
  { share, model }: HoldOut,
  caller: Caller,
  conversation: string | null,
  request: string,
): { readonly serve: string; readonly mark: ExperimentMark } | null {
  const id = holdOutOf(policy)
  const unit = caller.session ?? conversation ?? request
  return placeOf(id, unit) < share ? { serve: model, mark: { id, arm: 'baseline', unit } } : null
}

async function* gradedDecisions(
  store: Pick<Store, 'decisions' | 'feedbackOn'>,
  { definition, stages }: ExperimentState,
): AsyncGenerator<StoredDecision & { readonly score: number | null }> {
  const since = stages[0]?.beganAt ?? null
  let after: Pick<Decision, 'time' | 'id'> | null = null
  for (let read = 0; read < mostDecisions; read += pageSize) {
    const filter = { since, policy: null, experiment: definition.id, limit: pageSize, after }
    const page: readonly StoredDecision[] = await store.decisions(filter)
    const said = await store.feedbackOn(page.map(({ decision }) => decision.id))
    const byDecision = new Map<string, Feedback[]>()
    for (const one of said)
      if (one.about.kind === 'decision')
        byDecision.set(one.about.decision, [...(byDecision.get(one.about.decision) ?? []), one])
    for (const one of page) yield { ...one, score: scoreOf(byDecision.get(one.decision.id) ?? []) }
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = last.decision
    // Requests go first.
    await nextTurn()
  }
}

function readState({ id, version, text }: Document): readonly [string, Known] | null {
  try {
    return [id, { version, state: JSON.parse(text) as ExperimentState }]
  } catch {
    return null
  }
}

const beginningOf = ({ state }: Known): string => state.stages[0]?.beganAt ?? ''
const byBeginning = (a: Known, b: Known): number => (beginningOf(a) < beginningOf(b) ? -1 : 1)

const same = (one: ExperimentDefinition, other: ExperimentDefinition): boolean =>
  JSON.stringify(one) === JSON.stringify(other)
