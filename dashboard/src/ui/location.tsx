/** Where the viewer is: a path and search parameters, in the address, so that every view can be sent to somebody. */

import type { MouseEvent, ReactNode } from 'react'
import { useSyncExternalStore } from 'react'

const moved = 'fairlead:moved'

export function navigate(to: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', to)
  window.dispatchEvent(new Event(moved))
}

const subscribe = (listener: () => void) => {
  window.addEventListener('popstate', listener)
  window.addEventListener(moved, listener)
  return () => {
    window.removeEventListener('popstate', listener)
    window.removeEventListener(moved, listener)
  }
}

const address = (): string => `${location.pathname}${location.search}`

export type Place = { readonly path: string; readonly search: URLSearchParams }

export function usePlace(): Place {
  const text = useSyncExternalStore(subscribe, address)
  const [path = '/', search = ''] = text.split('?', 2)
  return { path, search: new URLSearchParams(search) }
}

/** Changes some search parameters and leaves the others; `null` takes one out. It makes no step of the history. */
export function setSearch(changes: Readonly<Record<string, string | null>>): void {
  const search = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(changes))
    if (value === null || value === '') search.delete(name)
    else search.set(name, value)
  const text = search.toString()
  navigate(text === '' ? location.pathname : `${location.pathname}?${text}`, { replace: true })
}

export type LinkProps = {
  readonly to: string
  readonly children: ReactNode
  readonly className?: string
  readonly current?: boolean
  readonly label?: string
}

export function Link({ to, children, className, current = false, label }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(to)
  }
  return (
    <a
      href={to}
      className={className}
      onClick={follow}
      aria-current={current ? 'page' : undefined}
      aria-label={label}
    >
      {children}
    </a>
  )
}
