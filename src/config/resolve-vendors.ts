import { Secret } from '../domain/secret.ts'
import type { Vendor, VendorAuth } from '../domain/vendor.ts'
import { simulatedVendor } from '../providers/simulated/vendor.ts'
import { alternatives, didYouMean } from './closest.ts'
import type { Environment } from './environment.ts'
import type { Path, ReportFault } from './faults.ts'
import { libraryOf, throughLibrary } from './resolve-library.ts'
import type { ReachableVendor } from './resolved.ts'
import type { VendorEntry } from './vendor-fields.ts'
import type { Surroundings } from './surroundings.ts'
import { textOf } from './written-text.ts'

/** A vendor that is known but can't be called: why, and what to do about it. */
export type UnreachableVendor = { readonly vendor: Vendor; readonly remedy: string }

export type VendorsFound = {
  readonly reachable: readonly ReachableVendor[]
  readonly unreachable: readonly UnreachableVendor[]
}

type Found =
  | { readonly kind: 'reachable'; readonly vendor: ReachableVendor }
  | { readonly kind: 'unreachable'; readonly vendor: UnreachableVendor }

/** Vendors of the file first, then those that the environment or this machine makes reachable. */
export function resolveVendors(
  entries: Readonly<Record<string, VendorEntry>>,
  surroundings: Surroundings,
  report: ReportFault,
): VendorsFound {
  const found: Found[] = []
  for (const [name, entry] of Object.entries(entries)) {
    const library = libraryOf(name, entry, surroundings.environment, report)
    const known = vendorOf(name, entry, surroundings.vendors, report)
    const vendor = known && library ? { ...known, ...throughLibrary(library, entry) } : known
    if (vendor) found.push(configured(vendor, entry, surroundings.environment, report))
  }
  for (const vendor of surroundings.vendors)
    if (!(vendor.name in entries)) found.push(unasked(vendor, surroundings))
  return {
    reachable: found.flatMap((one) => (one.kind === 'reachable' ? [one.vendor] : [])),
    unreachable: found.flatMap((one) => (one.kind === 'unreachable' ? [one.vendor] : [])),
  }
}

export const simulatedReachable: ReachableVendor = {
  vendor: simulatedVendor,
  credential: null,
  otherCredentials: [],
  headers: {},
  source: 'simulated',
}

/** The record of a vendor that the file names: a known one, a copy of one, or a new one. */
function vendorOf(
  name: string,
  entry: VendorEntry,
  known: readonly Vendor[],
  report: ReportFault,
): Vendor | null {
  const path = ['vendors', name]
  if (name === simulatedVendor.name) {
    report(
      path,
      'is the name of the simulated models. Choose another, or set their pace under simulated.',
      'key',
    )
    return null
  }
  const baseName = entry.extends ?? name
  const base = known.find((vendor) => vendor.name === baseName)
  const names = known.map((vendor) => vendor.name)
  if (entry.extends !== undefined && !base) {
    const remedy = didYouMean(entry.extends, names, `Known: ${names.join(', ')}.`)
    report([...path, 'extends'], `${JSON.stringify(entry.extends)} is not a known vendor. ${remedy}`)
    return null
  }
  if (!base && entry.baseUrl === undefined && entry.provider === undefined) {
    const remedy = didYouMean(name, names, 'Write its baseUrl, such as https://api.example.com/v1.')
    report(path, `is not a known vendor and has no baseUrl. ${remedy}`, 'key')
    return null
  }
  return { ...(base ?? newVendor(name, entry)), ...changes(name, entry, base !== undefined) }
}

function newVendor(name: string, entry: VendorEntry): Vendor {
  const auth: VendorAuth =
    entry.apiKey === undefined && entry.apiKeys === undefined ? { kind: 'none' } : { kind: 'bearer' }
  return {
    name,
    title: name,
    format: 'openai-chat',
    baseUrl: '',
    auth,
    keyVariables: [],
    local: false,
    ownPort: false,
    quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
  }
}

