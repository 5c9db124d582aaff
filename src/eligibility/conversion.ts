import type { Rule } from './rule.ts'

/** What the request means survives on the way to the model's vendor, where the policy insists on that. */
export const conversion: Rule = {
  name: 'conversion',
  refuse: ({ id }, { lossOf }) => {
    const lost = lossOf?.(id) ?? null
    return lost === null
      ? null
      : `its vendor's format has no place for ${lost}, and the policy refuses what would change the answer (conversions)`
  },
}
