import { isAbsolute, resolve as absolute } from 'node:path'
import { Secret } from '../domain/secret.ts'
import { knownClassifierLabels } from '../providers/encoders/known-classifiers.ts'
import type { ClassifierOptions, EncoderOptions } from '../providers/encoders/index.ts'
import type { ModelSource, OnnxModelOptions } from '../providers/encoders/onnx-model.ts'
import type { EmbeddingsOptions } from '../providers/encoders/openai-embeddings.ts'
import { didYouMean } from './closest.ts'
import type { ClassifierEntry, EncoderEntry } from './encoder-fields.ts'
import type { ReportFault } from './faults.ts'
import type { VendorsFound } from './resolve-vendors.ts'
import type { Surroundings } from './surroundings.ts'
import { isWebUrl, textOf } from './written-text.ts'

/** How a text model takes part in decisions. */
type Serving = {
  /** How long a decision waits for it. */
  readonly timeoutMs: number
  readonly cacheBytes: number
}

export type EncoderSettings = Serving & { readonly options: EncoderOptions }

export type ClassifierSettings = Serving & { readonly name: string; readonly options: ClassifierOptions }

export type EncoderContext = {
  /** The configuration's folder: paths are relative to it. */
  readonly base: string
  readonly vendors: VendorsFound
  readonly environment: Surroundings['environment']
  readonly report: ReportFault
}

/** The encoder of the file; `null`: the built-in one. */
export function resolveEncoder(
  entry: EncoderEntry | undefined,
  context: EncoderContext,
): EncoderSettings | null {
  switch (entry?.kind) {
    case undefined:
    case 'built-in':
      return null
    case 'embeddings': {
      const endpoint = endpointOf(entry, context)
      if (endpoint === null) return null
      const { model, dimensions = null } = entry
      return { ...servingOf(entry), options: { kind: 'embeddings', endpoint, model, dimensions } }
    }
    case 'transformers':
      return {
        ...servingOf(entry),
        options: { kind: 'transformers', ...onnxOptions(entry, context), pooling: entry.pooling },
      }
  }
}

export function resolveClassifiers(
  entries: Readonly<Record<string, ClassifierEntry>>,
  context: EncoderContext,
): readonly ClassifierSettings[] {
  return Object.entries(entries).map(([name, entry]) => ({
    name,
    ...servingOf(entry),
    options: { kind: 'transformers', ...onnxOptions(entry, context), labels: entry.labels ?? null },
  }))
}

/** The labels that are known of a classifier before it is loaded. */
export const labelsOf = ({ options: { labels, source } }: ClassifierSettings): readonly string[] | null =>
  labels ?? (source.kind === 'hub' ? (knownClassifierLabels[source.name] ?? null) : null)

const servingOf = ({
  timeoutMs,
  cacheMegabytes,
}: {
  timeoutMs: number
  cacheMegabytes: number
}): Serving => ({
  timeoutMs,
  cacheBytes: Math.round(cacheMegabytes * 1_000_000),
})

function onnxOptions(
  entry: ClassifierEntry | Extract<EncoderEntry, { kind: 'transformers' }>,
  { base }: EncoderContext,
): OnnxModelOptions {
  const { model, revision, allowRemote, cacheFolder, weights, file, maxTokens } = entry
  const isFolder = model.startsWith('.') || isAbsolute(model)
  const source: ModelSource = isFolder
    ? { kind: 'folder', path: absolute(base, model) }
    : { kind: 'hub', name: model, revision }
  return { source, allowRemote, cacheFolder: absolute(base, cacheFolder), weights, file, maxTokens }
}

type EmbeddingsEntry = Extract<EncoderEntry, { kind: 'embeddings' }>

function endpointOf(entry: EmbeddingsEntry, context: EncoderContext): EmbeddingsOptions['endpoint'] | null {
  const { vendor, baseUrl } = entry
  const { report } = context
  if ((vendor === undefined) === (baseUrl === undefined)) {
    report(
      ['encoder'],
      vendor === undefined
        ? 'has no endpoint. Write a vendor, or a baseUrl such as http://127.0.0.1:8080/v1.'
        : 'has a vendor and a baseUrl. Keep one of them.',
      'key',
    )
    return null
  }
  return vendor === undefined ? ownEndpoint(entry, baseUrl!, context) : vendorEndpoint(vendor, entry, context)
}

/** Key and headers of the vendor hold, whatever else is written. */
function vendorEndpoint(
  name: string,
  { apiKey, headers }: EmbeddingsEntry,
  { vendors, report }: EncoderContext,
): EmbeddingsOptions['endpoint'] | null {
  const path = ['encoder', 'vendor']
  for (const [field, value] of Object.entries({ apiKey, headers }))
    if (value !== undefined)
      report(['encoder', field], `is the vendor's. Write it under vendors.${name}.`, 'key')
  const reached = vendors.reachable.find(({ vendor }) => vendor.name === name && vendor.name !== 'simulated')
  if (reached) {
    const { vendor, credential, headers: sent } = reached
    if (vendor.library !== undefined)
      report(
        path,
        `${name} is reached through a package, which has no embeddings for Fairlead. Write a baseUrl instead.`,
      )
    return { baseUrl: vendor.baseUrl, vendor, auth: vendor.auth, credential, headers: sent }
  }
  const unreachable = vendors.unreachable.find(({ vendor }) => vendor.name === name)
  if (unreachable) report(path, `${name} can't be reached. ${unreachable.remedy}`)
  else {
    const names = [...vendors.reachable, ...vendors.unreachable].map(({ vendor }) => vendor.name)
    const otherwise = 'Add it under vendors, or write a baseUrl instead.'
    report(path, `${JSON.stringify(name)} is not a known vendor. ${didYouMean(name, names, otherwise)}`)
  }
  return null
}

function ownEndpoint(
  { apiKey, headers = {} }: EmbeddingsEntry,
  written: string,
  context: EncoderContext,
): EmbeddingsOptions['endpoint'] | null {
  const baseUrl = textOf(written, ['encoder', 'baseUrl'], context)
  const key = apiKey === undefined ? null : textOf(apiKey, ['encoder', 'apiKey'], context)
  const sent = Object.entries(headers).map(([name, value]) => {
    const text = textOf(value, ['encoder', 'headers', name], context)
    return [name.toLowerCase(), new Secret(text ?? '')] as const
  })
  if (baseUrl === null) return null
  if (!isWebUrl(baseUrl)) {
    context.report(
      ['encoder', 'baseUrl'],
      `${JSON.stringify(written)} is not a URL. Write one such as https://api.example.com/v1.`,
    )
    return null
  }
  const { host, hostname } = new URL(baseUrl)
  return {
    baseUrl,
    vendor: { name: 'encoder', title: host, local: /^(localhost|127\.|\[::1\])/.test(hostname) },
    auth: key === null ? { kind: 'none' } : { kind: 'bearer' },
    credential: key === null ? null : new Secret(key),
    headers: Object.fromEntries(sent),
  }
}
