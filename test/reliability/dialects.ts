/** Wire formats as vendors speak them, and what a client makes of a reply in each. */

import type { WireFormat } from '../../src/wire/wire-format.ts'
import { wireFormat } from '../../src/wire/index.ts'
import { looksComplete, readChatStream } from '../support/chat-stream.ts'
import { anthropicMessagesSpoken } from '../support/faults/anthropic-messages.ts'
import { openaiChatSpoken } from '../support/faults/openai-chat.ts'
import { openaiResponsesSpoken } from '../support/faults/openai-responses.ts'
import type { SpokenFormat } from '../support/faults/said.ts'

export type Understood = { readonly text: string; readonly complete: boolean; readonly error: string | null }

export type Dialect = {
  readonly format: WireFormat
  readonly spoken: SpokenFormat
  readonly readStream: (text: string) => Understood
  readonly readWhole: (body: unknown) => Understood
  /** Vendors whose own errors are told in this format; `null`: everybody's. */
  readonly vendors: readonly string[] | null
}

const chat: Dialect = {
  format: wireFormat('openai-chat'),
  spoken: openaiChatSpoken,
  vendors: null,
  readStream: (text) => {
    const read = readChatStream(text)
    return {
      text: read.content + read.toolArguments.join(''),
      complete: looksComplete(read),
      error: read.error?.code ?? null,
    }
  },
  readWhole: (body) => {
    const { choices, error } = body as {
      choices?: { message: { content: string; tool_calls?: Called[] }; finish_reason: string }[]
      error?: { code: string }
    }
    const [choice] = choices ?? []
    const calls = choice?.message.tool_calls ?? []
    return {
      text: (choice?.message.content ?? '') + calls.map((call) => call.function.arguments).join(''),
      complete: Boolean(choice?.finish_reason),
      error: error?.code ?? null,
    }
  },
}

type Called = { readonly function: { readonly arguments: string } }

type Block = { readonly type: string; readonly text?: string; readonly input?: unknown }
type AnthropicError = { readonly type: string; readonly details?: { readonly error_code?: string } }

const codeOf = (error: AnthropicError): string => error.details?.error_code ?? error.type

const messages: Dialect = {
  format: wireFormat('anthropic-messages'),
  spoken: anthropicMessagesSpoken,
  vendors: ['Anthropic', 'a proxy'],
  readStream: (text) => {
    const seen = eventsIn(text)
    const error = seen.find(({ type }) => type === 'error')?.error as AnthropicError | undefined
    return {
      text: seen.map(({ delta }) => delta?.text ?? delta?.partial_json ?? '').join(''),
      complete: seen.some(({ type, delta }) => type === 'message_stop' || delta?.stop_reason),
      error: error ? codeOf(error) : null,
    }
  },
  readWhole: (body) => {
    const {
      content = [],
      stop_reason: stop,
      error,
    } = body as {
      content?: readonly Block[]
      stop_reason?: string
      error?: AnthropicError
    }
    const said = content.map((block) => block.text ?? (block.input ? JSON.stringify(block.input) : ''))
    return { text: said.join(''), complete: Boolean(stop), error: error ? codeOf(error) : null }
  },
}

type Item = { readonly arguments?: string; readonly content?: readonly { readonly text?: string }[] }
type Response = {
  readonly status?: string
  readonly output?: readonly Item[]
  readonly error?: { code: string } | null
}

const responses: Dialect = {
  format: wireFormat('openai-responses'),
  spoken: openaiResponsesSpoken,
  vendors: ['OpenAI', 'Azure', 'a proxy'],
  readStream: (text) => {
    const seen = eventsIn(text)
    const deltas = seen.filter(({ type }) =>
      ['response.output_text.delta', 'response.function_call_arguments.delta'].includes(type),
    )
    const failed = seen.find(({ type }) => type === 'error' || type === 'response.failed')
    const code = (failed?.error ?? failed?.response?.error ?? failed) as { code?: string } | undefined
    return {
      text: deltas.map(({ delta }) => delta).join(''),
      complete: seen.some(({ type }) => type === 'response.completed'),
      error: failed ? (code?.code ?? 'unknown') : null,
    }
  },
  readWhole: (body) => {
    const { status, output = [], error } = body as Response
    const said = output.map(
      (item) => item.arguments ?? (item.content ?? []).map(({ text = '' }) => text).join(''),
    )
    return { text: said.join(''), complete: status === 'completed', error: error?.code ?? null }
  },
}

// Each format's events have fields of their own; a reader takes what it knows.
// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes
type SeenEvent = any

const eventsIn = (text: string): readonly SeenEvent[] =>
  text
    .split(/\n{2,}/)
    .flatMap((block) => block.split('\n').filter((line) => line.startsWith('data: ')))
    .flatMap((line) => {
      try {
        return [JSON.parse(line.slice(6))]
      } catch {
        return []
      }
    })

export const dialects: readonly Dialect[] = [chat, messages, responses]
