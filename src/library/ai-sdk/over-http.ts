import type { SharedV3Warning } from '@ai-sdk/provider'
import type { StreamPart } from '../../domain/answer.ts'
import type { VendorQuirks } from '../../domain/vendor.ts'
import { asText, isObject, parsedJson } from '../../wire/lenient.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { readSse, restOfSse, startSse } from '../../wire/sse.ts'
import type { ServerEvent } from '../../wire/wire-format.ts'
import type { DecisionFacts } from '../decision-facts.ts'
import { callError } from './call-error.ts'
import { failedReply, streamError, unreachableError } from './http-errors.ts'
import { wishesOf } from './settings.ts'
import type { Source, SourceCall } from './source.ts'

export type HttpSettings = {
  /** Up to and with `/v1`, as in `http://127.0.0.1:4000/v1`. */
  readonly baseURL: string
  readonly apiKey?: string | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  /** In place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** Chat Completions of a Fairlead that runs elsewhere. */
export function overHttp(settings: HttpSettings): Source {
  const url = `${settings.baseURL.replace(/\/+$/, '')}${openaiChat.path}`
  return {
    answer: async (call) => {
      const sent = await send(url, settings, call)
      const text = await bodyText(sent, call)
      const decoded = openaiChat.decodeAnswer(parsedJson(text))
      if (decoded.kind === 'failed')
        throw callError({
          message: decoded.failure.message,
          url,
          requestBodyValues: sent.body,
          statusCode: sent.response.status,
          responseHeaders: sent.headers,
          responseBody: text,
          isRetryable: false,
        })
      return { answer: decoded.value, ...sourced(sent, call) }
    },
    stream: async (call) => {
      const sent = await send(url, settings, call)
      return { parts: readParts(sent, call), ...sourced(sent, call) }
    },
  }
}

/** What Fairlead takes of the format's dialects. */
const quirks: VendorQuirks = { streamUsageOption: true, maxTokensField: 'max_completion_tokens' }

export type Sent = {
  readonly url: string
  readonly body: string
  readonly response: Response
  readonly headers: Readonly<Record<string, string>>
}

async function send(url: string, settings: HttpSettings, call: SourceCall): Promise<Sent> {
  const { request, modelId, signal } = call
  const wishes = wishesOf(call.settings)
  const extra = {
    ...(wishes && { fairlead: wishes }),
    ...(call.settings.fallbacks && { fallbacks: call.settings.fallbacks }),
  }
  const body = openaiChat.encodeRequest({ ...request, extra }, { model: modelId, quirks })
  const ask = settings.fetch ?? globalThis.fetch
  const headers = headersOf(settings, call.headers)
  const response = await ask(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
    throw unreachableError(error, { url, body, signal })
  })
  const sent = { url, body, response, headers: Object.fromEntries(response.headers) }
  if (!response.ok) throw failedReply(sent, await bodyText(sent, call))
  return sent
}

function headersOf({ apiKey, headers }: HttpSettings, own: SourceCall['headers']): Record<string, string> {
  const all = {
    'content-type': 'application/json',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...headers,
    ...own,
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value]],
    ),
  )
}

const bodyText = ({ url, body, response }: Sent, { signal }: SourceCall): Promise<string> =>
  response.text().catch((error: unknown) => {
    throw unreachableError(error, { url, body, signal })
  })

/** What providers of this format leave out as a matter of course; a tool's error says in words that it is one. */
const unsaid: ReadonlySet<string> = new Set(['reasoning of earlier turns', 'is_error of a tool result'])

const lossWarnings = ({ request }: SourceCall): SharedV3Warning[] =>
  openaiChat
    .losses(request)
    .filter(({ what }) => !unsaid.has(what))
    .map(({ what }) => ({
      type: 'unsupported',
      feature: what,
      details:
        'Chat Completions, which is spoken over HTTP, has no place for it; in process it gets through.',
    }))

const sourced = (sent: Sent, call: SourceCall) => {
  const facts = factsIn(sent.headers)
  return {
    facts: () => facts,
    warnings: lossWarnings(call),
    requestBody: sent.body,
    responseHeaders: sent.headers,
  }
}

function factsIn(headers: Readonly<Record<string, string>>): Partial<DecisionFacts> {
  const told = (name: string) => headers[`x-fairlead-${name}`]
  const costUsd = told('cost-usd')
  return {
    ...(told('decision') !== undefined && { id: told('decision')! }),
    ...(told('policy') !== undefined && { policy: told('policy')! }),
    ...(told('model') !== undefined && { model: told('model')! }),
    ...(told('reason') !== undefined && { reason: told('reason')! }),
    costUsd: costUsd === undefined ? null : Number(costUsd),
    failedModels: told('fallback')?.split(', ') ?? [],
  }
}

/** @throws the SDK's error where the stream breaks off: one that ends without a finish reason is not whole */
async function* readParts(sent: Sent, { signal }: SourceCall): AsyncGenerator<StreamPart> {
  let state: unknown = openaiChat.streamDecoder.start
  let finished = false
  for await (const event of eventsOf(sent, signal)) {
    const chunk = parsedJson(event.data)
    if (isObject(chunk) && isObject(chunk.error))
      throw streamError(sent, asText(chunk.error.message), asText(chunk.error.code))
    const read = openaiChat.streamDecoder.read(state, event)
    state = read.state
    if (read.failure !== null) throw streamError(sent, read.failure.message, read.failure.code)
    for (const part of read.parts) {
      finished ||= part.kind === 'finish'
      yield part
    }
  }
  if (!finished)
    throw streamError(sent, 'The stream ended before the answer was complete.', 'upstream_truncated')
}

async function* eventsOf(sent: Sent, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  let sse = startSse()
  const body = sent.response.body
  if (body === null) return
  try {
    for await (const chunk of body) {
      const read = readSse(sse, chunk)
      sse = read.state
      for (const { event } of read.frames) if (event !== null) yield event
      if (read.overflow) throw new Error('an event of the stream is too large to be read')
    }
  } catch (error) {
    throw unreachableError(error, { url: sent.url, body: sent.body, signal })
  }
  const rest = restOfSse(sse)?.event
  if (rest) yield rest
}
