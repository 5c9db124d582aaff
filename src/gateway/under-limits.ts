/** What keys and limits change in what there is to choose from. */

import type { Refusal } from '../domain/candidate.ts'
import { type Failure, failure } from '../domain/failure.ts'
import type { Objective } from '../domain/objective.ts'
import type { Policy } from '../domain/policy.ts'
import type { Circumstances } from '../eligibility/index.ts'
import type { Entry } from '../governance/governor.ts'

export const lawOf = ({ access, means }: Entry): Pick<Circumstances, 'allowedModels' | 'means'> => ({
  ...(access.length > 0 && { allowedModels: access.map(({ models }) => models) }),
  ...(means !== null && { means }),
})

/** Where money was no object it is one now: a cent for a point of quality. */
const leastLambda = 1

/** Past a soft limit a dollar is worth more than the policy says. */
export function squeezed(objective: Objective, entry: Entry | null): Objective {
  const squeeze = entry?.means?.squeeze ?? 1
  if (squeeze === 1) return objective
  const { mixture, ...rest } = objective
  return {
    ...rest,
    lambda: Math.max(objective.lambda, leastLambda) * squeeze,
    statedAs: `${objective.statedAs}, dollars x ${Math.round(squeeze)} past a soft limit`,
  }
}

/** Whoever is refused for want of money alone could have served. */
export function refusedByLimits(
  policy: Policy,
  refused: readonly Refusal[],
  { means }: Entry,
): Failure | null {
  if (means !== null && refused.some(({ rule }) => rule === 'budget')) return means.exhausted(Date.now())
  if (refused.length === 0 || refused.some(({ rule }) => rule !== 'access')) return null
  return failure(
    'rejected',
    `This key may use no model of \`${policy.name}\`. Ask for another model, or for a key that may use it.`,
    { code: 'model_not_allowed', param: 'model' },
  )
}
