/** Answers to prompts that mean the same: found by vectors, let through by the guard, and counted where they are false. */

import { LRUCache } from 'lru-cache'
import type { Awaitable, SharedState } from '../../storage/state/shared-state.ts'
import type { SemanticRules } from '../rules.ts'
import { createFalseHits, type FalseHitCounts, type FalseHits } from './false-hits.ts'
import { conflict } from './guard.ts'
import { type PromptFacts, promptFacts } from './prompt-facts.ts'
import { createVectorIndex, type VectorIndex } from './vector-index.ts'

export type SemanticQuestion = {
  readonly policy: string
  /** What else must be equal (single-turn.ts). */
  readonly partition: string
  readonly prompt: string
  /** ISO 639-1, or `und`. */
  readonly language: string
  /** Of unit length. */
  readonly vector: Float32Array
  readonly rules: SemanticRules
}

/** How a policy's semantic cache does, for administrators. */
export type SemanticStatus = FalseHitCounts & { readonly policy: string; readonly on: boolean }

export type SemanticCache = {
  /** Keys of answers to prompts that mean the same, nearest first; `guarded`: such as were near enough, and the guard refused. */
  readonly find: (question: SemanticQuestion) => Awaitable<SemanticFound>
  /** Under this key there is an answer to it. */
  readonly remember: (question: SemanticQuestion, key: string) => void
  /** A hit was answered by a model as well. True: the cache of its policy has turned itself off with this one. */
  readonly verified: (question: SemanticQuestion, isFalse: boolean) => boolean
  readonly status: () => readonly SemanticStatus[]
  /** On again, and counted anew. False: nothing is known of the policy. */
  readonly reset: (policy: string) => boolean
  readonly bytes: () => number
}

export type SemanticFound = { readonly hits: readonly SemanticHit[]; readonly guarded: boolean }
export type SemanticHit = { readonly key: string; readonly touch: () => void; readonly forget: () => void }

type Item = { readonly key: string; readonly facts: PromptFacts; readonly language: string }

export type SemanticBounds = {
  readonly bytes: number
  readonly partitions: number
  readonly policies: number
}
const usualBounds: SemanticBounds = { bytes: 64 * 2 ** 20, partitions: 10_000, policies: 1_000 }

/** So many of the nearest are looked at. */
const mostLooked = 8
/** An item beside its texts: its list and its objects. */
const itemBytes = 400
/** Other processes are told, and it is remembered for so long that it was turned off. */
const offMs = 30 * 24 * 60 * 60 * 1000
const channel = 'semantic-cache'
const offKey = (policy: string): string => `semantic-cache off ${policy}`

/** `most`: the share of false hits that its counts were begun for. */
type Watched = { readonly most: number; readonly falseHits: FalseHits; ready: Promise<void> | null }

export function createSemanticCache(
  state: Pick<SharedState, 'read' | 'write' | 'publish' | 'subscribe'>,
  bounds: SemanticBounds = usualBounds,
): SemanticCache {
  const partitions = new LRUCache<string, VectorIndex<Item>>({
    max: bounds.partitions,
    maxSize: bounds.bytes,
    sizeCalculation: (index) => index.bytes() + itemBytes,
  })
  const policies = new LRUCache<string, Watched>({ max: bounds.policies })

  const watch = (policy: string, { maxFalseHits }: SemanticRules): Watched => {
    const known = policies.get(policy)
    if (known?.most === maxFalseHits) return known
    const watched: Watched = {
      most: maxFalseHits,
      falseHits: createFalseHits(maxFalseHits),
      ready: null,
    }
    const learn = (text: string | null) => {
      if (text !== null) watched.falseHits.turnOff()
    }
    const text = state.read(offKey(policy))
    if (text instanceof Promise)
      watched.ready = text.then(learn).finally(() => {
        watched.ready = null
      })
    else learn(text)
    policies.set(policy, watched)
    return watched
  }

  state.subscribe(channel, (text) => {
    const [word, policy = ''] = text.split(' ', 2)
    const falseHits = policies.peek(policy)?.falseHits
    if (word === 'off') falseHits?.turnOff()
    else falseHits?.reset()
  })

  const search = ({ partition, prompt, language, vector, rules }: SemanticQuestion): SemanticFound => {
    const index = partitions.get(partition)
    if (index === undefined) return nothingFound
    const near = index.nearest(vector, rules.similarity, mostLooked)
    if (near.length === 0) return nothingFound
    const facts = promptFacts(prompt)
    const agreeing = near.filter(
      ({ item }) =>
        (rules.guard === 'words' || sameLanguage(item.language, language)) &&
        conflict(item.facts, facts, rules.guard) === null,
    )
    const hits = agreeing.map((one) => ({
      key: one.item.key,
      touch: () => index.touch(one),
      forget: () => index.remove(one),
    }))
    return { hits, guarded: hits.length === 0 }
  }

  return {
    find: (question) => {
      const { falseHits, ready } = watch(question.policy, question.rules)
      if (ready !== null) return ready.then(() => (falseHits.isOff() ? nothingFound : search(question)))
      return falseHits.isOff() ? nothingFound : search(question)
    },
    remember: ({ partition, prompt, language, vector, rules, policy }, key) => {
      // One that is off finds nothing, and need not keep what is never looked for.
      if (watch(policy, rules).falseHits.isOff()) return
      const index =
        partitions.get(partition) ?? createVectorIndex<Item>(vector.length, rules.maxEntries, bytesOf)
      const facts = promptFacts(prompt)
      for (const same of index.nearest(vector, sameText, mostLooked))
        if (same.item.key === key) index.remove(same)
      index.add(vector, { key, facts, language })
      partitions.set(partition, index)
    },
    verified: ({ policy, rules }, isFalse) => {
      const { falseHits } = watch(policy, rules)
      if (falseHits.isOff() || !falseHits.note(isFalse)) return false
      void state.write(offKey(policy), 'off', offMs)
      state.publish(channel, `off ${policy}`)
      return true
    },
    status: () =>
      [...policies.entries()].map(([policy, { falseHits }]) => ({
        policy,
        on: !falseHits.isOff(),
        ...falseHits.counts(),
      })),
    reset: (policy) => {
      const watched = policies.get(policy)
      if (watched === undefined) return false
      watched.falseHits.reset()
      void state.write(offKey(policy), '', 0)
      state.publish(channel, `on ${policy}`)
      return true
    },
    bytes: () => partitions.calculatedSize,
  }
}

const nothingFound: SemanticFound = { hits: [], guarded: false }

/** Vectors of one text, as floating point numbers have it. */
const sameText = 0.9999

const bytesOf = ({ key, facts }: Item): number => itemBytes + 2 * key.length + 6 * facts.chars

/** Short prompts often tell nothing of their language, or the wrong one: where all words must be the same, it says nothing more. */
const sameLanguage = (one: string, other: string): boolean =>
  one === other || one === 'und' || other === 'und'
