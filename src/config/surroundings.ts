import type { CatalogEntry } from '../catalog/entry.ts'
import type { Capability } from '../domain/model.ts'
import type { OutcomeHead } from '../domain/measured-frontier.ts'
import type { Vendor } from '../domain/vendor.ts'
import type { Discovery } from '../providers/discovery/discover.ts'
import type { Environment } from './environment.ts'
import type { AnyStrategy } from './schema.ts'

/** A model that a server on this machine says it has. */
export type LocalModel = {
  readonly vendor: string
  readonly name: string
  /** What else it says of it, where it was asked. */
  readonly contextWindow?: number
  readonly capabilities?: readonly Capability[]
}

/** All that a configuration is resolved against. */
export type Surroundings = {
  readonly environment: Environment
  readonly vendors: readonly Vendor[]
  /** The catalogue, simulated models included. */
  readonly entries: readonly CatalogEntry[]
  readonly strategies: readonly AnyStrategy[]
  readonly localModels: readonly LocalModel[]
  /** What vendors said when they were asked for their models. */
  readonly discoveries?: readonly Discovery[]
  /** Looks at the first rows of an outcome set; absent: nobody here can read one, and the gateway says what is wrong with it. */
  readonly readOutcomeHead?: (path: string) => Promise<OutcomeHead>
  /** What it found, by path. */
  readonly outcomeHeads?: ReadonlyMap<string, OutcomeHead>
}
