/** All that one configuration makes of a gateway. A new one takes its place whole; requests under way finish on the old. */

import type { CacheRules } from '../caching/rules.ts'
import type { PromptRule } from '../adaptation/rules.ts'
import type { Model } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import type { OpenedConsultants } from '../providers/consultants/index.ts'
import type { FindTools } from '../tools/find-tools.ts'
import type { Decider } from './decider.ts'
import type { Embeddings } from './embeddings.ts'

export type Generation = {
  readonly decider: Decider
  readonly engine: AttemptEngine
  readonly embeddings: Embeddings
  readonly consultants: OpenedConsultants
  readonly findTools: FindTools
  readonly policies: readonly Policy[]
  /** How requests are worded for models. */
  readonly prompts: readonly PromptRule[]
  /** Of the policies that have a cache, by name. */
  readonly caches: ReadonlyMap<string, CacheRules>
  /** Headers of requests that some policy reads, in lower case. */
  readonly headersRead: readonly string[]
  readonly models: readonly Model[]
  /** Those that turn texts into vectors; no policy chooses among them. */
  readonly embeddingsModels: readonly Model[]
}

/** The generation that serves, counting those who still use one that has been replaced. */
export type Succession = {
  readonly current: () => Generation
  /** The generation that serves a new request; `release` it when the request's reply is made. */
  readonly take: () => Taken
  /** From now on `next` serves. The one before is closed when nobody uses it any more. */
  readonly replace: (next: Generation) => void
  readonly close: () => Promise<void>
}

export type Taken = { readonly generation: Generation; readonly release: () => void }

type Reign = { readonly generation: Generation; users: number; over: boolean; readonly release: () => void }

export function succession(first: Generation): Succession {
  let reign = reignOf(first)
  return {
    current: () => reign.generation,
    take: () => {
      reign.users++
      return reign
    },
    replace: (next) => {
      const before = reign
      reign = reignOf(next)
      before.over = true
      if (before.users === 0) void closeGeneration(before.generation)
    },
    close: () => closeGeneration(reign.generation),
  }
}

async function closeGeneration({ decider, consultants }: Generation): Promise<void> {
  await Promise.all([decider.close(), consultants.close()])
}

function reignOf(generation: Generation): Reign {
  const reign: Reign = {
    generation,
    users: 0,
    over: false,
    release: () => {
      reign.users--
      if (reign.over && reign.users === 0) void closeGeneration(generation)
    },
  }
  return reign
}
