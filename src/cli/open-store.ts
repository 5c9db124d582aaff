import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { builtInSurroundings } from '../config/built-in.ts'
import { faultsText } from '../config/faults.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Surroundings } from '../config/surroundings.ts'
import { openStore } from '../storage/open-store.ts'
import type { Store } from '../storage/store.ts'
import { StoreError } from '../storage/store-error.ts'
import { UserError } from './command.ts'

export type StoreFlags = { readonly config?: string; readonly db?: string }

export type OpenedStore = { readonly store: Store; readonly config: ResolvedConfig }

type Surrounded = { readonly directory: string; readonly surroundings: Surroundings }

const here = (): Surrounded => ({ directory: process.cwd(), surroundings: builtInSurroundings() })

/**
 * The store that `--db` names, else the configuration's. @throws UserError where there is none; with `create` it is made.
 */
export async function storeOf(
  { config: file, db }: StoreFlags,
  { create = false, ...given }: { readonly create?: boolean } & Partial<Surrounded> = {},
): Promise<OpenedStore> {
  const { directory, surroundings } = { ...here(), ...given }
  const result = await loadConfig({ file: file ?? null, directory, surroundings })
  if (result.kind === 'faulty') throw new UserError(faultsText(result.file, result.faults))
  const { config } = result
  const storage =
    db === undefined ? config.storage : ({ kind: 'sqlite', path: resolve(directory, db) } as const)
  if (storage.kind === 'sqlite' && !create && !existsSync(storage.path))
    throw new UserError(
      `There is no decision log at ${storage.path}. Name one with --db, or send a request to \`fairlead serve\` first.`,
    )
  try {
    return { store: await openStore(storage), config }
  } catch (error) {
    throw error instanceof StoreError ? new UserError(error.message) : error
  }
}
