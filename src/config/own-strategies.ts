import { z } from 'zod'
import type { ReportFault } from './faults.ts'
import type { AnyStrategy } from './schema.ts'

/** Of a program's configuration alone: a file of YAML holds no strategies of your own. */
export const ownStrategySchema = z.custom<AnyStrategy>(isStrategy, {
  error:
    'is no strategy. Write one that `defineStrategy` of fairlead/strategies makes, in a configuration that is a program.',
})

/** The strategies that a policy may name: those that are known, and those that the configuration brings along. */
export function withOwnStrategies(
  value: unknown,
  known: readonly AnyStrategy[],
  report: ReportFault,
): readonly AnyStrategy[] {
  const own = (value as { readonly strategies?: unknown } | null)?.strategies
  if (!Array.isArray(own)) return known
  const all = [...known]
  for (const [index, strategy] of own.entries()) {
    // The schema reports what is none.
    if (!isStrategy(strategy)) continue
    if (all.some(({ name }) => name === strategy.name)) {
      const message = `There is a strategy ${JSON.stringify(strategy.name)} already. Give this one another name.`
      report(['strategies', index], message)
    } else all.push(strategy)
  }
  return all
}

function isStrategy(value: unknown): value is AnyStrategy {
  if (typeof value !== 'object' || value === null) return false
  const { name, options, choose } = value as Partial<AnyStrategy>
  const shaped = typeof options === 'object' && options !== null && typeof options.shape === 'object'
  return typeof name === 'string' && name !== '' && shaped && typeof choose === 'function'
}
