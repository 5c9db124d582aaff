/** Context windows that models have shown to have, where they are smaller than the catalogue says. */

import { LRUCache } from 'lru-cache'
import { type Model, type ModelId, modelId } from '../../domain/model.ts'

export type ObservedWindows = {
  /** The smaller of what the catalogue says and what was seen. */
  readonly of: (model: Model) => number
  /** A vendor refused a prompt as too long, in these words. */
  readonly learn: (model: Model, message: string) => void
  readonly snapshot: (now: number) => readonly ObservedWindow[]
  /** Takes up what was known when the snapshot was taken, `elapsedMs` ago. What has been seen since goes before it. */
  readonly restore: (snapshot: readonly ObservedWindow[], elapsedMs: number) => void
}

/** Survives JSON. */
export type ObservedWindow = { readonly model: string; readonly tokens: number; readonly ageMs: number }

const mostModels = 1024
/** Vendors raise limits: what was seen is believed for a day. */
const believedMs = 24 * 3_600_000
/** A smaller number is a count of something else. */
const smallestWindow = 256

export function createObservedWindows(now: () => number): ObservedWindows {
  const seen = new LRUCache<ModelId, { readonly tokens: number; readonly at: number }>({ max: mostModels })
  return {
    of: ({ id, contextWindow }) => {
      if (seen.size === 0) return contextWindow
      const observed = seen.get(id)
      return observed !== undefined && now() - observed.at < believedMs
        ? Math.min(observed.tokens, contextWindow)
        : contextWindow
    },
    learn: ({ id, contextWindow }, message) => {
      const tokens = windowIn(message)
      if (tokens !== null && tokens < contextWindow) seen.set(id, { tokens, at: now() })
    },
    snapshot: (moment) =>
      [...seen.entries()].map(([model, { tokens, at }]) => ({ model, tokens, ageMs: moment - at })),
    restore: (snapshot, elapsedMs) => {
      for (const { model, tokens, ageMs } of snapshot.slice(0, mostModels)) {
        const id = modelId(model)
        if (!seen.has(id)) seen.set(id, { tokens, at: now() - ageMs - elapsedMs })
      }
    },
  }
}

/**
 * The window that a refusal names. Only where the words leave no doubt: limits of the answer's length and of tokens per
 * minute come in like sentences, and a window that is believed too small shuts a model off from prompts that it can read.
 */
export function windowIn(message: string): number | null {
  for (const pattern of patterns) {
    const tokens = Number(pattern.exec(message)?.[1]?.replaceAll(/[,_]/g, ''))
    if (tokens >= smallestWindow) return tokens
  }
  return null
}

const number = '(\\d[\\d,_]{2,11})'
const patterns: readonly RegExp[] = [
  new RegExp(`context (?:length|window|size)[^.\\d]{0,40}?(?:is|of|to|:)\\s*(?:only )?${number}`, 'i'),
  new RegExp(`maximum prompt length[^.\\d]{0,20}?(?:is|of|:)\\s*${number}`, 'i'),
  new RegExp(`prompt is too long: \\d[\\d,]* tokens > ${number} maximum`, 'i'),
  new RegExp(`exceeds the maximum number of tokens allowed \\(?${number}`, 'i'),
  new RegExp(`available context size \\(?${number}`, 'i'),
]
