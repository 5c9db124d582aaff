import type { Request } from '../../domain/request.ts'
import type { RoutingOptions } from '../../domain/routing-options.ts'
import type { EpisodeFacts } from '../../domain/strategy.ts'
import { awaitsResults, holdsSeals, holdsVendorState, isContinued, isInToolLoop } from './conversation.ts'
import { episodeKey, sessionKey, threadKey } from './session-key.ts'
import type { Session, Sessions } from './sessions.ts'

/** One request, as a turn of a session. */
export type SessionView = {
  readonly key: string
  /** Which of a named session's conversations it is. */
  readonly thread: string | null
  /** What the steps of the task are summed up under. */
  readonly episode: string
  /** What they have come to so far; `null`: this is the first. */
  readonly spent: EpisodeFacts | null
  /** `null`: nothing has been answered, or nothing that this request goes on with. */
  readonly session: Session | null
  readonly inToolLoop: boolean
  /** A call of a tool has no result yet. */
  readonly awaitsResults: boolean
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
  const thread = threadKey(request, options)
  const session = options.session !== null || isContinued(request) ? sessions.find(key, thread) : null
  const episode = episodeKey(key, options)
  const inToolLoop = session !== null && isInToolLoop(request)
  return {
    key,
    thread,
    episode,
    spent: sessions.episode(episode),
    session,
    inToolLoop,
    awaitsResults: inToolLoop && awaitsResults(request),
    pinned: session !== null && holdsVendorState(text),
    sealed: session !== null && holdsSeals(text),
  }
}
