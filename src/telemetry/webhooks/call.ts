import { type Dispatcher, request } from 'undici'
import type { Secret } from '../../domain/secret.ts'
import { withoutCredentials } from '../without-credentials.ts'

export type CallResult =
  | { readonly kind: 'taken' }
  /** The receiver wants no more of it. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfterMs: number | null }

/** One call. Redirects are not followed: what is signed for one address is for no other. Never throws. */
export async function callWebhook(
  url: Secret,
  body: string,
  headers: Record<string, string>,
  timeoutMs: number,
  dispatcher: Dispatcher,
  stop: AbortSignal,
): Promise<CallResult> {
  try {
    const reply = await request(url.reveal(), {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'fairlead-webhooks', ...headers },
      dispatcher,
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    })
    // Nobody reads what it says; a body that is left unread would hold the connection.
    await reply.body.dump({ limit: 16_384 }).catch(() => {})
    const { statusCode } = reply
    if (statusCode >= 200 && statusCode < 300) return { kind: 'taken' }
    if (statusCode === 410) return { kind: 'gone' }
    return {
      kind: 'failed',
      why: `status ${statusCode}`,
      retryAfterMs: secondsOf(reply.headers['retry-after']),
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      kind: 'failed',
      why: withoutCredentials(message.replaceAll(url.reveal(), '[url]')),
      retryAfterMs: null,
    }
  }
}

function secondsOf(header: string | string[] | undefined): number | null {
  const seconds = typeof header === 'string' ? Number(header) : Number.NaN
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}
