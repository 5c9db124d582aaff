import { createHash } from 'node:crypto'
import { type ModelId, modelId } from '../domain/model.ts'
import type { ObjectiveStatement, Policy, StreamRecovery } from '../domain/policy.ts'
import { checkNames } from './check-names.ts'
import { alternatives, didYouMean } from './closest.ts'
import type { Path } from './faults.ts'
import { objectiveFields, statementOf } from './objective-fields.ts'
import type { ClassifierSettings } from './resolve-encoders.ts'
import {
  fallbacksOf,
  isKnown,
  type KnownModels,
  reportUnknown,
  unreachableRemedy,
  usable,
} from './resolve-fallbacks.ts'
import { chooseWith, isModelName, union, waysPool } from './resolve-ways.ts'
import { placeOf } from './place-of.ts'
import { attemptLimits } from './resolve-reliability.ts'
import { type AnyStrategy, defaultStrategy, type PolicyFields } from './schema.ts'
import { conditionsOf } from './vendor-conditions.ts'

/** A policy's fields as checked by the schema; which options there are depends on the strategy. */
export type PolicyEntry = PolicyFields & { readonly strategy?: string; readonly [option: string]: unknown }

export type PolicyContext = KnownModels & {
  readonly strategies: readonly AnyStrategy[]
  readonly classifiers: readonly ClassifierSettings[]
  /** The same of classifiers. */
  readonly excusedClassifiers: ReadonlySet<string>
  /** Names of the consultants that the file configures. */
  readonly consultants: readonly string[]
}

/**
 * A mean predicted over a reference sample is kept by traffic that is not that sample only within two or three points: to keep
 * 95 %, aim for 98 % (docs/decisions/2026-11-24-default-quality.md).
 */
const defaultObjective: ObjectiveStatement = { kind: 'quality', share: 0.98 }
const defaultDeadlineMs = 300_000
/** Another question than was asked gets another answer, and nobody would know. */
const defaultConversions = 'refuse'
/** docs/decisions/2026-11-24-stream-recovery.md says why. */
const defaultStreamRecovery: StreamRecovery = 'continue'

/** The file's policies, and `auto` where the file has none of that name. */
export function resolvePolicies(
  entries: Readonly<Record<string, PolicyEntry>>,
  context: PolicyContext,
): Policy[] {
  const all: Readonly<Record<string, PolicyEntry>> = 'auto' in entries ? entries : { auto: {}, ...entries }
  const resolved = new Map<string, Policy>()
  for (const name of Object.keys(all)) resolveNamed(name, all, { ...context, resolved, within: [] })
  return Object.keys(all).flatMap((name) => resolved.get(name) ?? [])
}

/** A policy may name others, which are resolved before it; `within` are those that wait for that. */
type Resolving = PolicyContext & {
  readonly resolved: Map<string, Policy>
  readonly within: readonly string[]
}

function resolveNamed(
  name: string,
  all: Readonly<Record<string, PolicyEntry>>,
  context: Resolving,
): Policy | null {
  const known = context.resolved.get(name)
  if (known) return known
  const entry = all[name]!
  const strategy = context.strategies.find((one) => one.name === (entry.strategy ?? defaultStrategy))
  // The schema has reported a strategy that is not known.
  if (!strategy) return null
  const policy = resolvePolicy(name, entry, strategy, all, context)
  context.resolved.set(name, policy)
  return policy
}

function resolvePolicy(
  name: string,
  entry: PolicyEntry,
  strategy: AnyStrategy,
  all: Readonly<Record<string, PolicyEntry>>,
  context: Resolving,
): Policy {
  const path = ['policies', name]
  const alias = context.models.aliases.get(name)
  // Meant, more likely than not: clients that ask for the model by this name are routed without a change of theirs.
  if (alias !== undefined)
    context.note(`policy ${name} answers in the place of ${alias}, which has that name too`)
  const options = optionsOf(entry, strategy)
  checkNames(options, entry, strategy, path, context)
  for (const fault of strategy.faults?.(options as never) ?? [])
    context.report([...path, ...fault.path], fault.message)
  const ways = strategy.ways?.(options as never) ?? []
  const nested = nestedPolicies(ways, name, entry, all, context)
  const advisers = (strategy.advisers?.(options as never) ?? []).map(modelId)
  for (const id of advisers) checkCallable(id, placeOf(id, entry, path), context)
  const consultants = strategy.consultants?.(options as never) ?? []
  const conditions = conditionsOf(entry, path, context)
  const settings = {
    strategy: strategy.name,
    pool: waysPool(entry, ways, nested, path, context) ?? poolOf(entry, strategy, options, path, context),
    advisers,
    consultants,
    budget: entry.budget ?? null,
    fallbacks: fallbacksOf(entry, path, context),
    objective: objectiveOf(entry, strategy, path, context),
    maxCostUsd: entry.maxCostUsd ?? null,
    deadlineMs: entry.deadlineMs ?? defaultDeadlineMs,
    limits: attemptLimits(entry),
    conversions: entry.conversions ?? defaultConversions,
    streamRecovery: entry.streamRecovery ?? defaultStreamRecovery,
    minTokensPerSecond: entry.minTokensPerSecond ?? null,
    ...(conditions && { vendors: conditions }),
    ...(entry.toolFilter && { toolFilter: entry.toolFilter }),
    hedging: entry.hedging ? { ...entry.hedging, afterMs: entry.hedging.afterMs ?? null } : null,
  }
  return {
    ...settings,
    name,
    version: hashOf({ ...settings, options, nested: nested.map(({ version }) => version) }),
    nested,
    texts: union(
      strategy.texts?.(options as never) ?? [],
      nested.flatMap(({ texts }) => texts),
    ),
    headers: union(
      strategy.headers?.(options as never) ?? [],
      nested.flatMap(({ headers }) => headers),
    ),
    needs: {
      quality: strategy.needs.quality || nested.some(({ needs }) => needs.quality),
      cost: strategy.needs.cost || nested.some(({ needs }) => needs.cost),
    },
    ...(strategy.betweenRounds?.(options as never) && { betweenRounds: true }),
    ...chooseWith(strategy, options, nested),
    ...learningOf(strategy, options),
    ...holdOutOf(entry, path, context),
  }
}

