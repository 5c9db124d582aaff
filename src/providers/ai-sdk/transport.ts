/** Sends through provider packages of the Vercel AI SDK, in this process, and answers as a vendor of the format `openai-chat` would. */

import { randomUUID } from 'node:crypto'
import { failure } from '../../domain/failure.ts'
import type { Request } from '../../domain/request.ts'
import type { Exchange, Outgoing, Transport } from '../../domain/transport.ts'
import type { Target, Vendor, VendorLibrary } from '../../domain/vendor.ts'
import { asObject, asText, parsedJson } from '../../wire/lenient.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import type { Envelope } from '../../wire/wire-format.ts'
import { bodyFailure } from '../network-failure.ts'
import { type Call, callOptions } from './call-options.ts'
import { knownVersions, type LanguageModel, languageModelOf, type ProviderFactory } from './language-model.ts'
import {
  errorReply,
  exchangeOfError,
  failureOfThrown,
  LibraryFailure,
  lowerCase,
  once,
} from './library-failure.ts'
import { loadPackage } from './load-package.ts'
import { packageUrl } from './package-url.ts'
import { ProviderPackageError } from './provider-package-error.ts'
import { streamBytes } from './stream-bytes.ts'
import { untilAborted } from './until-aborted.ts'
import { wholeAnswer } from './whole-answer.ts'

/**
 * Loads the packages that vendors name.
 *
 * @param folder the configuration's, where its packages are looked for
 * @throws ProviderPackageError where one is missing or is none
 */
export async function openAiSdkTransport(vendors: readonly Vendor[], folder: string): Promise<Transport> {
  const factories = new Map<VendorLibrary, ProviderFactory>()
  for (const { name, library } of vendors)
    if (library !== undefined) factories.set(library, await loadPackage({ name, library }, folder))
  // Targets are values of the configuration: as many models as they are.
  const models = new WeakMap<Target, LanguageModel>()
  return {
    send: (outgoing, signal) =>
      send(outgoing, signal, (target, library) => {
        const model = models.get(target) ?? openModel(target, library, factories.get(library))
        models.set(target, model)
        return model
      }),
    asFailure: (error, target) =>
      target.vendor.library === undefined
        ? bodyFailure(error, target)
        : failureOfThrown(error, target, target.vendor.library),
    close: async () => {},
  }
}

function openModel(
  target: Target,
  library: VendorLibrary,
  factory: ProviderFactory | undefined,
): LanguageModel {
  const { vendor, model, baseUrl, credential, headers } = target
  if (factory === undefined) throw new Error(`the package of ${vendor.name} has not been loaded`)
  const provider = factory({
    ...(baseUrl !== packageUrl(library.package) && { baseURL: baseUrl }),
    ...(credential !== null && { apiKey: credential.reveal() }),
    ...(Object.keys(headers).length > 0 && { headers: revealed(headers) }),
    ...library.settings(),
  })
  const made = languageModelOf(provider, library.method, model.vendorName)
  if (made === null)
    throw new ProviderPackageError(
      `The vendor ${vendor.name} can't be used: what ${library.package} makes has no ${library.method ?? 'languageModel'}() that gives a language model. Check vendors.${vendor.name}.export and .method.`,
    )
  if (!knownVersions.includes(made.specificationVersion))
    throw new ProviderPackageError(
      `The vendor ${vendor.name} can't be used: ${library.package} is of the generation ${made.specificationVersion} of the AI SDK's interface; Fairlead reads ${knownVersions.join(' and ')}. Install a version that was made for AI SDK 5 or 6.`,
    )
  return made
}

const revealed = (headers: Target['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, secret]) => [name, secret.reveal()]))

type ModelOf = (target: Target, library: VendorLibrary) => LanguageModel

async function send(
  { target, body, stream }: Outgoing,
  signal: AbortSignal,
  modelOf: ModelOf,
): Promise<Exchange> {
  const { library } = target.vendor
  if (library === undefined) throw new Error(`${target.vendor.name} is not reached through a library`)
  if (signal.aborted) return cancelled
  const decoded = openaiChat.decodeRequest(parsedJson(body))
  if (decoded.kind === 'failed')
    return errorReply(400, JSON.stringify(openaiChat.encodeFailure(decoded.failure).body))
  try {
    const model = modelOf(target, library)
    return await ask(model, target, library, { request: decoded.value.request, stream, signal })
  } catch (error) {
    return signal.aborted ? cancelled : exchangeOfError(named(error), target, library)
  }
}

const cancelled: Exchange = { kind: 'failed', failure: failure('cancelled', 'the request was cancelled') }

/** A package that turns out not to fit is as good as a wrong key: nothing that this request could mend. */
const named = (error: unknown): unknown =>
  error instanceof ProviderPackageError ? new LibraryFailure(failure('credential', error.message)) : error

type Asked = { readonly request: Request; readonly stream: boolean; readonly signal: AbortSignal }

async function ask(
  model: LanguageModel,
  target: Target,
  library: VendorLibrary,
  { request, stream, signal }: Asked,
): Promise<Exchange> {
  const call = callOptions(request, model, library, signal)
  return stream ? streamed(model, target, library, call, signal) : whole(model, target, call, signal)
}

async function whole(
  model: LanguageModel,
  target: Target,
  { options, warnings }: Call,
  signal: AbortSignal,
): Promise<Exchange> {
  const result = await untilAborted(model.doGenerate(options), signal)
  const { id, modelId, headers } = asObject(result.response)
  const envelope = envelopeOf(asText(id), asText(modelId) || target.model.vendorName)
  return replied('application/json', headers, once(wholeAnswer(asObject(result), envelope, warnings)))
}

async function streamed(
  model: LanguageModel,
  target: Target,
  library: VendorLibrary,
  { options, warnings }: Call,
  signal: AbortSignal,
): Promise<Exchange> {
  const { stream, response } = await untilAborted(model.doStream(options), signal)
  const body = streamBytes(stream, {
    signal,
    warnings,
    envelope: (id, modelId) => envelopeOf(id, modelId || target.model.vendorName),
    asFailure: (error) => failureOfThrown(error, target, library),
  })
  return replied('text/event-stream', asObject(response).headers, body)
}

const envelopeOf = (id: string, model: string): Envelope => ({
  id: id.replace(/^chatcmpl-/, '') || randomUUID(),
  created: Math.floor(Date.now() / 1000),
  model,
})

const replied = (contentType: string, headers: unknown, body: AsyncIterable<Uint8Array>): Exchange => ({
  kind: 'replied',
  status: 200,
  headers: { ...lowerCase(headers), 'content-type': contentType },
  body,
})
