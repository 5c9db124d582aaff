/** Which path speaks which format, so that errors too are told in the client's own. */

import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiCompletions } from '../wire/openai-completions/index.ts'
import { openaiResponses } from '../wire/openai-responses/index.ts'
import type { ClientFormat } from '../wire/wire-format.ts'

/** Endpoints that take a request and give an answer, one wire format each. */
export const chatPaths: Readonly<Record<string, ClientFormat>> = {
  '/v1/chat/completions': openaiChat,
  '/v1/completions': openaiCompletions,
  '/v1/messages': anthropicMessages,
}

const byPrefix: readonly (readonly [string, ClientFormat])[] = [
  ['/v1/messages', anthropicMessages],
  ['/v1/responses', openaiResponses],
  ['/v1/completions', openaiCompletions],
]

/** Where no path says, a client of OpenAI's is the likeliest. */
export function formatOfPath(url: string): ClientFormat {
  for (const [prefix, format] of byPrefix) if (url.startsWith(prefix)) return format
  return openaiChat
}
