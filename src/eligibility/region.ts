import { type Rule, vendorRefusal } from './rule.ts'

/** Every vendor that may be asked for the model computes where it may. Of whom nobody has said, nobody knows. */
export const region: Rule = {
  name: 'region',
  refuse: (candidate, circumstances) =>
    vendorRefusal(candidate, circumstances, ({ name, region: found, local }, { regions }) => {
      // What runs on one's own hardware goes nowhere, unless it is said to stand somewhere.
      if (regions === null || (found === undefined && local)) return null
      if (found === undefined)
        return `nothing is said of where its vendor ${name} computes (region), and ${regions.join(' or ')} is asked for`
      return regions.includes(found.toLowerCase())
        ? null
        : `its vendor ${name} computes in ${found}, and ${regions.join(' or ')} is asked for`
    }),
}
