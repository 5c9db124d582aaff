import { hash32 } from '../../domain/random.ts'
import { type Request, textOf } from '../../domain/request.ts'
import type { RoutingOptions } from '../../domain/routing-options.ts'

/** Enough of a text to tell conversations apart; a system prompt may be of any length. */
const hashedChars = 512

/** Clients choose these names, and so many of them are kept in memory. */
export const mostNameChars = 256

/**
 * What a conversation is known by. Who names a session is believed. Who names a cache or a user has many conversations:
 * each is told apart by its system prompt and its first user turn, which is also all there is where nothing is named.
 */
export function sessionKey(request: Request, { session }: RoutingOptions): string {
  if (session !== null) return `named ${session.slice(0, mostNameChars)}`
  const named = textField(request.extra.prompt_cache_key) ?? request.user ?? userOf(request.extra.metadata)
  return `${named?.slice(0, mostNameChars) ?? ''} ${openingHash(request)}`
}

/**
 * A named session may have several conversations side by side: an agent, those that it sends out, and its calls for titles and
 * summaries. `null`: the key tells them apart already.
 */
export const threadKey = (request: Request, { session }: RoutingOptions): string | null =>
  session === null ? null : openingHash(request)

/** What an episode is known by: the name that the client gives it, else the session. */
export const episodeKey = (key: string, { episode }: RoutingOptions): string =>
  episode == null ? key : `episode ${episode.slice(0, mostNameChars)}`

const textField = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null

const userOf = (metadata: unknown): string | null =>
  typeof metadata === 'object' && metadata !== null && 'user_id' in metadata
    ? textField(metadata.user_id)
    : null

function openingHash({ messages }: Request): string {
  let opening = ''
  for (const message of messages) {
    if (message.role !== 'system' && message.role !== 'developer' && message.role !== 'user') break
    const text = textOf(message)
    opening += `${message.role} ${text.length} ${text.slice(0, hashedChars)}\n`
    if (message.role === 'user') break
  }
  return hash32(opening, 1).toString(36) + hash32(opening, 2).toString(36)
}
