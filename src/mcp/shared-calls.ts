/**
 * Whose call a shared connection's server means when it asks or says something. The protocol does not tell, so it is only
 * known where one client alone has calls under way, and no call of another was given up that the server may still be at.
 */

import type { Addressee } from './answer-server.ts'
import type { Party, RequestId } from './party.ts'

export type SharedCalls = {
  /** Returns what ends the call; `answered`: the server has answered it. */
  readonly begin: (party: Party, during: RequestId | null) => (answered: boolean) => void
  readonly addressee: () => Addressee | null
  /** The server is gone, and what it was at with it. */
  readonly forget: () => void
}

/** So long a server may be at a call that nobody waits for any more. */
export function sharedCalls(forgetMs: number, now: () => number): SharedCalls {
  const open = new Set<Addressee>()
  /** Until when a server may be at a call of this party. */
  const given = new Map<string, number>()
  const mayBeAtAnother = (party: Party): boolean => {
    for (const [id, until] of given) {
      if (until <= now()) given.delete(id)
      else if (id !== party.id) return true
    }
    return false
  }
  return {
    begin: (party, during) => {
      const call = { party, during }
      open.add(call)
      return (answered) => {
        open.delete(call)
        if (answered) return
        // Of many given up two tell as much as all: whoever asks, one of them is another.
        const until = now() + forgetMs
        if (given.size < 2 || given.has(party.id)) given.set(party.id, until)
        else for (const id of given.keys()) given.set(id, until)
      }
    },
    addressee: () => {
      let found: Addressee | null = null
      for (const call of open) {
        if (found !== null && found.party !== call.party) return null
        found = call
      }
      return found === null || !found.party.lasting || mayBeAtAnother(found.party) ? null : found
    },
    forget: () => given.clear(),
  }
}
