import { dirname } from 'node:path'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Transport } from '../domain/transport.ts'
import type { Vendor } from '../domain/vendor.ts'
import { createAttemptEngine } from '../engine/attempts/attempt-engine.ts'
import { defaultAttemptLimits } from '../engine/attempts/limits.ts'
import { realPause } from '../engine/attempts/pause.ts'
import { openConsultants } from '../providers/consultants/index.ts'
import { openAiSdkTransport } from '../providers/ai-sdk/transport.ts'
import { createSimulatedTransport } from '../providers/simulated/transport.ts'
import { createTransport } from '../providers/transport.ts'
import { wireFormats } from '../wire/index.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import { embeddingsAlone, refusalsOf } from './embeddings.ts'
import type { Experience } from './experience.ts'
import type { Generation } from './generation.ts'
import type { Learning } from './learning/learning.ts'
import type { ObjectiveOverrides } from './objective-overrides.ts'
import { systemClock } from './system-clock.ts'
import { targetsOf } from './targets-of.ts'
import { openDeciders } from './open-deciders.ts'

/** What generations have in common: connections, and what was learnt. */
export type Shared = {
  readonly experience: Experience
  readonly http: Transport
  readonly learning: Learning
  readonly objectives: ObjectiveOverrides
  readonly seed: string
}

export async function openGeneration(
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
  const deciders = await openDeciders(config, experience, targets, learning, objectives)
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
