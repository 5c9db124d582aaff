/** Policies that send requests to models and to other policies. */

import { expectedUsd } from '../domain/candidate.ts'
import { type ModelId, modelId } from '../domain/model.ts'
import type { Policy } from '../domain/policy.ts'
import type { Choosing, NestedTurn, StepResult, TextEmbedder } from '../domain/strategy.ts'
import { waysOver } from '../domain/ways.ts'
import type { NestedAccount, SpentThrough } from '../strategies/strategy.ts'
import type { Path } from './faults.ts'
import { type KnownModels, usable } from './resolve-fallbacks.ts'
import type { PolicyFields, AnyStrategy } from './schema.ts'

export const union = <T>(first: readonly T[], second: readonly T[]): readonly T[] => [
  ...new Set([...first, ...second]),
]

/** What is prepared holds for one encoder: another is in use after a reload, while one outside fails, or when it has read more. */
export function chooseWith(
  strategy: AnyStrategy,
  options: Readonly<Record<string, unknown>>,
  nested: readonly Policy[],
): Pick<Policy, 'choose' | 'prepare'> {
  const to = waysOver(new Map(nested.map((policy) => [policy.name, accounted(policy)])))
  const { prepare } = strategy
  if (!prepare)
    return { choose: (turn) => strategy.choose(turn, options as never, { to, prepared: undefined as never }) }
  const prepared = new Map<TextEmbedder | null, unknown>()
  const preparedFor = (embedder: TextEmbedder | null): unknown => {
    if (!prepared.has(embedder)) {
      if (prepared.size >= mostEncoders) prepared.clear()
      prepared.set(embedder, prepare(options as never, embedder))
    }
    return prepared.get(embedder)
  }
  return {
    choose: (turn) =>
      strategy.choose(turn, options as never, { to, prepared: preparedFor(turn.embedder) as never }),
    prepare: (embedder) => void preparedFor(embedder),
  }
}

const mostEncoders = 4

/** A policy within another goes by its own budget, and what it spends is noted beside it. One that has none goes by the budget around it. */
const accounted = (policy: Policy): Policy =>
  policy.budget === null
    ? policy
    : {
        ...policy,
        choose: (turn) => {
          const account = accountOf(turn.nested[policy.name])
          return account
            ? noted(policy.choose({ ...turn, budget: account.budget }), account.through)
            : policy.choose(turn)
        },
      }

const accountOf = (nested: NestedTurn | undefined): NestedAccount | null =>
  nested !== undefined && 'through' in nested ? (nested as NestedAccount) : null

function* noted(choosing: Choosing, through: SpentThrough): Choosing {
  let results: StepResult = []
  for (;;) {
    const next = choosing.next(results)
    if (next.done) {
      if (next.value.kind === 'forward') through.to = next.value.to
      return next.value
    }
    results = yield next.value
    for (const result of results) through.usd += paidFor(result)
  }
}

/** A price that nobody knows counts as expected; who was cut short may have been paid in full. */
function paidFor(result: StepResult[number]): number {
  if (result.kind !== 'answered' && result.kind !== 'cancelled') return 0
  const usd = result.kind === 'answered' ? result.usd : null
  const expected = usd ?? expectedUsd(result.candidate)
  return Number.isFinite(expected) ? expected : 0
}

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
