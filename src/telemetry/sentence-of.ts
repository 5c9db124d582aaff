import { unreachable } from '../domain/unreachable.ts'
import type { TelemetryEvent } from './events.ts'

/** An event in one sentence, for a chat room or a log. Holds nothing that a client or a model said. */
export function sentenceOf(event: TelemetryEvent): string {
  switch (event.kind) {
    case 'decided': {
      const { policy, chosen, because } = event.decision
      return `${policy} chose ${chosen ?? 'no model'}: ${because}`
    }
    case 'finished':
      return finishedSentence(event)
    case 'refused-at-the-door':
      return `A request was turned away: ${refusals[event.reason]}.`
    case 'budget-alert': {
      const { account, share, spent, limit, unit = 'usd' } = event
      return `${account} has used ${percent(share)} of its budget: ${amount(spent, unit)} of ${amount(limit, unit)}.`
    }
    case 'breaker-changed':
      return `The breaker of ${event.name} is ${event.state}.`
    case 'cache':
      return `The ${event.cache} cache: ${event.result}.`
    case 'feedback': {
      const { metric, score, source } = event.feedback
      return `Feedback (${source}) on ${metric}: ${score === null ? 'no score' : score}.`
    }
    case 'alarm':
      return event.state === 'raised' ? event.message : `No longer: ${event.message}`
    case 'tool-call':
      return `${event.server}/${event.tool} ${event.ok ? 'answered' : 'failed'} after ${Math.round(event.latencyMs)} ms.`
    case 'state-degraded':
      return `Shared state is out of reach, and limits hold within this process alone: ${event.why}`
    case 'state-recovered':
      return 'Shared state can be reached again.'
    case 'store-problem':
      return `The decision log: ${event.message}`
    case 'config-reloaded':
      return event.ok
        ? `The configuration was reloaded. ${event.message}`.trim()
        : `The configuration could not be reloaded, and the old one goes on: ${event.message}`
    case 'experiment-changed':
      return `Experiment ${event.id} is ${event.state}. ${event.sentence}`
    default:
      return unreachable(event)
  }
}

function finishedSentence({ decision, outcome }: Extract<TelemetryEvent, { kind: 'finished' }>): string {
  const took = `${Math.round(outcome.latencyMs)} ms`
  const cost = outcome.cost === null ? 'unknown cost' : `$${(outcome.cost / 1e6).toFixed(6)}`
  switch (outcome.status) {
    case 'answered':
      return `${decision.policy}: ${outcome.model ?? 'nobody'} answered in ${took} for ${cost}.`
    case 'failed':
      return `${decision.policy}: failed after ${took} (${outcome.failure ?? 'unknown'}), ${cost}.`
    case 'cancelled':
      return `${decision.policy}: the client left after ${took}, ${cost}.`
    default:
      return unreachable(outcome.status)
  }
}

const refusals = {
  key: 'its key is missing, unknown or no longer valid',
  rate: 'over its rate limit',
  budget: 'over its budget',
  access: 'its key may not use that',
} as const

const percent = (share: number): string => `${Math.round(share * 100)} %`

const amount = (value: number, unit: 'usd' | 'tokens'): string =>
  unit === 'usd' ? `$${value.toFixed(2)}` : `${Math.round(value)} tokens`
