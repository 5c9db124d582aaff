import { autoMix } from './automix.ts'
import { barp } from './barp.ts'
import { budget } from './budget.ts'
import { cascade } from './cascade.ts'
import { cheapest } from './cheapest.ts'
import { confidentTeam } from './confident-team.ts'
import { ensemble } from './ensemble.ts'
import { family } from './family.ts'
import { firstGood } from './first-good.ts'
import { fixed } from './fixed.ts'
import { freeFirst } from './free-first.ts'
import { frugalGpt } from './frugalgpt.ts'
import { linUcb } from './linucb.ts'
import { llmClassifier } from './llm-classifier.ts'
import { matrix } from './matrix.ts'
import { preferences } from './preferences.ts'
import { reasoning } from './reasoning.ts'
import { routerModel } from './router-model.ts'
import { rules } from './rules.ts'
import { scorer } from './scorer.ts'
import { selfConsistency } from './self-consistency.ts'
import { semantic } from './semantic.ts'
import { slo } from './slo.ts'
import { steps } from './steps.ts'
import { team } from './team.ts'
import { thompson } from './thompson.ts'
import { threshold } from './threshold.ts'
import { thresholdedCascade } from './thresholded-cascade.ts'
import { tiers } from './tiers.ts'
import { utility } from './utility.ts'
import { weighted } from './weighted.ts'

/** Every strategy that a policy may name. */
export const strategies = [
  fixed,
  weighted,
  cheapest,
  threshold,
  utility,
  linUcb,
  thompson,
  barp,
  preferences,
  cascade,
  thresholdedCascade,
  frugalGpt,
  autoMix,
  budget,
  reasoning,
  rules,
  matrix,
  semantic,
  tiers,
  slo,
  family,
  freeFirst,
  ensemble,
  selfConsistency,
  firstGood,
  llmClassifier,
  scorer,
  routerModel,
  team,
  confidentTeam,
  steps,
] as const
