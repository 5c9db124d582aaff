import { dirname } from 'node:path'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Model } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement, Policy } from '../domain/policy.ts'
import type { Clock, Transport } from '../domain/transport.ts'
import type { Vendor } from '../domain/vendor.ts'
import { createAttemptEngine } from '../engine/attempts/attempt-engine.ts'
import { defaultAttemptLimits } from '../engine/attempts/limits.ts'
import { isHealthy, type TargetBook, targetBook } from '../engine/attempts/model-targets.ts'
import { realPause } from '../engine/attempts/pause.ts'
import { encoderId } from '../estimate/encoder-id.ts'
import { objectivesFor } from '../estimate/objective.ts'
import type { Router } from '../estimate/router.ts'
import { openConsultants } from '../providers/consultants/index.ts'
import { openAiSdkTransport } from '../providers/ai-sdk/transport.ts'
import { createHttpTransport, defaultHttpTransportOptions } from '../providers/http-transport.ts'
import { createSimulatedTransport } from '../providers/simulated/transport.ts'
import { createTransport } from '../providers/transport.ts'
import { textEmbedder } from '../signals/text-embedder.ts'
import { createToolFilter } from '../tools/filter-tools.ts'
import { createToolSearch, type FindTools } from '../tools/find-tools.ts'
import type { BudgetAlert } from '../governance/alerts.ts'
import { createKeyBook } from '../governance/key-book.ts'
import { createGovernor } from '../governance/governor.ts'
import { openStore } from '../storage/open-store.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import type { Store } from '../storage/store.ts'
import { createEvents } from '../telemetry/create-events.ts'
import { createDecisionLog, type DecisionLogProblem } from '../telemetry/decision-log.ts'
import { familiarityOver } from '../telemetry/alarms/familiarity.ts'
import { knownOf } from '../telemetry/known.ts'
import type { Log } from '../telemetry/log.ts'
import { openTelemetry } from '../telemetry/open-telemetry.ts'
import { decisionLogSink } from '../telemetry/decision-log-sink.ts'
import type { Events, SinkProblem, TelemetryEvent } from '../telemetry/events.ts'
import { wireFormats } from '../wire/index.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import type { Estimates, Knowledge } from './consider.ts'
import { formatsOver } from './conversion-losses.ts'
import { createAdmin } from './admin/index.ts'
import { openAside } from './aside/open-aside.ts'
import { createDecider, type Decider } from './decider.ts'
import { embeddingsAlone, refusalsOf } from './embeddings.ts'
import { createExperience, type Experience, followRules } from './experience.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { openExperiments } from './experiments.ts'
import { createAuditLog } from './audit-log.ts'
import { createToolDesk } from './tool-desk.ts'
import { createFeedbackDesk } from './feedback.ts'
import { type Generation, succession } from './generation.ts'
import { keepExperience } from './keep-experience.ts'
import type { CalibrationRules } from './learning/correction/rules.ts'
import { createLearning, type Learning } from './learning/learning.ts'
import { loadRouters, type Routers } from './load-routers.ts'
import { type ModelNames, modelNames } from './model-names.ts'
import { createReplies } from './replies.ts'
import { createCacheDesk } from './response-cache.ts'
import { type ObjectiveOverrides, openObjectiveOverrides } from './objective-overrides.ts'
import { observedLatency } from './observed-latency.ts'
import { shareSessions } from './share-sessions.ts'
import { shareBreakers } from './share-breakers.ts'
import { keepRetention } from './retention.ts'
import { openState, type StateReport } from './open-state.ts'
import { openTextReader, type TextReader } from './text-reader.ts'

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
  let state: SharedState | null = null
  try {
    let tell: StateReport = options.onStateProblem ?? (() => {})
    state = await openState(config, inMemory ? null : path, systemClock, (problem) => tell(problem))
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

/** What generations have in common: connections, and what was learnt. */
type Shared = {
  readonly experience: Experience
  readonly http: Transport
  readonly learning: Learning
  readonly objectives: ObjectiveOverrides
  readonly seed: string
}

async function openGeneration(
  config: ResolvedConfig,
  { experience, http, learning, objectives, seed }: Shared,
): Promise<Generation> {
  const targets = targetsOf(config, experience)
  const simulated = createSimulatedTransport({ pace: config.simulated?.pace ?? 1, seed })
  const library = await openAiSdkTransport(vendorsOf(config), folderOf(config))
  const engine = {
    transport: createTransport({ simulated, http, library }),
    windows: experience.windows,
    clock: systemClock,
    limits: { ...defaultAttemptLimits, ...config.reliability.limits, ...config.reliability.load },
    draw: Math.random,
    pause: realPause,
  }
  const deciders = await decidersOf(config, experience, targets, learning, objectives)
  return {
    decider: deciders.chat,
    engine: createAttemptEngine({ ...engine, formats: wireFormats, targets }),
    embeddings: {
      decider: deciders.embeddings,
      engine: createAttemptEngine({
        ...engine,
        formats: [openaiEmbeddings],
        targets: targetsOf(embeddingsAlone(config), experience),
      }),
      refusalOf: refusalsOf(config),
    },
    consultants: openConsultants(config.consultants),
    findTools: deciders.findTools,
    policies: config.policies,
    prompts: config.prompts,
    caches: config.caches,
    headersRead: [...new Set(config.policies.flatMap(({ headers }) => headers))],
    models: config.models,
    embeddingsModels: config.embeddings.map(({ model }) => model),
  }
}

/** Of every target, whether or not the vendor is the model's own. */
const vendorsOf = ({ targets }: ResolvedConfig): readonly Vendor[] => [
  ...new Set([...targets.values()].flatMap((list) => list.map(({ vendor }) => vendor))),
]

const folderOf = ({ file }: ResolvedConfig): string => (file === null ? process.cwd() : dirname(file))

const targetsOf = ({ targets, targetChoices }: ResolvedConfig, { health }: Experience): TargetBook =>
  targetBook(
    (model) => targets.get(model) ?? [],
    (model) => targetChoices.get(model) ?? null,
    health,
  )

const systemClock: Clock = { now: () => performance.now(), wall: () => new Date() }

/** Only what decides: no store, no connection to a model. @throws ArtefactError, TextModelError */
export async function openDecider(config: ResolvedConfig): Promise<Decider> {
  const state = openMemoryState({ clock: systemClock, report: () => {} })
  const experience = createExperience(config, systemClock, state)
  return (await decidersOf(config, experience, targetsOf(config, experience))).chat
}

type Deciders = { readonly chat: Decider; readonly embeddings: Decider; readonly findTools: FindTools }

async function decidersOf(
  config: ResolvedConfig,
  experience: Experience,
  targets: TargetBook,
  learning: Learning | null = null,
  objectives: ObjectiveOverrides | null = null,
): Promise<Deciders> {
  const reader = await openTextReader(config, systemClock)
  try {
    const routers = await loadRouters(config.artefact, reader?.encoderId ?? null)
    const { artefact } = routers.overVectors ?? routers.router
    await learning?.prepare(config.policies, artefact)
    const names = modelNames(config)
    const knowledge = {
      ...knowledgeOf(config, names, routers, experience, targets, objectives),
      learning,
      outsideEmbedder: () => reader?.embedder() ?? null,
    }
    return {
      chat: deciderFor(config, names, knowledge, reader),
      embeddings: embeddingsDecider(config, routers, experience),
      findTools: createToolSearch(ownEmbedder(routers)),
    }
  } catch (error) {
    await reader?.close()
    throw error
  }
}

/** It decides nothing but that the model that was asked for is asked: no text model outside has to read the texts for it. */
function embeddingsDecider(config: ResolvedConfig, { router }: Routers, experience: Experience): Decider {
  const alone = embeddingsAlone(config)
  const names = modelNames(alone)
  const routers = { router, overVectors: null }
  const knowledge = knowledgeOf(alone, names, routers, experience, targetsOf(alone, experience))
  return createDecider(names, { ...knowledge, outsideEmbedder: () => null, learning: null }, systemClock)
}

function deciderFor(
  config: ResolvedConfig,
  names: ModelNames,
  knowledge: Knowledge,
  reader: TextReader | null,
): Decider {
  // Stated targets become lambdas now, so that no client waits for it.
  for (const { objective } of [knowledge, ...(knowledge.overVectors ? [knowledge.overVectors] : [])])
    for (const policy of config.policies) objective(policy, policy.objective)
  for (const policy of config.policies) policy.prepare?.(knowledge.embedder)
  return createDecider(names, knowledge, systemClock, reader)
}

function knowledgeOf(
  config: ResolvedConfig,
  names: ModelNames,
  routers: Routers,
  experience: Experience,
  targets: TargetBook,
  objectives: ObjectiveOverrides | null = null,
): Omit<Knowledge, 'outsideEmbedder' | 'learning'> {
  const pools = new Map<string, readonly Model[]>()
  const poolOf = (policy: Policy): readonly Model[] => {
    let pool = pools.get(policy.name)
    if (!pool) {
      pool = policy.pool === 'all' ? config.models : policy.pool.flatMap((id) => names.model(id) ?? [])
      pools.set(policy.name, pool)
    }
    return pool
  }
  const estimates = (router: Router): Estimates => ({
    router,
    objective: objectives?.over(rememberedObjectives(poolOf, router)) ?? rememberedObjectives(poolOf, router),
    embedder: textEmbedder(router.signals, encoderId(router.artefact.encoder)),
    familiarity: familiarityOver(router.artefact.reference.encodings, router.artefact.reference.size),
  })
  return {
    ...estimates(routers.router),
    // With vectors of its own: those of every request's words would push out the texts of policies.
    filterTools: createToolFilter(ownEmbedder(routers)),
    poolOf,
    model: names.model,
    experience,
    isHealthy: (model) => isHealthy(targets(model), systemClock.now()),
    now: systemClock.now,
    wall: () => systemClock.wall().getTime(),
    observedLatency: observedLatency(targets, systemClock.now),
    formatsOf: formatsOver((model) => config.targets.get(model) ?? []),
    vendorsOf: (model) => (config.targets.get(model) ?? []).map(({ vendor }) => vendor),
    overVectors: routers.overVectors && estimates(routers.overVectors),
  }
}

/** The built-in encoder's, with vectors of its own. */
const ownEmbedder = ({ router: { signals, artefact } }: Routers) =>
  textEmbedder(signals, encoderId(artefact.encoder))

/** Shares of quality are rounded to a thousandth: so many objectives, and no more, can be asked of a policy. */
const shareSteps = 1000

function rememberedObjectives(poolOf: Knowledge['poolOf'], router: Router): Knowledge['objective'] {
  const resolvers = new Map<string, (statement: ObjectiveStatement) => Objective>()
  const known = new Map<string, Objective>()
  return (policy, stated) => {
    const statement =
      stated.kind === 'quality'
        ? { ...stated, share: Math.round(stated.share * shareSteps) / shareSteps }
        : stated
    const key = `${policy.name} ${JSON.stringify(statement)}`
    const resolved = known.get(key)
    if (resolved) return resolved
    const resolve = resolvers.get(policy.name) ?? objectivesFor(poolOf(policy), router)
    resolvers.set(policy.name, resolve)
    const objective = resolve(statement)
    known.set(key, objective)
    return objective
  }
}

export { findLocalModels } from './find-local-models.ts'
