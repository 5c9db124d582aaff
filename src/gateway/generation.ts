/** All that one configuration makes of a gateway. A new one takes its place whole; requests under way finish on the old. */

import type { Consultants } from '../domain/consultant.ts'
import type { Model } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import type { Decider } from './decider.ts'

export type Generation = {
  readonly decider: Decider
  readonly engine: AttemptEngine
  readonly consultants: Consultants
  readonly policies: readonly Policy[]
  readonly models: readonly Model[]
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
      if (before.users === 0) void before.generation.decider.close()
    },
    close: () => reign.generation.decider.close(),
  }
}

function reignOf(generation: Generation): Reign {
  const reign: Reign = {
    generation,
    users: 0,
    over: false,
    release: () => {
      reign.users--
      if (reign.over && reign.users === 0) void generation.decider.close()
    },
  }
  return reign
}
