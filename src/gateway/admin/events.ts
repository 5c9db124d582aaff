import type { Seen, Subscription, TelemetryEvent } from '../../telemetry/events.ts'
import type { AdminCall, AdminParts, SentEvent } from './call.ts'
import { decisionLine } from './decisions.ts'

/** What happens, as it happens. */
export const eventCalls = ({ events }: AdminParts): readonly AdminCall[] => [
  {
    method: 'GET',
    path: '/events',
    run: async () => ({
      kind: 'events',
      open: () => {
        const subscription = events.subscribe()
        return { events: told(subscription), close: subscription.close }
      },
    }),
  },
]

async function* told(subscription: Subscription): AsyncGenerator<SentEvent> {
  for await (const seen of subscription) {
    const data = dataOf(seen)
    if (data !== null) yield { id: String(seen.sequence), event: seen.event.kind, data }
  }
}

const dataOf = ({ at, event }: Seen): unknown => {
  const told = shown(event)
  return told === null ? null : { at, ...told }
}

/** A finished request as lists show it: the whole story is a call of its own. What was asked and answered is nobody's to see here. */
function shown(event: TelemetryEvent): object | null {
  switch (event.kind) {
    case 'decided':
      return { decision: decisionLine({ decision: event.decision, outcome: null }) }
    case 'finished':
      return { decision: decisionLine({ decision: event.decision, outcome: event.outcome }) }
    case 'feedback':
      return { feedback: event.feedback }
    default:
      return event
  }
}
