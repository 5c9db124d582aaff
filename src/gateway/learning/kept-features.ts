import type { Policy } from '../../domain/policy.ts'
import type { Turn } from '../../domain/strategy.ts'
import type { RouterArtefact } from '../../estimate/router-artefact.ts'
import type { Learning } from './learning.ts'
import { roundedFeatures } from './lessons.ts'

/**
 * What is kept of a turn so that feedback can be learnt from when it comes. `null`: the policy does not learn, or a conversation
 * left it no choice: those who go on with one are not a fair sample of what a model would be asked.
 */
export function keptFeatures(
  learning: Pick<Learning, 'learns'> | null,
  policy: Policy,
  artefact: RouterArtefact,
  turn: Turn,
): readonly number[] | null {
  if (!policy.learner || turn.session?.held !== undefined) return null
  return learning?.learns(policy, artefact) ? roundedFeatures(policy.learner.features(turn)) : null
}
