import type { DecisionLog } from './decision-log.ts'
import type { Sink } from './events.ts'

/** The decision log as one listener among others. */
export const decisionLogSink = (log: Pick<DecisionLog, 'decided' | 'finished'>): Sink => ({
  name: 'decision-log',
  take: (event) => {
    if (event.kind === 'decided') log.decided(event.decision)
    else if (event.kind === 'finished') log.finished(event.outcome)
  },
})
