import type { Brand } from './brand.ts'
import type { DecisionId } from './decision.ts'
import { unreachable } from './unreachable.ts'

export type FeedbackId = Brand<string, 'FeedbackId'>

export const feedbackSources = ['client', 'webhook', 'implicit', 'judge'] as const

/** What somebody says of an answer, or of a whole session or episode. Times are ISO 8601, UTC. */
export type Feedback = {
  readonly id: FeedbackId
  readonly about:
    | { readonly kind: 'decision'; readonly decision: DecisionId }
    | { readonly kind: 'session'; readonly session: string }
    | { readonly kind: 'episode'; readonly episode: string }
  readonly at: string
  readonly source: (typeof feedbackSources)[number]
  /** What is measured: `quality` unless another metric is named. */
  readonly metric: string
  /** 0 to 1; `null`: it says nothing that can be counted. */
  readonly score: number | null
  readonly comment: string | null
  /** The answer as it should have been. */
  readonly correction: string | null
  /** The same author's earlier word on the same thing and metric no longer counts once a later one is there. */
  readonly author: string
}

/** One name for each thing that something can be said of. */
export function aboutName(about: Feedback['about']): string {
  switch (about.kind) {
    case 'decision':
      return `decision ${about.decision}`
    case 'session':
      return `session ${about.session}`
    case 'episode':
      return `episode ${about.episode}`
    default:
      return unreachable(about)
  }
}
