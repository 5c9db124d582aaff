import type { Origin } from './connection.ts'

/** The contender that others are measured by beside going directly. */
export const bareProxy = 'bare Node proxy'

/** What stands between a client and the vendor in one comparison. */
export type Contender = {
  readonly name: string
  readonly version: string
  readonly origin: Origin
  readonly headers: Readonly<Record<string, string>>
  /** The model that a body names; gateways differ in what they let a client name. */
  readonly model: string
  /** `null` where nothing stands between. */
  readonly pid: number | null
  readonly streams: boolean
  readonly stop: () => Promise<void>
}

/** Why there is none: said in the report instead of its figures. */
export type Absent = { readonly name: string; readonly absent: string }

/** What starting one needs. */
export type Surroundings = {
  /** The vendor that it is to ask. */
  readonly upstream: Origin
  readonly core: string | null
  /** Empty, and its own. */
  readonly folder: string
}
