import { type ReactNode, useState } from 'react'
import { Button } from './controls.tsx'
import { count } from './format.ts'

/** A list that may be long beyond all measure: some of it, and more when asked for, never so much that the page stands still. */
export function LongList<Row>({
  rows,
  first = 20,
  step = 500,
  children,
}: {
  readonly rows: readonly Row[]
  readonly first?: number
  /** How many come at a time. */
  readonly step?: number
  readonly children: (rows: readonly Row[]) => ReactNode
}) {
  const [shown, setShown] = useState(first)
  const left = rows.length - shown
  return (
    <>
      {children(left > 0 ? rows.slice(0, shown) : rows)}
      {left > 0 && (
        <Button onClick={() => setShown(shown + step)}>
          {left > step ? `Show ${count(step)} more of ${count(left)}` : `Show all (${count(left)} more)`}
        </Button>
      )}
    </>
  )
}

/** A text of which the beginning is enough until somebody wants it whole. */
export function LongText({ text, first = 600 }: { readonly text: string; readonly first?: number }) {
  const [whole, setWhole] = useState(false)
  if (whole || text.length <= first) return <span className="wrap">{text}</span>
  return (
    <span className="wrap">
      {text.slice(0, first)}…{' '}
      <Button kind="quiet" onClick={() => setWhole(true)}>
        Show all {count(text.length)} characters
      </Button>
    </span>
  )
}
