/** How what is done beside the served path is told from what clients asked for: by the experiment that its decisions name. */

import type { DecisionId, ExperimentMark } from '../../domain/decision.ts'
import { asidePrefixes } from '../../domain/experiment.ts'
import type { Entry } from '../../governance/governor.ts'

/** A request of the gateway's own, made beside the served path. */
export type Aside = {
  /** In place of a client's: nobody's, on an account of its own. */
  readonly entry: Entry
  readonly mark: ExperimentMark
}

/** The unit is the decision that is judged. */
export const judgeMark = (by: string, judged: DecisionId): ExperimentMark => ({
  id: `${asidePrefixes.judge}${by}`,
  arm: by,
  unit: judged,
})

/** The unit is the decision that is shadowed. */
export const shadowMark = (name: string, by: string, shadowed: DecisionId): ExperimentMark => ({
  id: `${asidePrefixes.shadow}${name}`,
  arm: by,
  unit: shadowed,
})
