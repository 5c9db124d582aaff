import { lost, reached } from './connection.ts'
import { refused, session } from './session.ts'

/** `status` 0: the gateway was not reached. */
export type ApiError = { readonly status: number; readonly code: string; readonly message: string }

export class CallError extends Error implements ApiError {
  override readonly name = 'CallError'
  readonly status: number
  readonly code: string

  constructor({ status, code, message }: ApiError) {
    super(message)
    this.status = status
    this.code = code
  }
}

export type CallOptions = {
  readonly signal?: AbortSignal
  /** In place of the admin token: a virtual key, for calls that clients make. */
  readonly bearer?: string | null
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The answer as it comes, for streams. @throws CallError where the gateway refuses or is not reached */
export async function request(
  method: Method,
  path: string,
  body?: unknown,
  { signal, bearer = session.get().token }: CallOptions = {},
): Promise<Response> {
  const asAdministrator = path.startsWith('/admin/')
  let reply: Response
  try {
    reply = await fetch(path, {
      method,
      headers: {
        ...(bearer !== null && bearer !== '' && { authorization: `Bearer ${headerText(bearer)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
      cache: 'no-store',
    })
  } catch (error) {
    if (signal?.aborted) throw error
    lost()
    throw new CallError({ status: 0, code: 'not_reached', message: 'The gateway does not answer.' })
  }
  reached(reply.headers.get('date'))
  if (reply.ok) return reply
  const error = await errorOf(reply)
  // Nobody waits for it any more, and why it was refused may have been cut off: another call has said it.
  if (signal?.aborted) throw error
  if (asAdministrator && (error.status === 401 || error.code === 'admin_not_open'))
    refused(error.code, error.message)
  throw error
}

/** @throws CallError */
export async function send<T>(
  method: Method,
  path: string,
  body?: unknown,
  options?: CallOptions,
): Promise<T> {
  const reply = await request(method, path, body, options)
  const text = await reply.text()
  try {
    return (text === '' ? undefined : JSON.parse(text)) as T
  } catch {
    throw new CallError({
      status: reply.status,
      code: 'unreadable',
      message:
        'The gateway answered something that is not JSON. Is something else listening at this address?',
    })
  }
}

/** Whatever was thrown, as something that can be shown. */
export const errorFrom = (thrown: unknown): ApiError =>
  thrown instanceof CallError
    ? thrown
    : { status: 0, code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) }

/** Every wire format has an `error` with a message; all but one have a code in it. */
async function errorOf(reply: Response): Promise<CallError> {
  const status = reply.status
  const text = await reply.text().catch(() => '')
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string; type?: string; message?: string } }
    return new CallError({
      status,
      code: error?.code ?? error?.type ?? 'failed',
      message: error?.message ?? `The gateway answered with status ${status}.`,
    })
  } catch {
    return new CallError({ status, code: 'failed', message: `The gateway answered with status ${status}.` })
  }
}

/** A header takes Latin letters only, and a token that somebody mistyped must be refused by the gateway, not by the browser. */
const headerText = (token: string): string => token.replace(/[^\x21-\x7e]/g, '?')
