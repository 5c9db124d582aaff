import { createStore } from './store.ts'

/** Whether the gateway answers. `since`: milliseconds since 1970, when it was found not to. */
export type Connection =
  | { readonly kind: 'reached'; readonly clockAheadMs: number }
  | { readonly kind: 'lost'; readonly since: number; readonly clockAheadMs: number }

export const connection = createStore<Connection>({ kind: 'reached', clockAheadMs: 0 })

/** Differences below it are the time that an answer takes. */
const negligibleMs = 5_000

/**
 * `date`: the gateway's own `Date` header. A viewer's clock may be hours off, and every "3 minutes ago" would be wrong:
 * times are shown by the gateway's clock.
 */
export function reached(date: string | null): void {
  const server = date === null ? Number.NaN : Date.parse(date)
  const off = Number.isNaN(server) ? 0 : server - Date.now()
  const clockAheadMs = Math.abs(off) < negligibleMs ? 0 : Math.round(off / 1_000) * 1_000
  const before = connection.get()
  // One second more or less with every answer is no news.
  if (before.kind === 'reached' && Math.abs(before.clockAheadMs - clockAheadMs) < 2_000) return
  connection.set({ kind: 'reached', clockAheadMs })
}

export function lost(): void {
  const before = connection.get()
  if (before.kind === 'reached') connection.set({ ...before, kind: 'lost', since: Date.now() })
}

/** Now, by the gateway's clock: milliseconds since 1970. */
export const gatewayNow = (): number => Date.now() + connection.get().clockAheadMs

/** Asks whether the gateway is back, for as long as it is gone. Gives back what ends it. */
export function awaitReturn(everyMs: number): () => void {
  const timer = setInterval(() => {
    fetch('/healthz', { cache: 'no-store' }).then(
      (reply) => reached(reply.headers.get('date')),
      () => {},
    )
  }, everyMs)
  return () => clearInterval(timer)
}
