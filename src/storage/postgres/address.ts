import { StoreError } from '../store-error.ts'

/** Where a PostgreSQL database is. */
export type PostgresAddress = {
  /** As the driver takes it, with the password. */
  readonly connection: string
  /** As people may read it, without a password. */
  readonly place: string
  /** `null`: the one that the server's own settings name, usually `public`. */
  readonly schema: string | null
}

/** Reads `postgres://user:password@host:5432/database?schema=name`; never shows what it could not read. @throws StoreError */
export function postgresAddress(text: string): PostgresAddress {
  const url = urlOf(text)
  const database = decodeURIComponent(url.pathname.slice(1))
  if (database === '' || database.includes('/')) throw notAnAddress('It names no database.')
  const schema = url.searchParams.get('schema')
  if (schema !== null && !/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema))
    throw notAnAddress('Its schema may have letters, digits and underscores only, and 63 of them at most.')
  url.searchParams.delete('schema')
  const host = url.hostname === '' ? (url.searchParams.get('host') ?? 'localhost') : url.hostname
  const port = url.port === '' ? '' : `:${url.port}`
  const within = schema === null ? '' : ` (schema ${schema})`
  return {
    connection: url.toString(),
    place: `The PostgreSQL database ${database} at ${host}${port}${within}`,
    schema,
  }
}

function urlOf(text: string): URL {
  // The error of `new URL` shows its input, password included: it goes no further.
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^postgres(ql)?:$/.test(url.protocol)) return url
  throw notAnAddress('It is not a URL of PostgreSQL.')
}

const notAnAddress = (problem: string) =>
  new StoreError(
    'failed',
    `The address of the PostgreSQL database can't be used. ${problem}`,
    'Write postgres://user:password@host:5432/database, with signs such as @ or / in a password written as %40 or %2F.',
  )
