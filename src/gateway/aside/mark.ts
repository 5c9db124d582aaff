/** How what is done beside the served path is told from what clients asked for: by the experiment that its decisions name. */

import type { Decision, DecisionId, ExperimentMark } from '../../domain/decision.ts'
import type { Entry } from '../../governance/governor.ts'

/** A request of the gateway's own, made beside the served path. */
export type Aside = {
  /** In place of a client's: nobody's, on an account of its own. */
  readonly entry: Entry
  readonly mark: ExperimentMark
}

const judging = 'judge '
const shadowing = 'shadow '

/** The unit is the decision that is judged. */
export const judgeMark = (by: string, judged: DecisionId): ExperimentMark => ({
  id: `${judging}${by}`,
  arm: by,
  unit: judged,
})

/** The unit is the decision that is shadowed. */
export const shadowMark = (name: string, by: string, shadowed: DecisionId): ExperimentMark => ({
  id: `${shadowing}${name}`,
  arm: by,
  unit: shadowed,
})

/** No client asked for it: it counts in the ledger, and nowhere where served traffic is counted, judged or learnt from. */
export const isAside = ({ experiment }: Pick<Decision, 'experiment'>): boolean =>
  experiment !== undefined && (experiment.id.startsWith(judging) || experiment.id.startsWith(shadowing))
