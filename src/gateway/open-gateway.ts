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
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import type { Store } from '../storage/store.ts'
import { createDecisionLog, type DecisionLogProblem } from '../telemetry/decision-log.ts'
import { wireFormats } from '../wire/index.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import type { Estimates, Knowledge } from './consider.ts'
import { formatsOver } from './conversion-losses.ts'
import { createDecider, type Decider } from './decider.ts'
import { embeddingsAlone, refusalsOf } from './embeddings.ts'
import { createExperience, type Experience, followRules } from './experience.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { type Generation, succession } from './generation.ts'
import { keepExperience } from './keep-experience.ts'
import { loadRouters, type Routers } from './load-routers.ts'
import { type ModelNames, modelNames } from './model-names.ts'
import { createReplies } from './replies.ts'
import { observedLatency } from './observed-latency.ts'
import { openTextReader, type TextReader } from './text-reader.ts'

export type OpenGatewayOptions = {
  readonly store: Store
  readonly onLogProblem: (problem: DecisionLogProblem) => void
  /** Seed of the simulated models. */
  readonly seed?: string
}

/** A gateway built from a resolved configuration. Owns the store from now on: `close` closes it. */
export async function openGateway(config: ResolvedConfig, options: OpenGatewayOptions): Promise<Gateway> {
  const experience = createExperience(config, systemClock)
  const http = createHttpTransport({
    ...defaultHttpTransportOptions,
    connectMs: config.reliability.connectMs,
  })
  const shared = { experience, http, seed: options.seed ?? 'fairlead' }
  const line = succession(await openGeneration(config, shared))
  const kept = await keepExperience(experience, options.store, systemClock)
  const log = createDecisionLog(options.store, { onProblem: options.onLogProblem })
  let replyRules = config.replies
  return createGateway({
    succession: line,
    experience,
    log,
    replies: createReplies(options.store, systemClock, () => replyRules),
    clock: systemClock,
    reload: async (changed) => {
      const next = await openGeneration(changed, shared)
      followRules(experience, changed)
      replyRules = changed.replies
      line.replace(next)
    },
    close: async () => {
      await log.close()
      await kept.close()
      await options.store.close()
      await http.close()
      await line.close()
    },
  })
}

/** The same over the decision log at `path`, `:memory:` for one that is gone with the process. @throws StoreError, ArtefactError */
export async function openStoredGateway(
  config: ResolvedConfig,
  { path = config.log.path, ...options }: Omit<OpenGatewayOptions, 'store'> & { readonly path?: string },
): Promise<Gateway> {
  const store = await openSqliteStore({ path })
  try {
    return await openGateway(config, { store, ...options })
  } catch (error) {
    await store.close()
    throw error
  }
}

/** What generations have in common: connections, and what was learnt. */
type Shared = { readonly experience: Experience; readonly http: Transport; readonly seed: string }

async function openGeneration(
  config: ResolvedConfig,
  { experience, http, seed }: Shared,
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
  const deciders = await decidersOf(config, experience, targets)
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
    policies: config.policies,
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
  const experience = createExperience(config, systemClock)
  return (await decidersOf(config, experience, targetsOf(config, experience))).chat
}

type Deciders = { readonly chat: Decider; readonly embeddings: Decider }

async function decidersOf(
  config: ResolvedConfig,
  experience: Experience,
  targets: TargetBook,
): Promise<Deciders> {
  const reader = await openTextReader(config, systemClock)
  try {
    const routers = await loadRouters(config.artefact, reader?.encoderId ?? null)
    const names = modelNames(config)
    const knowledge = {
      ...knowledgeOf(config, names, routers, experience, targets),
      outsideEmbedder: () => reader?.embedder() ?? null,
    }
    return {
      chat: deciderFor(config, names, knowledge, reader),
      embeddings: embeddingsDecider(config, routers, experience),
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
  return createDecider(names, { ...knowledge, outsideEmbedder: () => null }, systemClock)
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
): Omit<Knowledge, 'outsideEmbedder'> {
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
    objective: rememberedObjectives(poolOf, router),
    embedder: textEmbedder(router.signals, encoderId(router.artefact.encoder)),
  })
  return {
    ...estimates(routers.router),
    poolOf,
    model: names.model,
    experience,
    isHealthy: (model) => isHealthy(targets(model), systemClock.now()),
    now: systemClock.now,
    observedLatency: observedLatency(targets, systemClock.now),
    formatsOf: formatsOver((model) => config.targets.get(model) ?? []),
    vendorsOf: (model) => (config.targets.get(model) ?? []).map(({ vendor }) => vendor),
    overVectors: routers.overVectors && estimates(routers.overVectors),
  }
}

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
