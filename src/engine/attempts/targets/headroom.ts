import { headroomOf } from '../../health/load.ts'
import { smallest, type TargetChoice } from './target-choice.ts'

export const headroom: TargetChoice = {
  name: 'headroom',
  summary: "the one whose vendor's limits of rate leave most room",
  choose: (ready, choosing) =>
    smallest(ready, choosing, ({ health }) => -headroomOf(health.load, choosing.now)),
}
