/**
 * OpenAI's Chat Completions as far as Fairlead reads them. Values of the `openai` package's own types fit. A vendor's further
 * fields go through as they are: pass them in a variable, or with `request('openai-chat', …)`.
 */

type Maybe<T> = T | null | undefined

export type ChatRequest = {
  /** A policy such as `auto`, or a model as `vendor/name`. */
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly tools?: Maybe<readonly ChatTool[]>
  readonly tool_choice?: Maybe<'auto' | 'none' | 'required' | object>
  readonly parallel_tool_calls?: Maybe<boolean>
  readonly response_format?: Maybe<ChatResponseFormat>
  readonly temperature?: Maybe<number>
  readonly top_p?: Maybe<number>
  readonly max_tokens?: Maybe<number>
  readonly max_completion_tokens?: Maybe<number>
  readonly stop?: Maybe<string | readonly string[]>
  readonly seed?: Maybe<number>
  readonly frequency_penalty?: Maybe<number>
  readonly presence_penalty?: Maybe<number>
  readonly n?: Maybe<number>
  readonly reasoning_effort?: Maybe<string>
  readonly logprobs?: Maybe<boolean>
  readonly top_logprobs?: Maybe<number>
  readonly user?: Maybe<string>
  readonly stream?: Maybe<boolean>
  readonly stream_options?: Maybe<{ readonly include_usage?: boolean | undefined }>
  /** Models to try, in order, when the chosen one fails. */
  readonly fallbacks?: Maybe<readonly string[]>
  readonly fairlead?: Maybe<RoutingWishes>
}

/** What is wanted of one request's routing. */
export type RoutingWishes = {
  /** Keep this share of the best model's quality, 0 to 1, whatever the policy's objective. */
  readonly quality?: number | undefined
  /** The most that the request may be expected to cost. */
  readonly maxCostUsd?: number | undefined
  /** The conversation that it belongs to: it goes back to the model whose cache is warm. */
  readonly session?: string | undefined
  readonly step?: string | undefined
  readonly user?: string | undefined
  readonly tier?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export type ChatMessage = {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function'
  readonly content?: Maybe<string | readonly ChatContentPart[]>
  readonly name?: Maybe<string>
  readonly tool_call_id?: Maybe<string>
  readonly tool_calls?: Maybe<readonly ChatToolCall[]>
  readonly refusal?: Maybe<string>
}

/** `text`, `refusal`, `image_url`, `input_audio` or `file`, with the field of that name. */
export type ChatContentPart = {
  readonly type: string
  readonly text?: string
  readonly refusal?: string
  readonly image_url?: { readonly url: string; readonly detail?: string }
  readonly input_audio?: { readonly data: string; readonly format: string }
  readonly file?: { readonly file_id?: string; readonly filename?: string; readonly file_data?: string }
}

export type ChatToolCall = {
  readonly id: string
  readonly type: string
  readonly function?: { readonly name: string; readonly arguments: string }
}

export type ChatTool = {
  readonly type: string
  readonly function?: {
    readonly name: string
    readonly description?: string | undefined
    /** A JSON Schema. */
    readonly parameters?: Readonly<Record<string, unknown>> | undefined
    readonly strict?: Maybe<boolean>
  }
}

export type ChatResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly json_schema: ChatJsonSchema }

export type ChatJsonSchema = {
  readonly name: string
  readonly description?: string | undefined
  readonly schema?: Readonly<Record<string, unknown>> | undefined
  readonly strict?: Maybe<boolean>
}

export type ChatCompletion = {
  readonly id: string
  readonly object: 'chat.completion'
  /** Unix seconds. */
  readonly created: number
  /** As its vendor names the model that answered. */
  readonly model: string
  readonly choices: readonly {
    readonly index: number
    readonly message: {
      readonly role: 'assistant'
      readonly content: string | null
      readonly refusal?: string | null
      readonly reasoning_content?: string | null
      readonly tool_calls?: readonly ChatToolCall[]
    }
    readonly logprobs?: unknown
    readonly finish_reason: string
  }[]
  readonly usage?: ChatUsage | null
}

export type ChatUsage = {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null
}

export type ChatCompletionChunk = {
  readonly id: string
  readonly object: 'chat.completion.chunk'
  readonly created: number
  readonly model: string
  readonly choices: readonly {
    readonly index: number
    readonly delta: {
      readonly role?: 'assistant'
      readonly content?: string | null
      readonly refusal?: string | null
      readonly reasoning_content?: string | null
      readonly tool_calls?: readonly {
        readonly index: number
        readonly id?: string
        readonly type?: string
        readonly function?: { readonly name?: string; readonly arguments?: string }
      }[]
    }
    readonly logprobs?: unknown
    readonly finish_reason: string | null
  }[]
  readonly usage?: ChatUsage | null
}
