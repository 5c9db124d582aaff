import type { WireFormatName } from './vendor.ts'

/**
 * One chat request in Fairlead's own form, whatever wire format it came in.
 * Fields that a format has and this form lacks stay in `extra`, under the format's own names, and are sent on unchanged
 * to a vendor that speaks the same format.
 */
export type Request = {
  /** The format that `extra` belongs to. Absent: Fairlead made the request, and `extra` is empty. */
  readonly from?: WireFormatName
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice | null
  readonly parallelToolCalls: boolean | null
  readonly responseFormat: ResponseFormat
  readonly sampling: Sampling
  readonly reasoningEffort: string | null
  /** What else is asked of the model's thinking. */
  readonly reasoning?: ReasoningWish
  /** Tools that the vendor runs itself. Only a target of the same format can take them. */
  readonly hostedTools?: readonly HostedTool[]
  /** How many of the likeliest tokens to report beside each token; `null`: no logprobs asked for. */
  readonly topLogprobs: number | null
  readonly stream: boolean
  readonly user: string | null
  readonly extra: Readonly<Record<string, unknown>>
}

export type Sampling = {
  readonly temperature: number | null
  readonly topP: number | null
  readonly topK?: number
  readonly maxOutputTokens: number | null
  readonly stop: readonly string[]
  readonly seed: number | null
  readonly frequencyPenalty: number | null
  readonly presencePenalty: number | null
  /** How many answers to make. */
  readonly answers: number
}

export type Message =
  | {
      readonly role: 'system' | 'developer'
      readonly content: readonly ContentPart[]
      readonly name: string | null
    }
  | { readonly role: 'user'; readonly content: readonly ContentPart[]; readonly name: string | null }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[]; readonly name: string | null }
  | {
      readonly role: 'tool'
      readonly toolCallId: string
      readonly content: readonly ContentPart[]
      /** The tool failed; its content says how. */
      readonly isError?: boolean
      readonly cache?: CacheHint
      readonly own?: OwnFields
    }

export type ContentPart = (
  | { readonly kind: 'text'; readonly text: string }
  /** `url` may be a data URL. With a `fileId` the image lies in the vendor's own store, and `url` is ''. */
  | {
      readonly kind: 'image'
      readonly url: string
      readonly detail: string | null
      readonly fileId?: string
    }
  | { readonly kind: 'audio'; readonly base64: string; readonly format: string }
  | {
      readonly kind: 'file'
      readonly fileId: string | null
      readonly filename: string | null
      /** As a data URL where the media type is known. */
      readonly base64: string | null
      /** Where the vendor may fetch it. */
      readonly url?: string
    }
) & { readonly cache?: CacheHint; readonly own?: OwnFields }

/** Fields of a part that only its own format knows (citations, a document's context): sent on to a target of that format. */
export type OwnFields = {
  readonly format: WireFormatName
  readonly fields: Readonly<Record<string, unknown>>
}

/** Up to here the prompt is worth keeping in the vendor's cache, for five minutes or an hour. */
export type CacheHint = { readonly ttl: '5m' | '1h' }

export type AssistantPart =
  | { readonly kind: 'text'; readonly text: string; readonly cache?: CacheHint; readonly own?: OwnFields }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string; readonly sealed?: SealedReasoning }
  | ToolCall
  | OpaquePart

/**
 * Proof of a vendor's own reasoning, that only it can read: Anthropic's signature or redacted block, OpenAI's encrypted
 * content. To another vendor it is noise at best and an error at worst.
 */
export type SealedReasoning = {
  readonly format: WireFormatName
  readonly data: string
  readonly id: string | null
  /** The text is not given, only `data`. */
  readonly redacted: boolean
}

/** A part that only one format knows: calls of hosted tools and their results. `value` is as it stood there. */
export type OpaquePart = {
  readonly kind: 'opaque'
  readonly format: WireFormatName
  readonly value: Readonly<Record<string, unknown>>
}

/** `argumentsText` is the JSON text that the model wrote; it may not parse. */
export type ToolCall = {
  readonly kind: 'tool-call'
  readonly id: string
  readonly name: string
  readonly argumentsText: string
  /** The call of a freeform tool: `argumentsText` is `{"input": "…"}`, where its own format has the bare text. */
  readonly freeform?: true
  readonly cache?: CacheHint
  readonly own?: OwnFields
}

/** `budgetTokens` and `summary` are each absent where nothing was said. */
export type ReasoningWish = {
  /** `false`: answer without thinking first. `adaptive`: the model decides how much. */
  readonly enabled: boolean | 'adaptive'
  readonly budgetTokens?: number
  /** The vendor's own word for how reasoning is to be summed up. */
  readonly summary?: string
}

/** `definition` is as it stood in the request. */
export type HostedTool = {
  readonly format: WireFormatName
  readonly type: string
  readonly definition: Readonly<Record<string, unknown>>
}

export type Tool = {
  readonly name: string
  readonly description: string | null
  /** A JSON Schema, or `null` for a tool without parameters. */
  readonly parameters: Readonly<Record<string, unknown>> | null
  readonly strict: boolean | null
  /**
   * The tool takes a text instead of JSON, and this says of which form (empty: any text). `parameters` then ask for that
   * text as `input`, for formats that have no such tools.
   */
  readonly freeform?: Readonly<Record<string, unknown>>
  readonly cache?: CacheHint
  readonly own?: OwnFields
}

export type ToolChoice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'required' }
  | { readonly kind: 'named'; readonly name: string }

export type ResponseFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | {
      readonly kind: 'json-schema'
      readonly name: string
      readonly description: string | null
      readonly schema: Readonly<Record<string, unknown>>
      readonly strict: boolean | null
    }

/** A request of one user message, with nothing else asked for. */
export const plainRequest = (prompt: string): Request => ({
  messages: [{ role: 'user', content: [{ kind: 'text', text: prompt }], name: null }],
  tools: [],
  toolChoice: null,
  parallelToolCalls: null,
  responseFormat: { kind: 'text' },
  sampling: {
    temperature: null,
    topP: null,
    maxOutputTokens: null,
    stop: [],
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
    answers: 1,
  },
  reasoningEffort: null,
  topLogprobs: null,
  stream: false,
  user: null,
  extra: {},
})

/** All text of a message's parts, joined by newlines. */
export function textOf(message: Message): string {
  let text = ''
  for (const part of message.content) {
    if (part.kind !== 'text') continue
    text = text === '' ? part.text : `${text}\n${part.text}`
  }
  return text
}

/** The text of the last user message that has any, or '' where there is none. */
export function lastUserText({ messages }: Request): string {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]!
    if (message.role !== 'user') continue
    const text = textOf(message)
    if (text !== '') return text
  }
  return ''
}
