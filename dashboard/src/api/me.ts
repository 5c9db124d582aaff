import { useEffect } from 'react'
import { send } from './call.ts'
import { connection } from './connection.ts'
import { session } from './session.ts'
import { createStore, useStore } from './store.ts'

/** Who the gateway takes this tab for. */
export type Me = { readonly name: string; readonly role: 'full' | 'read' }

const known = createStore<{ readonly token: string | null; readonly me: Me } | null>(null)

/** `null`: not known yet. */
export function useMe(): Me | null {
  const { token, refusal } = useStore(session)
  const found = useStore(known)
  const isReached = useStore(connection).kind === 'reached'
  const fits = found !== null && found.token === token && refusal === null
  useEffect(() => {
    if (fits || refusal !== null || !isReached) return
    send<Me>('GET', '/admin/me').then(
      (me) => known.set({ token, me }),
      // Refusals show the log-in; a gateway that is gone shows its banner, and is asked again once it is back.
      () => {},
    )
  }, [fits, refusal, token, isReached])
  return fits ? found.me : null
}

/** Whether to offer what changes something. Until it is known who this is, nothing is offered. */
export const useMayChange = (): boolean => useMe()?.role === 'full'
