import type { Rule } from './rule.ts'

/** A strategy that compares costs never guesses one: an unknown price would look cheap. */
export const knownPrice: Rule = {
  name: 'known-price',
  refuse: ({ cost }, { needsCost, maxCostUsd }) =>
    cost.kind === 'unknown' && (needsCost || maxCostUsd !== null)
      ? `${cost.why}; set \`prices\` for it under \`models\` in the config`
      : null,
}
