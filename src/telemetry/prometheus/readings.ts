import type { DecisionLogCounts } from '../decision-log.ts'

/** What is looked up when somebody scrapes, and not before. The gateway gives what it has. */
export type Readings = {
  readonly breakers?: () => readonly {
    readonly name: string
    readonly state: 'closed' | 'open' | 'half-open'
  }[]
  /** `unit`: dollars or tokens. Only limits that are named in the configuration: those of single keys or users are too many. */
  readonly budgets?: () => readonly {
    readonly name: string
    readonly unit: 'usd' | 'tokens'
    readonly limit: number
    readonly spent: number
    readonly reserved: number
  }[]
  readonly sessions?: () => number
  readonly inFlight?: () => number
  readonly decisionLog?: () => DecisionLogCounts
  /** Of sinks that send something elsewhere: what waits, and what was dropped since the start. */
  readonly queues?: () => readonly {
    readonly name: string
    readonly queued: number
    readonly dropped: number
  }[]
  readonly sinkFailures?: () => Readonly<Record<string, number>>
  readonly alarms?: () => readonly { readonly name: string; readonly subject: string }[]
  /** Seconds since the prices of the catalogue were looked up; of the oldest in use. `null`: not known. */
  readonly priceAgeSeconds?: () => number | null
}

export type BuildFacts = { readonly version: string; readonly node: string }
