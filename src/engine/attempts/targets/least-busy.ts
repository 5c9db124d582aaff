import { smallest, type TargetChoice } from './target-choice.ts'

export const leastBusy: TargetChoice = {
  name: 'least-busy',
  summary: 'the one with the fewest calls under way',
  choose: (ready, choosing) => smallest(ready, choosing, ({ health }) => health.load.inFlight),
}
