import type { Request } from '../../domain/request.ts'
import type { RoutingOptions } from '../../domain/routing-options.ts'
import { holdsSeals, holdsVendorState, isContinued, isInToolLoop } from './conversation.ts'
import { sessionKey } from './session-key.ts'
import type { Session, Sessions } from './sessions.ts'

/** One request, as a turn of a session. */
export type SessionView = {
  readonly key: string
  /** `null`: nothing has been answered, or nothing that this request goes on with. */
  readonly session: Session | null
  readonly inToolLoop: boolean
  /** Nobody but the vendor that answered before can go on. */
  readonly pinned: boolean
  /** It holds reasoning that only the account that answered before can read. */
  readonly sealed: boolean
}

/** `null` where sessions are not looked at. `text`: what the client wrote. */
export function viewSession(
  sessions: Sessions,
  request: Request,
  options: RoutingOptions,
  text: string,
): SessionView | null {
  if (!sessions.rules.affinity) return null
  const key = sessionKey(request, options)
  const session = options.session !== null || isContinued(request) ? sessions.find(key) : null
  return {
    key,
    session,
    inToolLoop: session !== null && isInToolLoop(request),
    pinned: session !== null && holdsVendorState(text),
    sealed: session !== null && holdsSeals(text),
  }
}
