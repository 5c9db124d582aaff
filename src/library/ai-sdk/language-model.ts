import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
  LanguageModelV3StreamPart,
  LanguageModelV3StreamResult,
} from '@ai-sdk/provider'
import type { StreamPart } from '../../domain/answer.ts'
import { openScope } from '../../engine/attempts/interruption.ts'
import { decisionMetadata, encodeContent, encodeFinish, encodeUsage } from './answer.ts'
import { type DecodedCall, decodeCall } from './call.ts'
import type { FairleadModelSettings } from './settings.ts'
import type { Source, SourceCall, Sourced } from './source.ts'
import { endOfAnswer, endOfBroken, readPart, startStream } from './stream-parts.ts'

/** A policy or a model of Fairlead's as a model of the AI SDK. */
export class FairleadLanguageModel implements LanguageModelV3 {
  readonly specificationVersion = 'v3'
  readonly provider = 'fairlead'
  readonly modelId: string
  /** Images may stay where they are: vendors that take images fetch them. Other files the SDK fetches. */
  readonly supportedUrls = { 'image/*': [/^https?:\/\/.+$/] }
  readonly #source: Source
  readonly #settings: FairleadModelSettings

  constructor(modelId: string, settings: FairleadModelSettings, source: Source) {
    this.modelId = modelId
    this.#settings = settings
    this.#source = source
  }

  async doGenerate(options: LanguageModelV3CallOptions): Promise<LanguageModelV3GenerateResult> {
    const call = decodeCall(options, this.#settings, false)
    const signal = options.abortSignal ?? new AbortController().signal
    const sourced = await this.#source.answer(this.#callOf(call, options, signal))
    const { answer, facts } = sourced
    return {
      content: encodeContent(answer),
      finishReason: encodeFinish(answer.finish),
      usage: encodeUsage(answer.usage),
      providerMetadata: decisionMetadata(facts()),
      request: { body: sourced.requestBody },
      response: { ...responseOf(sourced), ...headersOf(sourced) },
      warnings: [...call.warnings, ...sourced.warnings],
    }
  }

  async doStream(options: LanguageModelV3CallOptions): Promise<LanguageModelV3StreamResult> {
    const call = decodeCall(options, this.#settings, true)
    const scope = openScope(options.abortSignal ?? new AbortController().signal)
    const { signal } = scope.controller
    try {
      const sourced = await this.#source.stream(this.#callOf(call, options, signal))
      const parts = sdkParts(sourced, call, options.includeRawChunks ?? false, signal)
      return {
        stream: readable(parts, scope),
        request: { body: sourced.requestBody },
        response: headersOf(sourced),
      }
    } catch (error) {
      scope.release()
      throw error
    }
  }

  #callOf(call: DecodedCall, { headers = {} }: LanguageModelV3CallOptions, signal: AbortSignal): SourceCall {
    return { ...call, modelId: this.modelId, signal, headers }
  }
}

const headersOf = ({ responseHeaders }: Sourced) => (responseHeaders ? { headers: responseHeaders } : {})

/** The model that answered, and the decision by which Fairlead knows the answer. */
function responseOf({ facts }: Sourced) {
  const { id, model } = facts()
  return { ...(id !== undefined && { id }), ...(model && { modelId: model }), timestamp: new Date() }
}

async function* sdkParts(
  sourced: Sourced & { readonly parts: AsyncIterable<StreamPart> },
  call: DecodedCall,
  raw: boolean,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelV3StreamPart, void, undefined> {
  yield { type: 'stream-start', warnings: [...call.warnings, ...sourced.warnings] }
  yield { type: 'response-metadata', ...responseOf(sourced) }
  let state = startStream
  try {
    for await (const part of sourced.parts) {
      if (raw) yield { type: 'raw', rawValue: part }
      const [next, given] = readPart(state, part)
      state = next
      yield* given
    }
  } catch (error) {
    if (signal.aborted) throw error
    yield* endOfBroken(state)
    yield { type: 'error', error }
    yield finishPart(sourced, { unified: 'error', raw: undefined }, state.usage)
    return
  }
  yield* endOfAnswer(state)
  const finish = state.finish ? encodeFinish(state.finish) : ({ unified: 'other', raw: undefined } as const)
  yield finishPart(sourced, finish, state.usage)
}

const finishPart = (
  { facts }: Sourced,
  finishReason: Extract<LanguageModelV3StreamPart, { type: 'finish' }>['finishReason'],
  usage: Parameters<typeof encodeUsage>[0],
): LanguageModelV3StreamPart => ({
  type: 'finish',
  finishReason,
  usage: encodeUsage(usage),
  providerMetadata: decisionMetadata(facts()),
})

/** Nothing is read ahead of the reader; one that leaves cancels the call upstream. */
const readable = (
  parts: AsyncGenerator<LanguageModelV3StreamPart, void, undefined>,
  { controller, release }: ReturnType<typeof openScope>,
): ReadableStream<LanguageModelV3StreamPart> =>
  new ReadableStream<LanguageModelV3StreamPart>(
    {
      pull: async (reader) => {
        try {
          const { done, value } = await parts.next()
          if (!done) return reader.enqueue(value)
          release()
          reader.close()
        } catch (error) {
          release()
          throw error
        }
      },
      cancel: async (reason) => {
        controller.abort(reason)
        release()
        await parts.return().catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
