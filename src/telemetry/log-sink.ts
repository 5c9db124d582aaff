import { usdOf } from '../domain/money.ts'
import type { Sink, TelemetryEvent } from './events.ts'
import type { Log } from './log.ts'
import { sentenceOf } from './sentence-of.ts'
import { shownText } from './without-credentials.ts'

const mostTags = 50

export type LogSinkOptions = {
  /** A line for every request that is over. */
  readonly requests: boolean
}

/** What people who read the log should know, and if they ask for it a line for each request. Nobody's words stand in it. */
export const logSink = (log: Log, { requests }: LogSinkOptions): Sink => ({
  name: 'log',
  take: (event) => {
    switch (event.kind) {
      case 'finished':
        if (requests) log.info(requestFields(event), 'request')
        break
      case 'alarm': {
        const { name, subject, state, numbers } = event
        const fields = { alarm: name, subject, state, ...numbers }
        if (state === 'raised') log.warn(fields, event.message)
        else log.info(fields, sentenceOf(event))
        break
      }
      case 'budget-alert':
      case 'state-degraded':
        log.warn(sentenceOf(event))
        break
      case 'breaker-changed':
      case 'state-recovered':
      case 'experiment-changed':
        log.info(sentenceOf(event))
        break
      // Reloads and troubles of the store are told where they happen; the others are too many.
      default:
        break
    }
  },
})

function requestFields({ decision, outcome }: Extract<TelemetryEvent, { kind: 'finished' }>) {
  const { caller } = decision
  let [inputTokens, outputTokens] = [0, 0]
  for (const { usage } of outcome.attempts) {
    inputTokens += usage.inputTokens
    outputTokens += usage.outputTokens
  }
  return {
    decision: decision.id,
    policy: decision.policy,
    asked: shownText(decision.askedModel),
    model: outcome.model,
    status: outcome.status,
    ...(outcome.failure === null ? {} : { failure: outcome.failure }),
    attempts: outcome.attempts.length,
    latencyMs: Math.round(outcome.latencyMs),
    firstContentMs: outcome.firstContentMs === null ? null : Math.round(outcome.firstContentMs),
    usd: outcome.cost === null ? null : usdOf(outcome.cost),
    inputTokens,
    outputTokens,
    ...(decision.cache === undefined ? {} : { cache: decision.cache }),
    ...(caller === undefined
      ? {}
      : {
          key: caller.key,
          team: caller.team,
          user: shownText(caller.user),
          session: shownText(caller.session),
          tags: caller.tags.slice(0, mostTags).map((tag) => shownText(tag)),
        }),
  }
}
