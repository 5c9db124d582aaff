/** Policies that send requests to models and to other policies. */

import { type ModelId, modelId } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import { waysOver } from '../domain/ways.ts'
import type { Path } from './faults.ts'
import { type KnownModels, usable } from './resolve-fallbacks.ts'
import type { PolicyFields, AnyStrategy } from './schema.ts'

export const union = <T>(first: readonly T[], second: readonly T[]): readonly T[] => [
  ...new Set([...first, ...second]),
]

/** What is prepared holds for one encoder: another is in use after a reload, or while one outside fails. */
export function chooseWith(
  strategy: AnyStrategy,
  options: Readonly<Record<string, unknown>>,
  nested: readonly Policy[],
): Policy['choose'] {
  const to = waysOver(new Map(nested.map((policy) => [policy.name, policy])))
  const { prepare } = strategy
  if (!prepare) return (turn) => strategy.choose(turn, options as never, { to, prepared: undefined as never })
  const prepared = new Map<string | null, unknown>()
  return (turn) => {
    const key = turn.embedder?.id ?? null
    if (!prepared.has(key)) {
      if (prepared.size >= mostEncoders) prepared.clear()
      prepared.set(key, prepare(options as never, turn.embedder))
    }
    return strategy.choose(turn, options as never, { to, prepared: prepared.get(key) as never })
  }
}

const mostEncoders = 4

export const isModelName = (name: string): boolean => name.includes('/')

/** `null`: the strategy has no ways, or the policy has a pool of its own. */
export function waysPool(
  entry: PolicyFields,
  ways: readonly string[],
  nested: readonly Policy[],
  path: Path,
  context: KnownModels,
): readonly ModelId[] | 'all' | null {
  if (ways.length === 0) return null
  const written =
    entry.pool === undefined || entry.pool === 'all' ? [] : usable(entry.pool, [...path, 'pool'], context)
  if (entry.pool === 'all' || nested.some(({ pool }) => pool === 'all')) return 'all'
  const named = ways.filter(isModelName).map(modelId)
  return union(written, [...named, ...nested.flatMap(({ pool }) => pool as readonly ModelId[])])
}
