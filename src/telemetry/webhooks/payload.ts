import type { TelemetryEvent } from '../events.ts'
import { sentenceOf } from '../sentence-of.ts'
import { withoutCredentials } from '../without-credentials.ts'
import type { WebhookSettings } from './settings.ts'

const longestText = 3000

/** The body of a call: JSON. What clients and models said is left out. */
export function payloadOf(
  event: TelemetryEvent,
  at: number,
  id: string,
  { form }: Pick<WebhookSettings, 'form'>,
): string {
  const text = withoutCredentials(`Fairlead: ${sentenceOf(event)}`).slice(0, longestText)
  if (form === 'slack') return JSON.stringify({ text })
  const body = {
    id,
    type: `fairlead.${event.kind}`,
    timestamp: new Date(at).toISOString(),
    text,
    data: unspoken(event),
  }
  return withoutCredentials(JSON.stringify(body))
}

/** An event without its kind, and without anybody's words. */
function unspoken(event: TelemetryEvent): object {
  switch (event.kind) {
    case 'finished':
      return { decision: event.decision, outcome: event.outcome }
    case 'feedback': {
      const { comment: _comment, correction: _correction, ...feedback } = event.feedback
      return { feedback, ...(event.decision === undefined ? {} : { decision: event.decision.id }) }
    }
    default: {
      const { kind: _kind, ...data } = event
      return data
    }
  }
}
