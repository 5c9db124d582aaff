import type { Command } from 'commander'
import { type Catalog, createCatalog } from '../catalog/catalog.ts'
import type { CatalogEntry } from '../catalog/entry.ts'
import type { Source } from '../catalog/sources.ts'
import type { Model, Price } from '../domain/model.ts'
import { unreachable } from '../domain/unreachable.ts'
import { type CliCommand, UserError } from './command.ts'
import { discoverModels } from './models-discover.ts'
import { resolvedConfig } from './session.ts'
import { type Column, percent, table } from './table.ts'

export type ModelsOptions = {
  readonly vendor?: string
  readonly all: boolean
  readonly sources: boolean
  readonly json: boolean
}

type DiscoverFlags = { readonly discover: boolean; readonly write?: string; readonly config?: string }

function withoutDiscovery(options: ModelsOptions & DiscoverFlags): ModelsOptions {
  if (options.write !== undefined) throw new UserError('--write goes with --discover. Add that.')
  return options
}

/** Where a configuration is known: whether a model can be called with it. */
export type IsReachable = (model: Model) => boolean

/** `fairlead models`: what the catalogue knows, and with `--sources` how it knows it. */
export const createModelsCommand =
  (catalog: Catalog = createCatalog(), isReachable: IsReachable | null = null): CliCommand =>
  (program: Command) => {
    program
      .command('models')
      .description('list the models that Fairlead knows, with prices and capabilities')
      .argument('[name]', 'one model: an id, a name or an alias')
      .option('--vendor <name>', 'models of one vendor')
      .option('--all', 'models that are no longer served, too', false)
      .option('--sources', 'where each figure comes from, and how old it is', false)
      .option('--json', 'print everything as JSON', false)
      .option('--discover', 'ask the vendors that can be reached which models they have', false)
      .option(
        '--write <file>',
        'with --discover: write what is new or differs, to merge into a configuration',
      )
      .option('-c, --config <file>', 'with --discover: the configuration that names the vendors')
      .action(async (name: string | undefined, options: ModelsOptions & DiscoverFlags) => {
        console.log(
          options.discover
            ? await discoverModels(await resolvedConfig(options.config ?? null), options)
            : describeModels(catalog, name ?? null, withoutDiscovery(options), isReachable),
        )
      })
  }

export const modelsCommand: CliCommand = createModelsCommand()

export function describeModels(
  catalog: Catalog,
  name: string | null,
  options: ModelsOptions,
  isReachable: IsReachable | null = null,
): string {
  const entries = name === null ? chosen(catalog, options) : named(catalog, name)
  if (options.json)
    return JSON.stringify(
      entries.map((entry) => asJson(entry, isReachable)),
      null,
      2,
    )
  if (options.sources) return sourcesTable(entries)
  return `${modelsTable(entries, isReachable)}\n\n${summary(entries)}`
}

function named(catalog: Catalog, name: string): readonly CatalogEntry[] {
  const lookup = catalog.find(name)
  switch (lookup.kind) {
    case 'found':
      return [lookup.entry]
    case 'ambiguous':
      return lookup.candidates
    case 'unknown': {
      const near = lookup.closest.length > 0 ? ` Did you mean ${lookup.closest.join(' or ')}?` : ''
      throw new UserError(`No model is called ${name}.${near} \`fairlead models --all\` lists them all.`)
    }
    default:
      return unreachable(lookup)
  }
}

function chosen(catalog: Catalog, { vendor, all }: ModelsOptions): readonly CatalogEntry[] {
  const of = vendor === undefined ? catalog.list() : catalog.ofVendor(vendor)
  if (of.length === 0) {
    const vendors = [...new Set(catalog.list().map(({ model }) => model.vendor))]
    throw new UserError(`The catalogue has no models of ${vendor}. It has those of ${vendors.join(', ')}.`)
  }
  return all ? of : of.filter(({ retired }) => !retired)
}

