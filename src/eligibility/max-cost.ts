import type { Rule } from './rule.ts'

/** The request is expected to stay within what may be spent on it. */
export const maxCost: Rule = {
  name: 'max-cost',
  refuse: ({ cost }, { maxCostUsd }) =>
    maxCostUsd !== null && cost.kind === 'known' && cost.usd.mean > maxCostUsd
      ? `it is expected to cost $${cost.usd.mean.toPrecision(2)}, over the limit of $${maxCostUsd}`
      : null,
}
