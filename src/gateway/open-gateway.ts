import type { ResolvedConfig } from '../config/resolved.ts'
import { createHttpTransport, defaultHttpTransportOptions } from '../providers/http-transport.ts'
import type { BudgetAlert } from '../governance/alerts.ts'
import { createKeyBook } from '../governance/key-book.ts'
import { createGovernor } from '../governance/governor.ts'
import { openStore } from '../storage/open-store.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import type { Store } from '../storage/store.ts'
import { createEvents } from '../telemetry/create-events.ts'
import { createDecisionLog, type DecisionLogProblem } from '../telemetry/decision-log.ts'
import { knownOf } from '../telemetry/known.ts'
import type { Log } from '../telemetry/log.ts'
import { openTelemetry } from '../telemetry/open-telemetry.ts'
import type { OtherProcesses } from '../telemetry/prometheus/index.ts'
import { decisionLogSink } from '../telemetry/decision-log-sink.ts'
import type { Events, SinkProblem, TelemetryEvent } from '../telemetry/events.ts'
import { createAdmin } from './admin/index.ts'
import { openAside } from './aside/open-aside.ts'
import { createExperience, type Experience, followRules } from './experience.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { openExperiments } from './experiments.ts'
import { createAuditLog } from './audit-log.ts'
import { createToolDesk } from './tool-desk.ts'
import { createFeedbackDesk } from './feedback.ts'
import { succession } from './generation.ts'
import { keepExperience } from './keep-experience.ts'
import type { CalibrationRules } from './learning/correction/rules.ts'
import { createLearning } from './learning/learning.ts'
import { createReplies } from './replies.ts'
import { createCacheDesk } from './response-cache.ts'
import { openObjectiveOverrides } from './objective-overrides.ts'
import { shareSessions } from './share-sessions.ts'
import { shareBreakers } from './share-breakers.ts'
import { keepRetention } from './retention.ts'
import { openState, type StateReport } from './open-state.ts'
import { systemClock } from './system-clock.ts'
import { openGeneration } from './open-generation.ts'

export type OpenGatewayOptions = {
  readonly store: Store
  /** What processes share; this process's memory alone, where nothing is said. */
  readonly state?: SharedState
  readonly onLogProblem: (problem: DecisionLogProblem) => void
  /** What goes wrong with limits and what else is shared. */
  readonly onStateProblem?: StateReport
  /** Where alarms and, if asked for, requests are told to people. */
  readonly processLog?: Log
  /** Of Fairlead, for metrics. */
  readonly version?: string
  /** Called with what the gateway tells its listeners by, before it serves. */
  readonly onReady?: (events: Events) => void
  /** What goes wrong with those who listen to what happens. */
  readonly onSinkProblem?: (problem: SinkProblem) => void
  /** Metrics of the processes that serve on the same port; absent: this one serves alone. */
  readonly otherProcesses?: OtherProcesses
  /** Seed of the simulated models. */
  readonly seed?: string
  /** How predictions of quality are corrected by feedback; absent: they are not. */
  readonly calibration?: CalibrationRules
}

