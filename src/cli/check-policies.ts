/** What `fairlead check` says of policies: how each chooses, from what, and whom it sends requests to or asks. */

import type { AnyStrategy } from '../config/schema.ts'
import type { ObjectiveStatement, Policy } from '../domain/policy.ts'
import { unreachable } from '../domain/unreachable.ts'
import { type Column, dollars, percent, table } from './table.ts'

type PolicyColumn = Column & {
  readonly cell: (policy: Policy) => string
  /** Left out where no policy has anything in it. */
  readonly optional?: true
}

const columns: readonly PolicyColumn[] = [
  { title: 'Policy', cell: ({ name }) => name },
  { title: 'Strategy', cell: ({ strategy }) => strategy },
  {
    title: 'Objective',
    cell: ({ needs, objective }) =>
      (needs.quality && needs.cost) || objective.kind === 'strong-share'
        ? objectiveText(objective)
        : 'none needed',
  },
  {
    title: 'Budget',
    optional: true,
    cell: ({ budget }) => (budget === null ? '' : `${dollars(budget.usd)} a ${budget.per}`),
  },
  { title: 'Pool', cell: ({ pool }) => (pool === 'all' ? 'all models' : pool.join(', ')) },
  {
    title: 'Sends on to',
    optional: true,
    cell: ({ nested }) => nested.map(({ name }) => name).join(', '),
  },
  {
    title: 'Asks',
    optional: true,
    cell: ({ advisers, consultants }) => [...advisers, ...consultants].join(', '),
  },
  { title: 'Reads', optional: true, cell: ({ headers }) => headers.join(', ') },
  {
    title: 'Fallbacks',
    cell: ({ fallbacks }) => fallbacks.providerFailure.join(', ') || 'the rest of the pool',
  },
  { title: 'Version', cell: ({ version }) => version },
]

export function policyTable(policies: readonly Policy[]): string {
  const shown = columns.filter(
    ({ optional, cell }) => !optional || policies.some((policy) => cell(policy) !== ''),
  )
  return table(
    shown,
    policies.map((policy) => shown.map(({ cell }) => cell(policy))),
  )
}

/** Every strategy that a policy may name, with the options it has. */
export const strategyTable = (strategies: readonly AnyStrategy[]): string =>
  table(
    [{ title: 'Strategy' }, { title: 'Options' }, { title: 'What it does' }],
    strategies.map(({ name, options, summary }) => [
      name,
      Object.keys(options.shape).join(', ') || 'none',
      summary,
    ]),
  )

export function objectiveText(objective: ObjectiveStatement): string {
  switch (objective.kind) {
    case 'quality':
      return `keep ${percent(objective.share)} of the best quality`
    case 'max-quality-loss':
      return `lose at most ${percent(objective.share)} of the best quality`
    case 'willingness-to-pay':
      return `${dollars(objective.usdPerTenPoints)} a request for ten points of quality`
    case 'mean-cost':
      return `${dollars(objective.usd)} a request on average`
    case 'strong-share':
      return `${percent(objective.share)} of calls to the strong model`
    case 'lambda':
      return objective.mixture
        ? `lambda ${objective.lambda}, for ${percent(objective.mixture.share)} of requests ${objective.mixture.lambda}`
        : `lambda ${objective.lambda}`
    default:
      return unreachable(objective)
  }
}
