import { unreachable } from '../domain/unreachable.ts'
import { openPostgresStore } from './postgres/postgres-store.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { Store } from './store.ts'
import type { StorageSettings } from './storage-settings.ts'

/** Throws `StoreError`. */
export async function openStore(settings: StorageSettings): Promise<Store> {
  switch (settings.kind) {
    case 'sqlite':
      return openSqliteStore(settings)
    case 'postgres':
      return openPostgresStore(settings)
    default:
      return unreachable(settings)
  }
}
