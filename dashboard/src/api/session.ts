/** Whose token this tab shows the gateway. It is kept for as long as the tab is open and nowhere else. */

import { createStore } from './store.ts'

const place = 'fairlead.admin-token'

export type Session = {
  readonly token: string | null
  /** The gateway has said that it takes no call with what the tab has. `null`: nothing of the kind. */
  readonly refusal: { readonly code: string; readonly message: string } | null
}

export const session = createStore<Session>({ token: sessionStorage.getItem(place), refusal: null })

export function logIn(token: string): void {
  sessionStorage.setItem(place, token)
  session.set({ token, refusal: null })
}

export function logOut(): void {
  sessionStorage.removeItem(place)
  session.set({
    token: null,
    refusal: { code: 'admin_token_required', message: 'You have logged out.' },
  })
}

export function refused(code: string, message: string): void {
  const before = session.get().refusal
  if (before?.code !== code || before.message !== message)
    session.set({ ...session.get(), refusal: { code, message } })
}
