import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LocalModel } from '../config/surroundings.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Model, ModelId } from '../domain/model.ts'
import type { Objective } from '../domain/objective.ts'
import type { ObjectiveStatement, Policy } from '../domain/policy.ts'
import type { Clock, Transport } from '../domain/transport.ts'
import type { Target, Vendor } from '../domain/vendor.ts'
import { createAttemptEngine, defaultAttemptLimits } from '../engine/attempts/attempt-engine.ts'
import { ArtefactError } from '../estimate/artefact-file.ts'
import { objectivesFor } from '../estimate/objective.ts'
import { createRouter, type Router } from '../estimate/router.ts'
import { readRouterArtefact } from '../estimate/router-artefact.ts'
import { createHttpTransport } from '../providers/http-transport.ts'
import { listModels } from '../providers/list-models.ts'
import { createSimulatedTransport } from '../providers/simulated/transport.ts'
import { createTransport } from '../providers/transport.ts'
import type { Store } from '../storage/store.ts'
import { createDecisionLog, type DecisionLogProblem } from '../telemetry/decision-log.ts'
import { wireFormats } from '../wire/index.ts'
import type { Knowledge } from './consider.ts'
import { createDecider, type Decider } from './decider.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { type ModelNames, modelNames } from './model-names.ts'

export type OpenGatewayOptions = {
  readonly store: Store
  readonly onLogProblem: (problem: DecisionLogProblem) => void
  /** Seed of the simulated models. */
  readonly seed?: string
}

/** A gateway built from a resolved configuration. Owns the store from now on: `close` closes it. */
export async function openGateway(config: ResolvedConfig, options: OpenGatewayOptions): Promise<Gateway> {
  const router = await loadRouter(config.artefact)
  const transport = transportFor(config, options.seed ?? 'fairlead')
  const log = createDecisionLog(options.store, { onProblem: options.onLogProblem })
  const targets = targetsOf(config)
  return createGateway({
    decider: deciderFor(config, router),
    engine: createAttemptEngine({
      transport,
      formats: wireFormats,
      targetsOf: (model) => targets.get(model) ?? [],
      clock: systemClock,
      limits: defaultAttemptLimits,
    }),
    log,
    clock: systemClock,
    policies: config.policies,
    models: config.models,
    close: async () => {
      await log.close()
      await options.store.close()
      await transport.close()
    },
  })
}

const systemClock: Clock = { now: () => performance.now(), wall: () => new Date() }

/** Only what decides: no store, no connection. */
export async function openDecider(config: ResolvedConfig): Promise<Decider> {
  return deciderFor(config, await loadRouter(config.artefact))
}

function deciderFor(config: ResolvedConfig, router: Router): Decider {
  const names = modelNames(config)
  const knowledge = knowledgeOf(config, names, router)
  // Stated targets become lambdas now, so that no client waits for it.
  for (const policy of config.policies) knowledge.objective(policy, policy.objective)
  return createDecider(names, knowledge, systemClock)
}

/** The artefact that a configuration names, or the shipped one. @throws ArtefactError */
export async function loadRouter(artefact: string | null): Promise<Router> {
  const path = artefact ?? (await shippedArtefact())
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new ArtefactError(
      `The artefact ${path} can't be read (${error.code}). Name another under \`artefact\`, or make it with \`fairlead train\`.`,
    )
  })
  return createRouter(readRouterArtefact(bytes, path))
}

/** `artefacts/` stands beside `package.json`, above the built code as above the source. */
export async function shippedArtefact(): Promise<string> {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let level = 0; level < 5; level++) {
    const path = join(folder, 'artefacts', 'default.fairlead')
    if (existsSync(path)) return path
    folder = dirname(folder)
  }
  throw new ArtefactError(
    'The shipped router artefacts/default.fairlead is missing. Install Fairlead again, or name one under `artefact`.',
  )
}

function knowledgeOf(config: ResolvedConfig, names: ModelNames, router: Router): Knowledge {
  const pools = new Map<string, readonly Model[]>()
  const poolOf = (policy: Policy): readonly Model[] => {
    let pool = pools.get(policy.name)
    if (!pool) {
      pool = policy.pool === 'all' ? config.models : policy.pool.flatMap((id) => names.model(id) ?? [])
      pools.set(policy.name, pool)
    }
    return pool
  }
  return { router, poolOf, model: names.model, objective: rememberedObjectives(poolOf, router) }
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

function targetsOf({ models, vendors }: ResolvedConfig): ReadonlyMap<ModelId, readonly Target[]> {
  const reachable = new Map(vendors.map((reached) => [reached.vendor.name, reached]))
  return new Map(
    models.flatMap((model) => {
      const reached = reachable.get(model.vendor)
      if (!reached) return []
      const { vendor, credential, headers } = reached
      return [
        [model.id, [{ id: model.id, model, vendor, baseUrl: vendor.baseUrl, credential, headers }]] as const,
      ]
    }),
  )
}

function transportFor({ simulated }: ResolvedConfig, seed: string): Transport {
  return createTransport(
    createSimulatedTransport({ pace: simulated?.pace ?? 1, seed }),
    createHttpTransport(),
  )
}

/** Asks the local servers whose ports are their own which models they have. */
export async function findLocalModels(vendors: readonly Vendor[]): Promise<readonly LocalModel[]> {
  const found = await Promise.all(
    vendors
      .filter(({ ownPort }) => ownPort)
      .map(async (vendor) => (await listModels(vendor)).map((name) => ({ vendor: vendor.name, name }))),
  )
  return found.flat()
}