function holdOutOf({ holdOut }: PolicyEntry, path: Path, context: PolicyContext): Pick<Policy, 'holdOut'> {
  if (holdOut === undefined) return {}
  checkCallable(modelId(holdOut.model), [...path, 'holdOut', 'model'], context)
  return { holdOut }
}

function learningOf(
  strategy: AnyStrategy,
  options: Readonly<Record<string, unknown>>,
): Pick<Policy, 'learner' | 'explore'> {
  const learner = strategy.learner?.(options as never)
  const explore = strategy.explore?.(options as never)
  return { ...(learner && { learner }), ...(explore && { explore }) }
}

/** The policies among the ways; what is neither policy nor model is reported. */
function nestedPolicies(
  ways: readonly string[],
  name: string,
  entry: PolicyEntry,
  all: Readonly<Record<string, PolicyEntry>>,
  context: Resolving,
): readonly Policy[] {
  const path = ['policies', name]
  return [...new Set(ways)].flatMap((way) => {
    const place = placeOf(way, entry, path)
    if (isModelName(way)) {
      checkCallable(way, place, context)
      return []
    }
    if (!(way in all)) {
      const known = Object.keys(all)
      context.report(
        place,
        `${JSON.stringify(way)} is no policy. ${didYouMean(way, known, 'Name a policy of this file, or a model as vendor/name.')}`,
      )
      return []
    }
    const round = [...context.within, name]
    if (round.includes(way)) {
      context.report(
        place,
        `goes round in a circle: ${[...round.slice(round.indexOf(way)), way].join(' -> ')}. Let one of them choose among models.`,
      )
      return []
    }
    return resolveNamed(way, all, { ...context, within: round }) ?? []
  })
}

// The schema has parsed them: what it filled in by default is there.
const optionsOf = (entry: PolicyEntry, strategy: AnyStrategy): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.keys(strategy.options.shape).flatMap((name) => (name in entry ? [[name, entry[name]]] : [])),
  )

function poolOf(
  entry: PolicyEntry,
  strategy: AnyStrategy,
  options: Readonly<Record<string, unknown>>,
  path: Path,
  context: PolicyContext,
): readonly ModelId[] | 'all' {
  const named = strategy.models(options as never)
  if (named !== null) {
    if (entry.pool !== undefined)
      context.report(
        [...path, 'pool'],
        `the strategy ${strategy.name} names its models itself. Remove pool.`,
        'key',
      )
    for (const id of named) checkCallable(id, placeOf(id, entry, path), context)
    return named.map(modelId)
  }
  if (entry.pool === undefined || entry.pool === 'all') return 'all'
  const pool = usable(entry.pool, [...path, 'pool'], context)
  const known = entry.pool.filter((id) => isKnown(id, context))
  if (pool.length === 0 && known.length > 0)
    context.report(
      [...path, 'pool'],
      `none of its models can be reached. ${unreachableRemedy(modelId(known[0]!), context)}`,
    )
  return pool
}

/** A strategy can't do without the models that it names. */
function checkCallable(text: string, path: Path, context: PolicyContext): void {
  const id = modelId(text)
  if (!isKnown(text, context)) reportUnknown(text, path, context)
  else if (!context.models.models.some((model) => model.id === id))
    context.report(path, `${text} can't be reached. ${unreachableRemedy(id, context)}`)
}

function objectiveOf(
  entry: PolicyEntry,
  strategy: AnyStrategy,
  path: Path,
  context: PolicyContext,
): ObjectiveStatement {
  const { report } = context
  const heard = strategy.objectives ?? objectiveFields
  const written = [...new Set([...heard, ...objectiveFields])].filter((field) => entry[field] !== undefined)
  for (const field of written.filter((name) => !heard.includes(name)))
    report(
      [...path, field],
      `the strategy ${strategy.name} does not go by it${heard.length === 0 ? '' : `, but by ${alternatives(heard)}`}. Remove it.`,
      'key',
    )
  const [, second] = written
  if (second !== undefined)
    report(
      [...path, second],
      `${alternatives(written).replace(' or ', ' and ')} say the same thing in different ways. Keep one of them.`,
      'key',
    )
  const first = objectiveFields.find((field) => field === written[0])
  if (first === undefined) return defaultObjective
  if (first === 'strongShare') checkTwoModels(entry, strategy, path, context)
  return statementOf(first, entry)
}

/** Counted as written: a model that can't be reached today is no fault of the file. */
function checkTwoModels(
  entry: PolicyEntry,
  strategy: AnyStrategy,
  path: Path,
  { models, report }: PolicyContext,
): void {
  const named = strategy.models(optionsOf(entry, strategy) as never)
  if (named !== null) return
  const count =
    entry.pool === undefined || entry.pool === 'all' ? models.models.length : new Set(entry.pool).size
  if (count !== 2)
    report(
      [...path, 'strongShare'],
      `shares calls out between two models, and the pool has ${count}. Name two under pool, or write meanCost or quality instead.`,
      'key',
    )
}

/** Equal settings have equal hashes, in whatever order they were written. */
function hashOf(settings: unknown): string {
  const sorted = JSON.stringify(settings, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(sorted).digest('hex').slice(0, 12)
}
