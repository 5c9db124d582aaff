import { resolve } from 'node:path'
import { Secret } from '../domain/secret.ts'
import { postgresAddress } from './postgres/address.ts'
import { StoreError } from './store-error.ts'

/** Where decisions, keys and all else that is to last are kept. */
export type StorageSettings =
  /** `:memory:` is gone with the process. */
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: Secret }

/** What is wrong with it and what to write instead; never holds a password. */
type StorageFault = { readonly kind: 'faulty'; readonly message: string }

/** `postgres://…`, or a path of a file, which may be relative to the folder `base`. */
export function parseStorage(text: string, base: string): StorageSettings | StorageFault {
  const trimmed = text.trim()
  if (trimmed === '') return { kind: 'faulty', message: `It is empty. ${whatToWrite}` }
  if (trimmed === ':memory:') return { kind: 'sqlite', path: trimmed }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase()
  if (scheme === undefined) return { kind: 'sqlite', path: resolve(base, trimmed) }
  if (scheme !== 'postgres' && scheme !== 'postgresql')
    return { kind: 'faulty', message: `${scheme}:// is no storage that is known here. ${whatToWrite}` }
  return postgresFault(trimmed) ?? { kind: 'postgres', url: new Secret(trimmed) }
}

function postgresFault(url: string): StorageFault | null {
  try {
    postgresAddress(url)
    return null
  } catch (error) {
    if (error instanceof StoreError) return { kind: 'faulty', message: error.message }
    throw error
  }
}

const whatToWrite =
  'Write the path of a file, such as ./fairlead.db, or postgres://user:password@host:5432/database.'
