import type { ReactNode } from 'react'
import type { Query } from '../api/client.ts'
import type { ApiError } from '../api/call.ts'
import { Button } from './controls.tsx'

/** Nothing is there, and what would bring something. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children}
  </div>
)

export function ErrorBox({ error, onRetry }: { readonly error: ApiError; readonly onRetry?: () => void }) {
  return (
    <div className="error-box" role="alert">
      <p>
        <strong>{titleOf(error)}</strong> {error.message}
      </p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  )
}

function titleOf({ status, code }: ApiError): string {
  if (status === 0) return 'Not reached.'
  if (status === 403) return 'Not allowed.'
  if (status === 404 || code === 'not_found') return 'Not found.'
  return status >= 500 ? 'The gateway failed.' : 'Refused.'
}

/** Lines in the place of what is awaited, as high as that will be. */
export const Skeleton = ({ lines = 3 }: { readonly lines?: number }) => (
  <div className="skeleton-lines" role="status" aria-label="Loading">
    {Array.from({ length: lines }, (_, line) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines that are all alike
      <div key={line} className="skeleton" />
    ))}
  </div>
)

/** A query in each of its states. Data that is there stays while it is asked for again, and when that fails. */
export function Loaded<T>({
  query,
  lines,
  children,
}: {
  readonly query: Query<T>
  /** Of the skeleton. */
  readonly lines?: number
  readonly children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.state === 'failed') return <ErrorBox error={query.error} onRetry={query.reload} />
  return <Skeleton {...(lines !== undefined && { lines })} />
}
