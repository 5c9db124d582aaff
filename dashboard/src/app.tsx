import { type ComponentType, lazy, Suspense, useEffect, useRef } from 'react'
import { awaitReturn, connection } from './api/connection.ts'
import { useEvents } from './api/events.ts'
import { useMe } from './api/me.ts'
import { logOut, session } from './api/session.ts'
import { useStore } from './api/store.ts'
import LogIn from './pages/log-in/index.tsx'
import { Boundary } from './ui/boundary.tsx'
import { Button } from './ui/controls.tsx'
import { duration } from './ui/format.ts'
import { Page } from './ui/layout.tsx'
import { Link, usePlace } from './ui/location.tsx'
import { Empty, Skeleton } from './ui/states.tsx'
import { ThemeButton } from './ui/theme.tsx'
import { useNow } from './ui/use-now.ts'

type Loaded = { readonly default: ComponentType }

export type PageEntry = {
  /** An address, or the beginning of one that ends in `/:id`. */
  readonly path: string
  readonly title: string
  readonly load: () => Promise<Loaded>
  /** Opened from other pages, not from the navigation. */
  readonly hidden?: boolean
}

/** Each is a file of its own, loaded when it is opened. */
export const pages: readonly PageEntry[] = [
  { path: '/', title: 'Overview', load: () => import('./pages/overview/index.tsx') },
  { path: '/decisions', title: 'Decisions', load: () => import('./pages/decisions/index.tsx') },
  {
    path: '/decisions/:id',
    title: 'Decision',
    load: () => import('./pages/decision-story/index.tsx'),
    hidden: true,
  },
  { path: '/frontier', title: 'Frontier', load: () => import('./pages/frontier/index.tsx') },
  { path: '/playground', title: 'Playground', load: () => import('./pages/playground/index.tsx') },
  { path: '/experiments', title: 'Experiments', load: () => import('./pages/experiments/index.tsx') },
  { path: '/learning', title: 'Learning', load: () => import('./pages/learning/index.tsx') },
  { path: '/health', title: 'Health', load: () => import('./pages/health/index.tsx') },
  { path: '/keys', title: 'Keys & budgets', load: () => import('./pages/keys/index.tsx') },
]

const components = new Map(pages.map(({ path, load }) => [path, lazy(load)]))

function pageAt(path: string): PageEntry | null {
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path
  return (
    pages.find((page) => page.path === plain) ??
    pages.find((page) => page.path.endsWith('/:id') && plain.startsWith(page.path.slice(0, -3))) ??
    null
  )
}

export function App() {
  const { refusal } = useStore(session)
  const { path } = usePlace()
  const page = pageAt(path)
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Header path={path} locked={refusal !== null} />
      <LostBanner />
      <main id="content" tabIndex={-1}>
        <FocusOnMove path={path} />
        <Boundary key={path}>
          {refusal !== null ? <LogIn /> : page === null ? <NotFound path={path} /> : <Shown page={page} />}
        </Boundary>
      </main>
    </>
  )
}

function Shown({ page }: { readonly page: PageEntry }) {
  const Component = components.get(page.path)!
  return (
    <Suspense
      fallback={
        <Page title={page.title}>
          <Skeleton lines={8} />
        </Page>
      }
    >
      <Component />
    </Suspense>
  )
}

function Header({ path, locked }: { readonly path: string; readonly locked: boolean }) {
  const me = useMe()
  const { token } = useStore(session)
  const here = pageAt(path)
  const isCurrent = (page: PageEntry) =>
    page === here || (here?.hidden === true && here.path.startsWith(`${page.path}/`))
  return (
    <header className="top">
      <Link to="/" className="brand" label="Fairlead, overview">
        <span aria-hidden="true" className="brand-sign" />
        Fairlead
      </Link>
      {!locked && (
        <nav aria-label="Pages of the dashboard">
          {pages
            .filter(({ hidden }) => hidden !== true)
            .map((page) => (
              <Link key={page.path} to={page.path} current={isCurrent(page)}>
                {page.title}
              </Link>
            ))}
        </nav>
      )}
      <div className="top-end">
        {me?.role === 'read' && <span className="badge badge-accent">Read only</span>}
        <ThemeButton />
        {token !== null && !locked && (
          <Button kind="quiet" onClick={logOut}>
            Log out
          </Button>
        )}
      </div>
    </header>
  )
}

/** What is on the page stays there while the gateway is gone: it says how old it is. */
function LostBanner() {
  const state = useStore(connection)
  // The stream ends at once when the gateway does, whatever page is open.
  useEvents([], () => {})
  useEffect(() => (state.kind === 'lost' ? awaitReturn(2_000) : undefined), [state.kind])
  const now = useNow(1_000, state.kind === 'lost')
  return (
    <div role="status" className={state.kind === 'lost' ? 'banner' : 'banner-space'}>
      {state.kind === 'lost' && (
        <>
          <strong>The gateway does not answer</strong> since {duration(Math.max(1_000, now - state.since))}.
          What you see is what was last known; this page goes on by itself once the gateway is back.
        </>
      )}
      {state.kind === 'reached' && state.clockAheadMs !== 0 && (
        <span className="banner banner-calm">
          This device's clock is {duration(Math.abs(state.clockAheadMs))}{' '}
          {state.clockAheadMs > 0 ? 'behind' : 'ahead of'} the gateway's. Ages are by the gateway's clock.
        </span>
      )}
    </div>
  )
}

/** Who reads with a screen reader is taken to the new page's content, as a browser would do it. */
function FocusOnMove({ path }: { readonly path: string }) {
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    window.scrollTo(0, 0)
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [path])
  return null
}

function NotFound({ path }: { readonly path: string }) {
  return (
    <Page title="Not found">
      <Empty title={`There is no page at ${path.slice(0, 80)}.`}>
        <p>
          <Link to="/">Go to the overview</Link>, or choose a page above.
        </p>
      </Empty>
    </Page>
  )
}
