import { cascade } from './cascade.ts'
import { cheapest } from './cheapest.ts'
import { fixed } from './fixed.ts'
import { preferences } from './preferences.ts'
import { threshold } from './threshold.ts'
import { utility } from './utility.ts'
import { weighted } from './weighted.ts'

/** Every strategy that a policy may name. */
export const strategies = [fixed, weighted, cheapest, threshold, utility, preferences, cascade] as const
