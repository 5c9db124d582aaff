import { type Rule, vendorRefusal } from './rule.ts'

/** Every vendor that may be asked for the model is one that the request and its policy allow. */
export const vendors: Rule = {
  name: 'vendors',
  refuse: (candidate, circumstances) =>
    vendorRefusal(candidate, circumstances, ({ name, quirks }, { only, ignore }) => {
      const asked = name.toLowerCase()
      if (ignore.includes(asked)) return `its vendor ${name} is to be left out (ignore)`
      // One that chooses among vendors itself is told the names, and keeps to them.
      return only === null || only.includes(asked) || quirks.providerField
        ? null
        : `its vendor ${name} is not among those that may serve (only ${only.join(', ')})`
    }),
}
