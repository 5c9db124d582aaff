/** The matrix: each fault in each wire format, buffered and streaming, under each way of recovery. */

import type { StreamRecovery } from '../../src/domain/policy.ts'
import { streamRecoveries } from '../../src/domain/policy.ts'
import { type Dialect, dialects } from './dialects.ts'
import { type Fault, faults } from './faults.ts'

export type Row = {
  /** What the vendor speaks. */
  readonly dialect: Dialect
  /** What the client reads. */
  readonly client: Dialect
  readonly fault: Fault
  /** `null`: the client asks for no stream. */
  readonly recovery: StreamRecovery | null
}

const rowsOf = (client: Dialect, dialect: Dialect, struck: readonly Fault[]): readonly Row[] =>
  struck
    .filter(({ notInResponses }) => !notInResponses || dialect.format.name !== 'openai-responses')
    .filter(({ vendor = null }) => vendor === null || (dialect.vendors?.includes(vendor) ?? true))
    .flatMap((fault) => [
      ...(fault.shapes === 'both' ? [{ client, dialect, fault, recovery: null }] : []),
      ...streamRecoveries.map((recovery) => ({ client, dialect, fault, recovery })),
    ])

/** Between two formats what could be different is told apart; how a vendor words its errors is not. */
const across = faults.filter(({ acrossFormats }) => acrossFormats)

export const rows: readonly Row[] = dialects.flatMap((client) =>
  dialects.flatMap((dialect) => rowsOf(client, dialect, client === dialect ? faults : across)),
)

export const formatsOf = ({ client, dialect }: Row): string =>
  client === dialect ? dialect.format.name : `${client.format.name} over ${dialect.format.name}`

export const nameOf = (row: Row): string =>
  `${formatsOf(row)}: ${row.fault.name}, ${row.recovery === null ? 'buffered' : `streaming, ${row.recovery}`}`