function changes(name: string, entry: VendorEntry, copied: boolean): Partial<Vendor> {
  return {
    name,
    // A key in the environment was meant for the vendor it is named after, and goes nowhere else.
    ...(copied && entry.extends !== undefined && { title: name, keyVariables: [] }),
    ...(entry.baseUrl !== undefined && { baseUrl: entry.baseUrl.replace(/\/+$/, '') }),
    ...(entry.format !== undefined && { format: entry.format }),
    ...(entry.local !== undefined && { local: entry.local }),
    ...(entry.dataCollection !== undefined && { dataCollection: entry.dataCollection }),
    ...(entry.region !== undefined && { region: entry.region }),
  }
}

function configured(
  vendor: Vendor,
  entry: VendorEntry,
  environment: Environment,
  report: ReportFault,
): Found {
  const path = ['vendors', vendor.name]
  const baseUrl = expanded(vendor.baseUrl, [...path, 'baseUrl'], environment, report)
  const headers = Object.entries(entry.headers ?? {}).map(
    ([name, value]) =>
      [
        name.toLowerCase(),
        new Secret(expanded(value, [...path, 'headers', name], environment, report)),
      ] as const,
  )
  if (entry.apiKey !== undefined && entry.apiKeys !== undefined)
    report([...path, 'apiKeys'], 'stands beside apiKey. Keep one of them.', 'key')
  const [first, ...others] =
    entry.apiKeys?.map((key, index) => expanded(key, [...path, 'apiKeys', index], environment, report)) ?? []
  const key =
    first ??
    (entry.apiKey === undefined
      ? keyOf(vendor, environment)?.key
      : expanded(entry.apiKey, [...path, 'apiKey'], environment, report))
  const reached = { ...vendor, baseUrl, auth: authWith(vendor, key) }
  if (key === undefined && needsKey(vendor))
    return { kind: 'unreachable', vendor: { vendor: { ...vendor, baseUrl }, remedy: remedyFor(vendor) } }
  return {
    kind: 'reachable',
    vendor: {
      vendor: reached,
      credential: key === undefined ? null : new Secret(key),
      otherCredentials: others.map((other) => new Secret(other)),
      headers: Object.fromEntries(headers),
      source: 'config',
    },
  }
}

/** A vendor that the file does not name: reachable with a key in the environment, or as a server that was found here. */
function unasked(vendor: Vendor, { environment, localModels }: Surroundings): Found {
  const found = keyOf(vendor, environment)
  const running = localModels.some((model) => model.vendor === vendor.name)
  if (vendor.local ? !running : found === null && needsKey(vendor))
    return { kind: 'unreachable', vendor: { vendor, remedy: remedyFor(vendor) } }
  return {
    kind: 'reachable',
    vendor: {
      vendor: { ...vendor, auth: authWith(vendor, found?.key) },
      credential: found ? new Secret(found.key) : null,
      otherCredentials: [],
      headers: {},
      source: vendor.local ? 'local' : 'environment',
    },
  }
}

/** The first of a vendor's variables that is set. */
export function keyOf(vendor: Vendor, environment: Environment): { variable: string; key: string } | null {
  for (const variable of vendor.keyVariables) {
    const key = environment.get(variable)
    if (key !== null) return { variable, key }
  }
  return null
}

const needsKey = (vendor: Vendor): boolean => vendor.auth.kind !== 'none' && !vendor.local

/** Without a key there is nothing to authorise with; with one, a vendor that wants none gets it as a bearer token. */
export function authWith({ auth }: Vendor, key: string | undefined): VendorAuth {
  if (key === undefined) return { kind: 'none' }
  return auth.kind === 'none' ? { kind: 'bearer' } : auth
}

function remedyFor({ name, title, local, keyVariables }: Vendor): string {
  if (local)
    return `No server of ${title} was found here. Start it, or write its baseUrl under vendors.${name}.`
  const setting = keyVariables.length === 0 ? '' : `Set ${alternatives(keyVariables)}, or `
  return `There is no key for ${name}. ${setting}${setting === '' ? 'Write' : 'write'} vendors.${name}.apiKey.`
}

/** What is faulty is empty from here on: its fault has been reported. */
export const expanded = (text: string, path: Path, environment: Environment, report: ReportFault): string =>
  textOf(text, path, { environment, report }) ?? ''
