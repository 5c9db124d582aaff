import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve as absolute } from 'node:path'
import { discoverModels } from './discovered-models.ts'
import type { ConfigFault, ReportFault } from './faults.ts'
import { pathText } from './faults.ts'
import { reportIssues } from './issues.ts'
import { type RawConfig, readRaw } from './raw.ts'
import { type CheckedConfig, type Origin, resolveConfig } from './resolve.ts'
import type { PolicyEntry } from './resolve-policies.ts'
import { readOutcomeHeads } from './resolve-outcome-sets.ts'
import type { ConfigResult, ResolvedConfig } from './resolved.ts'
import { consultantSchema } from './consultant-fields.ts'
import { classifierSchema } from './encoder-fields.ts'
import { withOwnStrategies } from './own-strategies.ts'
import { type AnyStrategy, configSchema, modelSchema, configFields } from './schema.ts'
import { vendorSchema } from './vendor-fields.ts'
import type { Surroundings } from './surroundings.ts'

export const configFileNames = [
  'fairlead.yaml',
  'fairlead.yml',
  'fairlead.config.ts',
  'fairlead.config.js',
  'fairlead.config.mjs',
] as const

export type LoadOptions = {
  /** Relative to the directory; `null`: the one file there that has a configuration's name, or none. */
  readonly file: string | null
  readonly directory: string
  readonly surroundings: Surroundings
}

/** Raw, checked, resolved: every fault of every stage comes back at once. */
export async function loadConfig({ file, directory, surroundings }: LoadOptions): Promise<ConfigResult> {
  const present = file === null ? configFileNames.filter((name) => existsSync(join(directory, name))) : [file]
  const [first, second] = present
  if (first === undefined) return checkAndResolve(noFile, { file: null, directory }, surroundings)
  if (second !== undefined) return faulty(first, [ambiguous(second)])
  const found = absolute(directory, first)
  const raw = await readRaw(found)
  const [discoveries, outcomeHeads] = await Promise.all([
    discoverModels(raw.value, surroundings),
    readOutcomeHeads(raw.value, dirname(found), surroundings.readOutcomeHead),
  ])
  return checkAndResolve(raw, { file: found, directory }, { ...surroundings, discoveries, outcomeHeads })
}

/** A configuration as an object in place of a file: paths in it are relative to `directory`. */
export const resolveWritten = (value: unknown, directory: string, surroundings: Surroundings): ConfigResult =>
  checkAndResolve({ ...noFile, value }, { file: null, directory }, surroundings)

/** What holds where there is no file, whatever files there are: log paths are relative to `directory`. */
export function defaultConfig(directory: string, surroundings: Surroundings): ResolvedConfig {
  const result = checkAndResolve(noFile, { file: null, directory }, surroundings)
  if (result.kind === 'faulty') throw new Error(`the defaults have faults: ${JSON.stringify(result.faults)}`)
  return result.config
}

const noFile: RawConfig = { value: {}, faults: [], locate: () => ({ line: null, column: null }) }

const faulty = (file: string, faults: readonly ConfigFault[]): ConfigResult => ({
  kind: 'faulty',
  file,
  faults,
})

const ambiguous = (second: string): ConfigFault => ({
  path: '',
  line: null,
  column: null,
  message: `stands beside ${second}, and only one of them can count. Remove one, or name the one to use.`,
})

function checkAndResolve(raw: RawConfig, origin: Origin, surroundings: Surroundings): ConfigResult {
  const faults: ConfigFault[] = [...raw.faults]
  const report: ReportFault = (path, message, at = 'value') => {
    const text = pathText(path)
    // What the schema says of a place comes first, and one fault there is enough.
    if (faults.some((fault) => fault.path === text && text !== '')) return
    faults.push({ path: text, ...raw.locate(path, at), message })
  }
  // Of a file that can't be read as a whole there is nothing more to say.
  const readable = raw.value !== null || raw.faults.length === 0
  const config = readable ? checked(raw.value ?? {}, origin, surroundings, report) : null
  if (config !== null && faults.length === 0) return { kind: 'resolved', config }
  const name = origin.file === null ? origin.directory : shortName(origin.file, origin.directory)
  return faulty(name, faults.sort(byPlace))
}

function checked(
  value: unknown,
  origin: Origin,
  surroundings: Surroundings,
  report: ReportFault,
): ResolvedConfig {
  const strategies = withOwnStrategies(value, surroundings.strategies, report)
  return resolveConfig(check(value, strategies, report), origin, { ...surroundings, strategies }, report)
}

function shortName(file: string, directory: string): string {
  const short = relative(directory, file)
  return short.startsWith('..') ? file : short
}

const byPlace = (a: ConfigFault, b: ConfigFault): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)

/** Reports all that the schema refuses, and keeps every entry that has no fault of its own, so that its names are checked too. */
function check(value: unknown, strategies: readonly AnyStrategy[], report: ReportFault): CheckedConfig {
  const schema = configSchema(strategies)
  const result = schema.safeParse(value)
  if (!result.success) reportIssues(result.error.issues, schema, value, report)
  const raw = mapOf(value)
  const models = Array.isArray(raw.models) ? raw.models : []
  const policies = schema.shape.policies.unwrap()
  return {
    sections: result.success ? result.data : goodSections(raw),
    vendors: goodMembers(mapOf(raw.vendors), (entry) => vendorSchema.safeParse(entry)),
    models: models.flatMap((entry, index) => {
      const parsed = modelSchema.safeParse(entry)
      return parsed.success ? [{ index, entry: parsed.data }] : []
    }),
    policies: goodMembers(
      mapOf(raw.policies),
      (entry) => policies.valueType.safeParse(entry) as Parsed<PolicyEntry>,
    ),
    classifiers: goodMembers(mapOf(raw.classifiers), (entry) => classifierSchema.safeParse(entry)),
    consultants: goodMembers(mapOf(raw.consultants), (entry) => consultantSchema.safeParse(entry)),
    named: {
      vendors: new Set(Object.keys(mapOf(raw.vendors))),
      classifiers: new Set(Object.keys(mapOf(raw.classifiers))),
      consultants: new Set(Object.keys(mapOf(raw.consultants))),
      models: new Set(models.flatMap((entry) => [mapOf(entry).id].filter((id) => typeof id === 'string'))),
    },
  }
}

/** A fault in one section is no fault of those that stand beside it. */
function goodSections(raw: Readonly<Record<string, unknown>>): CheckedConfig['sections'] {
  const good = Object.entries(configFields).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(raw[name])
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data] as const] : []
  })
  return Object.fromEntries(good) as CheckedConfig['sections']
}

const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

type Parsed<T> = { readonly success: true; readonly data: T } | { readonly success: false }

const goodMembers = <T>(
  members: Readonly<Record<string, unknown>>,
  parse: (member: unknown) => Parsed<T>,
): Record<string, T> =>
  Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const parsed = parse(member)
      return parsed.success ? [[name, parsed.data] as const] : []
    }),
  )
