import { onTestFinished } from 'vitest'
import type { Model, ModelId } from '../../src/domain/model.ts'
import { seededDraw } from '../../src/domain/random.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { Clock, Transport } from '../../src/domain/transport.ts'
import type { Target, Vendor } from '../../src/domain/vendor.ts'
import {
  type AttemptEngine,
  type AttemptEngineParts,
  createAttemptEngine,
} from '../../src/engine/attempts/attempt-engine.ts'
import { defaultStreamRules, type Job, noDetours, noLimits } from '../../src/engine/attempts/call-target.ts'
import { defaultAttemptLimits, type EngineLimits } from '../../src/engine/attempts/limits.ts'
import { targetBook } from '../../src/engine/attempts/model-targets.ts'
import { realPause } from '../../src/engine/attempts/pause.ts'
import { createHealth, type Health } from '../../src/engine/health/health.ts'
import { createObservedWindows } from '../../src/engine/health/observed-windows.ts'
import { createHttpTransport } from '../../src/providers/http-transport.ts'
import { wireFormat, wireFormats } from '../../src/wire/index.ts'
import { aModel, aRequest } from './builders.ts'

export const aClock: Clock = { now: () => performance.now(), wall: () => new Date() }

export const aVendor = (changes: Partial<Vendor> = {}): Vendor => ({
  name: 'acme',
  title: 'Acme',
  format: 'openai-chat',
  baseUrl: 'http://127.0.0.1:1/v1',
  auth: { kind: 'bearer' },
  keyVariables: ['ACME_API_KEY'],
  local: false,
  ownPort: false,
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
  ...changes,
})

export function aTarget(changes: Partial<Target> & { readonly baseUrl: string }): Target {
  const model = changes.model ?? aModel()
  return {
    id: `${model.id}@1`,
    model,
    vendor: aVendor(),
    credential: new Secret('key-1'),
    headers: {},
    effort: null,
    weight: 1,
    limits: {},
    maxConcurrent: null,
    ...changes,
  }
}

/** An HTTP transport that is closed with the test. */
export function aTransport(): Transport {
  const transport = createHttpTransport()
  onTestFinished(() => transport.close())
  return transport
}

/** An engine over real HTTP. `baseUrls` of a model are its targets, in order; a model that is not named uses `baseUrl`. */
export function anEngine(options: {
  readonly baseUrl: string
  readonly baseUrls?: Readonly<Record<string, readonly string[]>>
  readonly models: readonly Model[]
  readonly limits?: Partial<EngineLimits>
  readonly clock?: Clock
  readonly transport?: Transport
  readonly health?: Health
  readonly parts?: Partial<AttemptEngineParts & { readonly targetsOf: TargetsOf }>
}): AttemptEngine {
  const {
    baseUrl,
    baseUrls = {},
    models,
    limits,
    clock = aClock,
    transport = aTransport(),
    health = createHealth(),
  } = options
  const plain: TargetsOf = (id) => {
    const model = models.find((one) => one.id === id)
    if (!model) return []
    return (baseUrls[id] ?? [baseUrl]).map((url, index) =>
      aTarget({ id: `${id}@${index + 1}`, model, baseUrl: url }),
    )
  }
  const { targetsOf = plain, ...parts } = options.parts ?? {}
  return createAttemptEngine({
    transport,
    formats: wireFormats,
    clock,
    windows: createObservedWindows(clock.now),
    draw: seededDraw('engine'),
    pause: realPause,
    limits: { ...defaultAttemptLimits, backoffMs: 20, ...limits },
    targets: targetBook(targetsOf, () => 'round-robin', health),
    ...parts,
  })
}

type TargetsOf = (model: ModelId) => readonly Target[]

export function aJob(changes: Partial<Job> & { readonly stream?: boolean } = {}): Job {
  const { stream = false, ...rest } = changes
  const now = aClock.now()
  return {
    request: aRequest({ stream }),
    original: null,
    clientFormat: wireFormat('openai-chat'),
    envelope: ({ vendorName }) => ({ id: 'one', created: 1, model: vendorName }),
    sealedBy: null,
    usageWanted: true,
    promptTokens: 12,
    startedAt: now,
    deadlineAt: now + 60_000,
    limits: noLimits,
    affinity: null,
    purse: null,
    detours: noDetours,
    streamRules: { ...defaultStreamRules, recovery: 'error' },
    hedging: null,
    sent: null,
    continuation: null,
    ...rest,
  }
}
