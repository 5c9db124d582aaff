import type { Secret } from '../../domain/secret.ts'
import type { EventKind } from '../events.ts'

export type WebhookSettings = {
  /** A secret: what is in its path or its query often opens a chat room to whoever has it. */
  readonly url: Secret
  readonly events: readonly EventKind[]
  /** Signs what is sent; `null`: it is not signed. */
  readonly secret: Secret | null
  /** `slack`: nothing but `text`, which is all that chat rooms take. */
  readonly form: 'standard' | 'slack'
  /** Time for one call. */
  readonly timeoutMs: number
  /** Calls for one event, the first included. */
  readonly attempts: number
}

/** What somebody wants to hear who names no events: what people have to see to. */
export const defaultWebhookEvents: readonly EventKind[] = [
  'budget-alert',
  'alarm',
  'breaker-changed',
  'state-degraded',
  'state-recovered',
  'store-problem',
  'config-reloaded',
  'experiment-changed',
]
