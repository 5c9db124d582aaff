/** Who may administer: whoever shows the token, or, where there is none, somebody at this machine. */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { AdminTokens } from '../config/resolve-governance.ts'
import type { Secret } from '../domain/secret.ts'
import { unreachable } from '../domain/unreachable.ts'
import { secretOf } from './identity.ts'

export type Administrator =
  | { readonly kind: 'may'; readonly name: string; readonly role: 'full' | 'read' }
  | { readonly kind: 'may-not'; readonly status: 401 | 403; readonly code: string; readonly message: string }

export type Visitor = {
  /** Of the connection itself. */
  readonly address: string | undefined
  readonly headers: IncomingHttpHeaders
}

export function administratorOf(visitor: Visitor, { full, read }: AdminTokens): Administrator {
  // A page of another site that a browser shows may send what it likes to this machine.
  if (isForeign(visitor.headers))
    return mayNot(403, 'foreign_origin', 'This was sent by a page of another site.')
  const shown = secretOf(visitor.headers)
  if (full === null && read === null) return atThisMachine(visitor)
  if (shown === null)
    return mayNot(401, 'admin_token_required', 'Send the admin token as `Authorization: Bearer ...`.')
  if (full !== null && isSame(shown, full)) return { kind: 'may', name: 'admin', role: 'full' }
  if (read !== null && isSame(shown, read)) return { kind: 'may', name: 'reader', role: 'read' }
  return mayNot(401, 'invalid_admin_token', 'This is not the admin token. Send the one of admin.token.')
}

export function mayCall(administrator: Extract<Administrator, { kind: 'may' }>, method: string): boolean {
  switch (administrator.role) {
    case 'full':
      return true
    case 'read':
      return method === 'GET' || method === 'HEAD'
    default:
      return unreachable(administrator.role)
  }
}

function atThisMachine({ address, headers }: Visitor): Administrator {
  const local = isLoopback(address ?? '') && isLoopbackHost(headers.host) && !isForwarded(headers)
  return local
    ? { kind: 'may', name: 'local', role: 'full' }
    : mayNot(
        403,
        'admin_not_open',
        'Without an admin token only this machine itself may administer. Set admin.token, or FAIRLEAD_ADMIN_TOKEN.',
      )
}

/** By a proxy, who would make everybody look like this machine. */
const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)

const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address)

/** A name that somebody's own name server says is this machine is not: DNS rebinding. */
function isLoopbackHost(host: string | undefined): boolean {
  const name = host?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? ''
  return name === 'localhost' || (isIP(name) !== 0 && isLoopback(name))
}

function isForeign({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== host
}

/** Hashes are of one length, so that the time of the comparison tells nothing of the token. */
const isSame = (shown: string, token: Secret): boolean =>
  timingSafeEqual(
    createHash('sha256').update(shown).digest(),
    createHash('sha256').update(token.reveal()).digest(),
  )

const mayNot = (status: 401 | 403, code: string, message: string): Administrator => ({
  kind: 'may-not',
  status,
  code,
  message,
})
