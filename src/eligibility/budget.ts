import type { Rule } from './rule.ts'

/** Last, so that whoever is refused by it could have served: then what is missing is money. */
export const budget: Rule = {
  name: 'budget',
  refuse: ({ id, cost, outputTokens }, { means, signals }) => {
    if (means === undefined) return null
    if (means.leftUsd < Number.POSITIVE_INFINITY) {
      if (cost.kind === 'unknown') return `what ${id} costs is not known, and dollars are limited`
      if (cost.usd.mean > means.leftUsd)
        return `it is expected to cost $${cost.usd.mean.toPrecision(2)}, and $${means.leftUsd.toPrecision(2)} are left`
    }
    const tokens = signals.inputTokens + outputTokens.mean
    return tokens > means.leftTokens
      ? `about ${Math.round(tokens)} tokens are expected, and ${Math.floor(means.leftTokens)} are left`
      : null
  },
}