function modelsTable(entries: readonly CatalogEntry[], isReachable: IsReachable | null): string {
  const columns: Column[] = [
    { title: 'model' },
    { title: 'in $/M', align: 'right' },
    { title: 'cached', align: 'right' },
    { title: 'out', align: 'right' },
    { title: 'context', align: 'right' },
    { title: 'can' },
    { title: 'scores', align: 'right' },
    ...(isReachable ? [{ title: 'reachable' }] : []),
    { title: 'note' },
  ]
  const rows = entries.map((entry) => {
    const { model } = entry
    return [
      model.id,
      price(model.prices.input),
      price(model.prices.cachedRead),
      price(model.prices.output),
      tokens(model.contextWindow),
      [...model.capabilities].join(' '),
      `${Object.keys(model.benchmarks).length}`,
      ...(isReachable ? [isReachable(model) ? 'yes' : 'no'] : []),
      note(entry),
    ]
  })
  return table(columns, rows)
}

function sourcesTable(entries: readonly CatalogEntry[]): string {
  const columns: Column[] = [
    { title: 'model' },
    { title: 'figure' },
    { title: 'value', align: 'right' },
    { title: 'as of' },
    { title: 'source' },
    { title: 'where' },
  ]
  return table(columns, entries.flatMap(figures))
}

function figures({ model, provenance }: CatalogEntry): string[][] {
  const { input, cachedRead, cacheWrite, output } = model.prices
  const figure = (name: string, value: string, source: Source | undefined) => [
    model.id,
    name,
    value,
    source?.asOf ?? '',
    source?.name ?? '',
    source?.url ?? '',
  ]
  return [
    figure('price, input', price(input), provenance.prices),
    figure('price, cached read', price(cachedRead), provenance.prices),
    figure('price, cache write', price(cacheWrite), provenance.prices),
    figure('price, output', price(output), provenance.prices),
    figure('context window', tokens(model.contextWindow), provenance.window),
    figure('longest answer', tokens(model.maxOutputTokens), provenance.window),
    ...[...model.capabilities].map((name) => figure(name, 'yes', provenance.capabilities[name])),
    ...Object.entries(model.benchmarks).map(([name, share]) =>
      figure(name, percent(share), provenance.benchmarks[name as keyof typeof provenance.benchmarks]),
    ),
    figure('first token', `${model.speed.firstTokenMs} ms`, provenance.speed),
    figure('speed', `${model.speed.tokensPerSecond} tokens/s`, provenance.speed),
    figure('verbosity', `${model.verbosity}`, provenance.verbosity),
  ]
}

function summary(entries: readonly CatalogEntry[]): string {
  const unpriced = entries.filter(({ model }) =>
    [model.prices.input, model.prices.output].includes('unknown'),
  ).length
  const dates = entries.flatMap(({ provenance }) => provenance.prices.asOf ?? []).sort()
  const age = dates.length > 0 ? `; prices as of ${dates[0]} to ${dates.at(-1)}` : ''
  return `${entries.length} models${unpriced > 0 ? `, ${unpriced} without a known price` : ''}${age}. Prices are dollars per million tokens; \`--sources\` says where they come from.`
}

const asJson = (entry: CatalogEntry, isReachable: IsReachable | null) => ({
  ...entry.model,
  capabilities: [...entry.model.capabilities],
  aliases: entry.aliases,
  retired: entry.retired,
  servedUntil: entry.servedUntil,
  ...(isReachable && { reachable: isReachable(entry.model) }),
  provenance: entry.provenance,
})

const note = ({ model, retired, servedUntil }: CatalogEntry): string =>
  [
    ...(model.simulated ? ['simulated'] : []),
    ...(retired ? ['no longer served'] : []),
    ...(servedUntil ? [`until ${servedUntil}`] : []),
  ].join(', ')

const price = (value: Price): string => (value === 'unknown' ? 'unknown' : `${value}`)

const tokens = (count: number): string =>
  count >= 1_000_000 ? `${+(count / 1_000_000).toFixed(2)}M` : `${Math.round(count / 1_000)}k`