/** A gateway built from a resolved configuration. Owns the store from now on: `close` closes it. */
export async function openGateway(config: ResolvedConfig, options: OpenGatewayOptions): Promise<Gateway> {
  const { store, onStateProblem = () => {}, onSinkProblem = () => {} } = options
  const state = options.state ?? openMemoryState({ clock: systemClock, report: onStateProblem })
  const experience = createExperience(config, systemClock, state)
  const http = createHttpTransport({
    ...defaultHttpTransportOptions,
    connectMs: config.reliability.connectMs,
  })
  let serving = config
  const learning = createLearning({
    store,
    state,
    clock: systemClock,
    onProblem: (error) => onSinkProblem({ sink: 'learning', error, failures: 1 }),
    calibration: () => options.calibration ?? serving.calibration,
  })
  const objectives = await openObjectiveOverrides({
    store,
    state,
    clock: systemClock,
    onProblem: (error) => onSinkProblem({ sink: 'objectives', error, failures: 1 }),
  })
  const shared = { experience, http, learning, objectives, seed: options.seed ?? 'fairlead' }
  const line = succession(await openGeneration(config, shared))
  const kept = await keepExperience(experience, store, systemClock)
  const events = createEvents({ onProblem: onSinkProblem })
  const log = createDecisionLog(store, {
    onProblem: (problem) => {
      events.emit({ kind: 'store-problem', what: problem.kind, message: messageOf(problem) })
      options.onLogProblem(problem)
    },
  })
  events.add(decisionLogSink(log))
  events.add(learning.sink)
  options.onReady?.(events)
  const telemetry = await openTelemetry({
    settings: settingsOf(config),
    known: knownOf(config),
    events,
    log: options.processLog ?? null,
    decisionLog: log,
    onProblem: (message) => onSinkProblem({ sink: 'telemetry', error: new Error(message), failures: 1 }),
    build: { version: options.version ?? 'unknown', node: process.version },
    ...(options.otherProcesses && { otherProcesses: options.otherProcesses }),
    oldestPrices: () => oldestPricesOf(serving),
    readings: { breakers: () => openBreakers(experience) },
  })
  const governor = createGovernor(config.governance, {
    store,
    state,
    clock: systemClock,
    onAlert: (alert) => events.emit(alertEvent(alert)),
  })
  const unheard = state.subscribe(keysChanged, governor.keys.forget)
  const breakers = shareBreakers(experience.health, state, systemClock)
  const sharedSessions = shareSessions(experience.sessions, state, systemClock)
  const keys = createKeyBook(store, systemClock, () => {
    governor.keys.forget()
    state.publish(keysChanged, '')
  })
  const onProblem = (sink: string) => (error: unknown) => onSinkProblem({ sink, error, failures: 1 })
  const audit = createAuditLog(store, onProblem('audit'))
  const retention = keepRetention(store, systemClock, () => serving.retentionDays, onProblem('retention'))
  const experiments = await openExperiments(config.experiments, {
    store,
    state,
    events,
    clock: systemClock,
    onProblem: onProblem('experiments'),
  })
  const feedback = createFeedbackDesk({
    store,
    events,
    clock: systemClock,
    flush: log.flush,
    onProblem: onProblem('feedback'),
  })
  const caches = createCacheDesk(state, systemClock, events)
  const aside = openAside({
    settings: config.aside,
    chat: (incoming, client) => gateway.chat(incoming, client),
    generation: line.current,
    governor,
    state,
    events,
    feedback,
    clock: systemClock,
    onProblem: onProblem('aside'),
  })
  const parts = {
    store,
    keys,
    experiments,
    objectives,
    learning,
    state,
    events,
    experience,
    succession: line,
    clock: systemClock,
  }
  const gateway = createGateway({
    succession: line,
    aside,
    caches,
    experience,
    sharedSessions,
    governor,
    experiments,
    learning,
    events,
    metrics: telemetry.metrics,
    admin: createAdmin({ ...parts, alarms: telemetry.alarms, config: () => serving }, onProblem('audit')),
    feedback,
    toolDesk: createToolDesk(governor, audit, events),
    findDecision: store.decision,
    replies: createReplies(store, systemClock, () => serving.replies),
    clock: systemClock,
    reload: async (changed) => {
      const next = await openGeneration(changed, shared)
      followRules(experience, changed)
      governor.use(changed.governance)
      serving = changed
      await experiments.follow(changed.experiments)
      await telemetry.follow(settingsOf(changed), knownOf(changed))
      line.replace(next)
      await aside.follow(changed.aside)
    },
    close: async () => {
      await aside.close()
      unheard()
      objectives.close()
      breakers.close()
      sharedSessions.close()
      await retention.close()
      await audit.close()
      await experiments.close()
      await telemetry.close()
      await log.close()
      await learning.close()
      await kept.close()
      await state.close()
      await store.close()
      await http.close()
      await line.close()
    },
  })
  return gateway
}

const settingsOf = ({ telemetry, log }: ResolvedConfig) => ({ ...telemetry, logRequests: log.requests })

function messageOf(problem: DecisionLogProblem): string {
  switch (problem.kind) {
    case 'not-written':
      return problem.error instanceof Error ? problem.error.message : String(problem.error)
    case 'dropped':
      return problem.why
  }
}

const openBreakers = ({ health }: Experience) =>
  health
    .snapshot(systemClock.now())
    .breakers.map(({ name, openForMs }) => ({ name, state: openForMs > 0 ? 'open' : 'half-open' }) as const)

/** The model whose prices were looked up longest ago; `null`: of none is the day known. */
function oldestPricesOf({ models, catalog }: ResolvedConfig) {
  const dated = models.flatMap(({ id }) => {
    const asOf = catalog.get(id)?.provenance.prices.asOf ?? null
    return asOf === null ? [] : [{ model: id as string, asOf }]
  })
  return dated.reduce<(typeof dated)[number] | null>(
    (oldest, one) => (oldest === null || one.asOf < oldest.asOf ? one : oldest),
    null,
  )
}

const toldAsEvents =
  (events: Events, tell: StateReport = () => {}): StateReport =>
  (problem) => {
    tell(problem)
    if (problem.kind === 'recovered') events.emit({ kind: 'state-recovered' })
    else events.emit({ kind: 'state-degraded', why: problem.reason })
  }

/** Where processes tell each other that keys were made or changed. */
const keysChanged = 'keys'

const alertEvent = ({ scope, name, share, spent, limit, unit }: BudgetAlert): TelemetryEvent => ({
  kind: 'budget-alert',
  account: scope === 'all' ? 'all' : `${scope}:${name}`,
  share,
  spent,
  limit,
  unit,
})

/** The same over the store and the state that the configuration names. @throws StoreError, StateError, ArtefactError */
export async function openStoredGateway(
  config: ResolvedConfig,
  {
    inMemory = false,
    ...options
  }: Omit<OpenGatewayOptions, 'store' | 'state'> & { readonly inMemory?: boolean },
): Promise<Gateway> {
  const storage = inMemory ? ({ kind: 'sqlite', path: ':memory:' } as const) : config.storage
  const store = await openStore(storage)
  const path = storage.kind === 'sqlite' ? storage.path : config.log.path
  const passing = inMemory || path === ':memory:'
  let state: SharedState | null = null
  try {
    let tell: StateReport = options.onStateProblem ?? (() => {})
    state = await openState(config, passing ? null : path, systemClock, (problem) => tell(problem))
    return await openGateway(config, {
      store,
      state,
      ...options,
      onReady: (events) => {
        tell = toldAsEvents(events, options.onStateProblem)
      },
    })
  } catch (error) {
    await state?.close()
    await store.close()
    throw error
  }
}
