/** `fairlead models --discover`: what vendors say of their models, beside what the catalogue knows of them. */

import { existsSync, writeFileSync } from 'node:fs'
import { Document, isMap, isSeq } from 'yaml'
import type { Catalog } from '../catalog/catalog.ts'
import type { ReachableVendor, ResolvedConfig } from '../config/resolved.ts'
import { type ComparedModel, compare, type Listed } from '../providers/discovery/compare.ts'
import { type Discovery, discover } from '../providers/discovery/discover.ts'
import { UserError } from './command.ts'
import { table } from './table.ts'

export type DiscoverOptions = {
  readonly vendor?: string
  readonly all: boolean
  readonly json: boolean
  /** A file to write the block of `models` to. */
  readonly write?: string
}

/** Long enough for a list of hundreds, over a slow line. */
const patienceMs = 10_000

/** A vendor's models, and where and when that was read. */
type Found = {
  readonly listed: Listed
  readonly models: readonly ComparedModel[]
  /** Of other kinds than chat. */
  readonly others: number
}

/** What is to be printed. Writes the file that `write` names. @throws UserError where no vendor may be asked, or the file is there */
export async function discoverModels(
  { vendors, catalog }: Pick<ResolvedConfig, 'vendors' | 'catalog'>,
  options: DiscoverOptions,
  now: Date = new Date(),
): Promise<string> {
  if (options.write !== undefined && existsSync(options.write))
    throw new UserError(`${options.write} is there already. Name another file for --write, or take it away.`)
  const asked = askable(vendors, options.vendor)
  const discoveries = await Promise.all(asked.map((vendor) => discover(vendor, patienceMs)))
  const found = discoveries.flatMap((one) => (one.kind === 'listed' ? [foundIn(one, catalog)] : []))
  const day = now.toISOString().slice(0, 10)
  if (options.write !== undefined) writeFileSync(options.write, modelsBlock(found, day))
  if (options.json) return JSON.stringify(asJson(discoveries, found, day), null, 2)
  return report(discoveries, found, options)
}

function askable(vendors: readonly ReachableVendor[], name: string | undefined): readonly ReachableVendor[] {
  const possible = vendors.filter(
    ({ vendor, source }) => source !== 'simulated' && vendor.library === undefined,
  )
  const asked = name === undefined ? possible : possible.filter(({ vendor }) => vendor.name === name)
  if (asked.length > 0) return asked
  const names = possible.map(({ vendor }) => vendor.name).join(', ')
  throw new UserError(
    possible.length === 0
      ? 'There is no vendor to ask: no key was found, and no server on this machine. Set a key such as OPENAI_API_KEY, start Ollama, or name vendors in fairlead.yaml.'
      : `${name} is not a vendor that can be asked. These can: ${names}.`,
  )
}

function foundIn(listed: Listed, catalog: Catalog): Found {
  const models = compare(listed, catalog)
  return { listed, models, others: listed.models.length - models.length }
}

function report(
  discoveries: readonly Discovery[],
  found: readonly Found[],
  { all, write }: DiscoverOptions,
): string {
  const silent = discoveries.flatMap((one) => (one.kind === 'silent' ? [`${one.title}: ${one.why}.`] : []))
  return [
    ...found.map((one) => vendorReport(one, all)),
    ...(silent.length > 0 ? [silent.join('\n')] : []),
    write === undefined
      ? '`--write FILE` writes what is new or differs as a `models:` block for your configuration.'
      : `Wrote what is new or differs to ${write}: put it under \`models\` of your configuration.`,
  ].join('\n\n')
}

function vendorReport({ listed, models, others }: Found, all: boolean): string {
  const shown = all ? models : models.filter(({ status }) => status !== 'known')
  const count = (status: ComparedModel['status']): number =>
    models.filter((one) => one.status === status).length
  const head = `${listed.title}: ${models.length} chat models by ${listed.api} (${listed.url}): ${count('new')} new, ${count('differs')} differ, ${count('known')} as the catalogue has them${others > 0 ? `; ${others} of other kinds are left out` : ''}.`
  return shown.length === 0 ? head : `${head}\n${modelTable(shown)}`
}

const modelTable = (models: readonly ComparedModel[]): string =>
  table(
    [
      { title: 'model' },
      { title: 'is' },
      { title: 'in $/M', align: 'right' },
      { title: 'out', align: 'right' },
      { title: 'context', align: 'right' },
      { title: 'can' },
      { title: 'note' },
    ],
    models.map(({ id, status, stated, found, differences }) => [
      id,
      status,
      ...priceTexts(stated.prices ?? found.prices ?? undefined, status),
      found.contextWindow === null ? '' : found.contextWindow.toLocaleString('en-US'),
      found.capabilities?.join(' ') ?? '',
      [...differences, ...(found.note === null ? [] : [found.note])].join('; '),
    ]),
  )

function priceTexts(
  prices: ComparedModel['stated']['prices'],
  status: ComparedModel['status'],
): [string, string] {
  if (prices === 'unknown') return ['unknown', 'unknown']
  // Of a known model the listing need not name any: the catalogue's stands.
  if (prices === undefined) return status === 'new' ? ['unknown', 'unknown'] : ['', '']
  return [String(prices.input), String(prices.output)]
}

const sourceOf = ({ api, url }: Listed, day: string): string => `${api}, ${url}, ${day}`

/** YAML to be merged into a configuration; each entry says where it comes from. */
export function modelsBlock(found: readonly Found[], day: string): string {
  const entries = found.flatMap(({ listed, models }) =>
    models.filter(({ status }) => status !== 'known').map((model) => ({ listed, model })),
  )
  const document = new Document({ models: entries.map(({ model }) => model.stated) })
  const list = isMap(document.contents) ? document.contents.get('models', true) : null
  if (isSeq(list))
    for (const [index, item] of list.items.entries()) {
      const entry = entries[index]
      if (isMap(item) && entry !== undefined) item.commentBefore = commentOn(entry.listed, entry.model, day)
    }
  return document.toString({ lineWidth: 110 })
}

const commentOn = (listed: Listed, { differences, found }: ComparedModel, day: string): string =>
  [sourceOf(listed, day), ...differences, ...(found.note === null ? [] : [found.note])]
    .map((line) => ` ${line}`)
    .join('\n')

const asJson = (discoveries: readonly Discovery[], found: readonly Found[], day: string) => ({
  models: found.flatMap(({ listed, models }) =>
    models.map(({ stated, status, differences, found: { note } }) => ({
      ...stated,
      status,
      ...(differences.length > 0 && { differences }),
      ...(note !== null && { note }),
      source: { name: listed.api, url: listed.url, asOf: day },
    })),
  ),
  silent: discoveries.flatMap((one) => (one.kind === 'silent' ? [{ vendor: one.vendor, why: one.why }] : [])),
})
