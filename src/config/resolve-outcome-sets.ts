import { accessSync, constants } from 'node:fs'
import { resolve as absolute } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { OutcomeHead } from '../domain/measured-frontier.ts'
import type { ReportFault } from './faults.ts'
import { type OutcomeSetsEntry, outcomeSetsSchema } from './outcome-set-fields.ts'
import type { Surroundings } from './surroundings.ts'

export type OutcomeSet = { readonly name: string; readonly path: string }

export type OutcomeSetsContext = {
  /** The folder that paths are relative to. */
  readonly base: string
  readonly catalog: Pick<Catalog, 'identify'>
  /** What stands at the beginning of each set, by its path; of those that are not here it is not known. */
  readonly heads: ReadonlyMap<string, OutcomeHead>
  readonly report: ReportFault
}

const mostNamed = 6

/** Every set that is named, and a fault of each that could not be measured. */
export function resolveOutcomeSets(
  written: OutcomeSetsEntry | undefined,
  context: OutcomeSetsContext,
): readonly OutcomeSet[] {
  const sets = pathsOf(written ?? {}, context.base)
  for (const { name, path } of sets) {
    const fault = faultOf(path, context)
    if (fault !== null) context.report(['outcomeSets', name], fault)
  }
  return sets
}

function faultOf(path: string, { catalog, heads }: OutcomeSetsContext): string | null {
  const unreadable = whyUnreadable(path)
  if (unreadable !== null) return unreadable
  const head = heads.get(path)
  if (head === undefined) return null
  if (head.kind === 'faulty') return `${path} ${head.problem}. ${head.remedy}`
  if (head.names.some((name) => catalog.identify(name) !== null)) return null
  const named = head.names.slice(0, mostNamed).join(', ')
  const more = head.names.length > mostNamed ? ' and others' : ''
  return `the catalogue knows none of the models of ${path} (${named}${more}). Name them in the file by their ids, as vendor/name, or list them under models.`
}

function whyUnreadable(path: string): string | null {
  try {
    accessSync(path, constants.R_OK)
    return null
  } catch (error) {
    return `${path} can't be read (${(error as NodeJS.ErrnoException).code}). Check the path: it is taken from the folder of the configuration.`
  }
}

const pathsOf = (written: OutcomeSetsEntry, base: string): readonly OutcomeSet[] =>
  Object.entries(written).map(([name, path]) => ({ name, path: absolute(base, path) }))

/** Looks at the first rows of each set of a configuration, where somebody can; a section with faults is told of anyway. */
export async function readOutcomeHeads(
  written: unknown,
  base: string,
  read: Surroundings['readOutcomeHead'],
): Promise<ReadonlyMap<string, OutcomeHead>> {
  const section = (written as { readonly outcomeSets?: unknown } | null)?.outcomeSets
  const parsed = outcomeSetsSchema.safeParse(section)
  if (read === undefined || !parsed.success) return new Map()
  const sets = pathsOf(parsed.data, base).filter(({ path }) => whyUnreadable(path) === null)
  return new Map(await Promise.all(sets.map(async ({ path }) => [path, await read(path)] as const)))
}
