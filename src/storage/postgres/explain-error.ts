import { StoreError, type StoreErrorKind } from '../store-error.ts'

type Explained = readonly [kind: StoreErrorKind, problem: string, remedy: string]

/** Says in the user's terms what PostgreSQL or the network refused to do, or returns what is none of their errors. */
export function explainError(error: unknown, place: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error
  const { code } = error as { code?: unknown }
  const text = typeof code === 'string' ? code : ''
  const explained = isSqlState(text) ? bySqlState(text, error.message, place) : byNetwork(text, error, place)
  return explained ? new StoreError(...explained, { cause: error }) : error
}

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)

/** Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function bySqlState(code: string, message: string, place: string): Explained | null {
  if (/^(08|57P0[1235])/.test(code)) return unreachable(place, message)
  // Data of a row, a constraint, a value too long for an index: another row may fare better.
  if (/^(22|23|54)/.test(code)) return null
  if (/^(53300|55P03|40001|40P01|57014)/.test(code))
    return [
      'busy',
      `${place} is too busy (${message}).`,
      'Let it do its other work first, or allow it more connections; Fairlead tries again.',
    ]
  if (/^(53100|58030)/.test(code))
    return [
      'disk-full',
      `${place} can't write to its disk (${message}).`,
      'Free space on the disk of the PostgreSQL server.',
    ]
  if (/^28/.test(code))
    return ['not-writable', `${place} refuses the user (${message}).`, 'Check the user and the password.']
  if (code === '3D000')
    return [
      'not-writable',
      `${place} does not exist.`,
      'Create it, with createdb for example, or name another one.',
    ]
  if (/^(42501|25006|3F000)/.test(code))
    return [
      'not-writable',
      `${place} may not be written to (${message}).`,
      'Give the user the right to create and write tables in it, and name the primary server, not a standby.',
    ]
  if (/^XX00[12]/.test(code))
    return ['corrupt', `${place} is damaged (${message}).`, 'Put a backup in its place.']
  return ['failed', `${place} failed: ${message} (${code}).`, 'Look into the log of the PostgreSQL server.']
}

const networkCodes =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ENOENT|EACCES|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/
const driverTexts =
  /connection terminated|connection ended|not queryable|timeout exceeded|query read timeout|was closed|server does not support SSL/i

function byNetwork(code: string, error: Error, place: string): Explained | null {
  // Of a host with several addresses Node gives one error for all, without words of its own.
  const message = error instanceof AggregateError ? error.errors.map(String).join(', ') : error.message
  return networkCodes.test(code) || driverTexts.test(message) ? unreachable(place, message) : null
}

const unreachable = (place: string, message: string): Explained => [
  'unreachable',
  `${place} can't be reached (${message}).`,
  'Start it, or check its address and the network; Fairlead tries again.',
]
