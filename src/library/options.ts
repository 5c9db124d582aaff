import type { AnyStrategy } from '../config/schema.ts'

/** What a program may say beside the configuration. */
export type FairleadOptions<Own extends readonly AnyStrategy[] = readonly AnyStrategy[]> = {
  /** Strategies of your own, which policies of the configuration may name. */
  readonly strategies?: Own
  /** Where the configuration's file is looked for and its paths begin; the working directory. */
  readonly directory?: string
  /**
   * `file`: decisions are written to the SQLite file that the configuration names, `.fairlead/fairlead.db` if none. `memory`:
   * they are gone when the process ends.
   */
  readonly decisionLog?: 'file' | 'memory'
  /** Ask the local servers that have ports of their own (Ollama…) which models they have, as `fairlead serve` does. */
  readonly findLocalModels?: boolean
  /** Seed of the simulated models: the same seed, the same answers. */
  readonly seed?: string
  /** The environment in which keys are looked for; that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Told of what goes wrong beside requests: decisions that can't be written. A warning of the process, if left out. */
  readonly onProblem?: (problem: Error) => void
}

/** What a caller may say of one request beside its body. */
export type CallOptions = {
  /** Aborting it cancels the call upstream at once, and throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** As an HTTP client would send them: `x-fairlead-*`, and those that policies go by. Names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
}
