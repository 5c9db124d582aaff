import type { ResolvedConfig } from '../config/resolved.ts'
import type { Model } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement, Policy } from '../domain/policy.ts'
import { isHealthy, type TargetBook } from '../engine/attempts/model-targets.ts'
import { encoderId } from '../estimate/encoder-id.ts'
import { objectivesFor } from '../estimate/objective.ts'
import type { Router } from '../estimate/router.ts'
import { textEmbedder } from '../signals/text-embedder.ts'
import { createToolFilter } from '../tools/filter-tools.ts'
import { createToolSearch, type FindTools } from '../tools/find-tools.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import { familiarityOver } from '../telemetry/alarms/familiarity.ts'
import type { Estimates, Knowledge } from './consider.ts'
import { formatsOver } from './conversion-losses.ts'
import { createDecider, type Decider } from './decider.ts'
import { embeddingsAlone } from './embeddings.ts'
import { createExperience, type Experience } from './experience.ts'
import type { Learning } from './learning/learning.ts'
import { loadRouters, type Routers } from './load-routers.ts'
import { type ModelNames, modelNames } from './model-names.ts'
import type { ObjectiveOverrides } from './objective-overrides.ts'
import { observedLatency } from './observed-latency.ts'
import { openTextReader, type TextReader } from './text-reader.ts'
import { systemClock } from './system-clock.ts'
import { targetsOf } from './targets-of.ts'

/** Only what decides: no store, no connection to a model. @throws ArtefactError, TextModelError */
export async function openDecider(config: ResolvedConfig): Promise<Decider> {
  const state = openMemoryState({ clock: systemClock, report: () => {} })
  const experience = createExperience(config, systemClock, state)
  return (await openDeciders(config, experience, targetsOf(config, experience))).chat
}

type Deciders = { readonly chat: Decider; readonly embeddings: Decider; readonly findTools: FindTools }

export async function openDeciders(
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
  const estimates = (router: Router): Estimates => {
    const remembered = rememberedObjectives(poolOf, router)
    return {
      router,
      objective: objectives?.over(remembered) ?? remembered,
      embedder: textEmbedder(router.signals, encoderId(router.artefact.encoder)),
      familiarity: familiarityOver(router.artefact.reference.encodings, router.artefact.reference.size),
    }
  }
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
