/**
 * What happens in a gateway, as one union, and where it is told to whom. Telling is synchronous and cheap, and nothing that
 * listens can keep a request waiting, or break it.
 */

import type { Answer } from '../domain/answer.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import type { Feedback } from '../domain/feedback.ts'
import type { Request } from '../domain/request.ts'
import type { Caller } from '../domain/virtual-key.ts'

/** What a client asked, beside what its decision records. Held while the request is served, and stored nowhere. */
export type Asked = {
  readonly operation: 'chat' | 'embeddings' | 'text_completion'
  /** `null`: not known; without it spans have no sampling parameters and no content. */
  readonly request: Request | null
  /** The client's own `traceparent` header, as it came. */
  readonly traceparent: string | null
  /** Of a prompt that is kept elsewhere, where the client names one. */
  readonly prompt: { readonly name: string; readonly version: string | null } | null
}

export type TelemetryEvent =
  | {
      readonly kind: 'decided'
      readonly decision: Decision
      /** How usual the prompt is among those that the router was trained on, 0 to 1 (alarms/familiarity.ts). */
      readonly familiarity?: number
    }
  | {
      readonly kind: 'finished'
      readonly decision: Decision
      readonly outcome: Outcome
      readonly asked?: Asked
      /** The whole answer, where it is at hand. Leaves the process only where content is allowed to. */
      readonly answer?: Answer
    }
  | {
      readonly kind: 'refused-at-the-door'
      readonly reason: 'key' | 'rate' | 'budget' | 'access'
      /** `null`: nobody that is known. */
      readonly caller: Caller | null
    }
  | {
      readonly kind: 'budget-alert'
      /** Whose limit it is, as in `team:search` or `all`. */
      readonly account: string
      /** The share of the limit, 0 to 1, that has been reached. */
      readonly share: number
      /** In the limit's own unit: dollars or tokens. */
      readonly spent: number
      readonly limit: number
      readonly unit?: 'usd' | 'tokens'
    }
  | {
      readonly kind: 'breaker-changed'
      readonly name: string
      readonly state: 'closed' | 'open' | 'half-open'
    }
  | { readonly kind: 'cache'; readonly cache: 'exact' | 'semantic'; readonly result: CacheResult }
  | { readonly kind: 'feedback'; readonly feedback: Feedback; readonly decision?: Decision }
  | AlarmEvent
  | {
      readonly kind: 'tool-call'
      readonly server: string
      readonly tool: string
      readonly ok: boolean
      readonly latencyMs: number
    }
  /** Shared state (Redis) can't be reached: limits hold within this process alone. */
  | { readonly kind: 'state-degraded'; readonly why: string }
  | { readonly kind: 'state-recovered' }
  | { readonly kind: 'store-problem'; readonly what: 'not-written' | 'dropped'; readonly message: string }
  | { readonly kind: 'config-reloaded'; readonly ok: boolean; readonly message: string }
  | {
      readonly kind: 'experiment-changed'
      readonly id: string
      readonly state: string
      readonly sentence: string
    }

export type CacheResult = 'hit' | 'miss' | 'stored' | 'refused' | 'false-hit'

export type AlarmEvent = {
  readonly kind: 'alarm'
  /** One of a fixed list; `subject` says which policy or model it is about. */
  readonly name: string
  readonly subject: string
  readonly state: 'raised' | 'cleared'
  /** What was seen, in numbers, and what to do. */
  readonly message: string
  readonly numbers: Readonly<Record<string, number>>
}

export type EventKind = TelemetryEvent['kind']

export const eventKinds = [
  'decided',
  'finished',
  'refused-at-the-door',
  'budget-alert',
  'breaker-changed',
  'cache',
  'feedback',
  'alarm',
  'tool-call',
  'state-degraded',
  'state-recovered',
  'store-problem',
  'config-reloaded',
  'experiment-changed',
] as const satisfies readonly EventKind[]

/** Compiles only while the list above has every kind. */
export type UnlistedEventKind = Exclude<EventKind, (typeof eventKinds)[number]>
const everyKindIsListed: [UnlistedEventKind] extends [never] ? true : false = true
void everyKindIsListed

/** An event with its place in the stream, without request and answer. `at`: milliseconds since 1970. */
export type Seen = { readonly sequence: number; readonly at: number; readonly event: TelemetryEvent }

/** Takes events at once and must not wait; what it has to do takes place later, within bounds of its own. */
export type Sink = { readonly name: string; readonly take: (event: TelemetryEvent, at: number) => void }

/** `failures` counts from the start. Reported at the first, second, fourth, eighth… of a sink. */
export type SinkProblem = { readonly sink: string; readonly error: unknown; readonly failures: number }

export type Subscription = AsyncIterable<Seen> & {
  /** Events that were dropped because their reader was slow. */
  readonly dropped: () => number
  readonly close: () => void
}

export type Events = {
  /** Never throws and never waits. */
  readonly emit: (event: TelemetryEvent) => void
  /** Gives back what takes the sink off again. */
  readonly add: (sink: Sink) => () => void
  /** The last events, oldest first. */
  readonly recent: () => readonly Seen[]
  /** Events from now on, for one reader. While it is slow the newest are dropped and counted. */
  readonly subscribe: (options?: {
    readonly buffer?: number
    readonly kinds?: readonly EventKind[]
  }) => Subscription
  readonly counts: () => { readonly emitted: number; readonly failures: Readonly<Record<string, number>> }
}

export type EventsOptions = {
  readonly onProblem: (problem: SinkProblem) => void
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** How many of the last events are kept for readers of the live stream. */
  readonly ring?: number
  /** Readers at one time; more are refused. */
  readonly maxSubscribers?: number
}
