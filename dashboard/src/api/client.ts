/** What pages know of the gateway: ask, ask again, change something, and hear what happens. */

import { useCallback, useEffect, useRef, useState } from 'react'
import { type ApiError, errorFrom, send } from './call.ts'
import { connection } from './connection.ts'
import { session } from './session.ts'
import { useStore } from './store.ts'

export { type ApiError, errorFrom, request, send } from './call.ts'
export { useEvents } from './events.ts'
export { useMayChange } from './me.ts'

/** `data` of a failed query is what was known before it failed. */
export type Query<T> = { readonly reload: () => void } & (
  | { readonly state: 'loading'; readonly data?: undefined; readonly error?: undefined }
  | { readonly state: 'ready'; readonly data: T; readonly error?: undefined }
  | { readonly state: 'failed'; readonly data?: T | undefined; readonly error: ApiError }
)

/** What was last answered, so that a page that is opened again stands there at once. The oldest go first. */
const lastAnswers = new Map<string, unknown>()
const mostAnswers = 60

function keep(path: string, data: unknown): void {
  lastAnswers.delete(path)
  lastAnswers.set(path, data)
  const [oldest] = lastAnswers.keys()
  if (lastAnswers.size > mostAnswers && oldest !== undefined) lastAnswers.delete(oldest)
}

/** Whoever logs in anew may see other things. */
session.subscribe(() => {
  if (session.get().refusal !== null) lastAnswers.clear()
})

type Found<T> = {
  readonly path: string | null
  readonly data: T | undefined
  readonly error: ApiError | null
}

/** `path` as in `/admin/limits`; `null`: ask nothing yet. `everyMs`: ask again while the page can be seen. */
export function useQuery<T>(path: string | null, { everyMs }: { readonly everyMs?: number } = {}): Query<T> {
  const { token } = useStore(session)
  const isReached = useStore(connection).kind === 'reached'
  const [found, setFound] = useState<Found<T>>(() => startOf<T>(path))
  const [round, setRound] = useState(0)
  const latest = useRef(path)
  latest.current = path
  const reload = useCallback(() => setRound((before) => before + 1), [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another token or another round is reason to ask again
  useEffect(() => {
    if (path === null) return
    const leaving = new AbortController()
    send<T>('GET', path, undefined, { signal: leaving.signal }).then(
      (data) => {
        keep(path, data)
        if (latest.current === path) setFound({ path, data, error: null })
      },
      (thrown: unknown) => {
        if (leaving.signal.aborted) return
        const error = errorFrom(thrown)
        setFound((before) => ({ path, data: before.path === path ? before.data : undefined, error }))
      },
    )
    return () => leaving.abort()
  }, [path, token, round])

  useEffect(() => {
    if (everyMs === undefined || path === null) return
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, path, reload])

  // Back again: what could not be asked in between is asked now.
  const wasReached = useRef(isReached)
  useEffect(() => {
    if (isReached && !wasReached.current) reload()
    wasReached.current = isReached
  }, [isReached, reload])

  const shown = found.path === path ? found : startOf<T>(path)
  if (shown.error !== null) return { state: 'failed', data: shown.data, error: shown.error, reload }
  if (shown.data !== undefined) return { state: 'ready', data: shown.data, reload }
  return { state: 'loading', reload }
}

const startOf = <T>(path: string | null): Found<T> => ({
  path,
  data: path === null ? undefined : (lastAnswers.get(path) as T | undefined),
  error: null,
})

/** A path with those of the parameters that say something. */
export function withQuery(
  path: string,
  parameters: Readonly<Record<string, string | number | boolean | null | undefined>>,
): string {
  const search = new URLSearchParams()
  for (const [name, one] of Object.entries(parameters))
    if (one != null && one !== '') search.set(name, String(one))
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}
