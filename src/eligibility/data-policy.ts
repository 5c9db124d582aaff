import type { DataPolicy } from '../domain/routing-options.ts'
import type { DataCollection, Vendor } from '../domain/vendor.ts'
import { type Rule, vendorRefusal } from './rule.ts'

const allowed: Readonly<Record<Exclude<DataPolicy, 'any'>, readonly DataCollection[]>> = {
  'no-training': ['none', 'kept'],
  'zero-retention': ['none'],
}

/** Every vendor that may be asked for the model does no more with what it is sent than it may. Of whom nobody has said, nobody knows. */
export const dataPolicy: Rule = {
  name: 'data-policy',
  refuse: (candidate, circumstances) =>
    vendorRefusal(candidate, circumstances, (vendor, { data }) => {
      const found = collectionOf(vendor)
      if (data === 'any' || (found !== undefined && allowed[data].includes(found))) return null
      return found === undefined
        ? `nothing is said of what its vendor ${vendor.name} does with data (dataCollection), and ${data} is asked for`
        : `its vendor ${vendor.name} ${found === 'kept' ? 'keeps what it is sent' : 'may train on what it is sent'}, and ${data} is asked for`
    }),
}

/** What runs on one's own hardware goes nowhere. */
const collectionOf = ({ dataCollection, local }: Vendor): DataCollection | undefined =>
  dataCollection ?? (local ? 'none' : undefined)
