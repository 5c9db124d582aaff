import * as Plots from '@observablehq/plot'
import { useEffect, useId, useRef, useState } from 'react'
import { type Column, Table } from './table.tsx'

export * as Plots from '@observablehq/plot'

type Options = Plots.PlotOptions

/**
 * A plot with words for those who can't see it, and its numbers as a table for everybody. `options` is drawn again when it is
 * another object: make it with `useMemo`. The width is the room that there is; `height` is fixed, so that nothing moves.
 */
export function Plot<Row>({
  title,
  description,
  options,
  height = 240,
  rows,
  columns,
}: {
  readonly title: string
  /** What it shows, in a sentence. */
  readonly description: string
  readonly options: (width: number) => Options
  readonly height?: number
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
}) {
  const frame = useRef<HTMLDivElement>(null)
  const id = useId()
  const [width, setWidth] = useState(0)
  const [open, setOpen] = useState(false)

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)))
    if (frame.current) observer.observe(frame.current)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    if (frame.current === null || width === 0) return
    const drawn = draw(options(width), width, height)
    frame.current.replaceChildren(drawn)
    return () => drawn.remove()
  }, [options, width, height])

  return (
    <figure className="plot" aria-labelledby={`${id}-title`}>
      <figcaption>
        <span id={`${id}-title`} className="plot-title">
          {title}
        </span>
        <span className="only-heard"> {description}</span>
      </figcaption>
      <div
        ref={frame}
        className="plot-frame"
        style={{ height }}
        role="img"
        aria-label={`${title}. ${description}`}
      />
      <details className="plot-numbers" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>As a table</summary>
        {open && (
          <Table caption={title} columns={columns} rows={rows} rowKey={(row) => String(rows.indexOf(row))} />
        )}
      </details>
    </figure>
  )
}

/**
 * Plot writes its styles into a `<style>`, which the page's policy forbids: they stand in plot.css instead. What is drawn is told
 * by the frame's own words, and its shapes are silent.
 */
function draw(options: Options, width: number, height: number): Element {
  const drawn = Plots.plot({ ...options, width, height, className: 'drawn' })
  for (const style of drawn.querySelectorAll('style')) style.remove()
  drawn.setAttribute('aria-hidden', 'true')
  return drawn
}

/** Colours that people with any colour vision tell apart (Okabe and Ito), as variables of the theme. */
export const plotColours = Array.from({ length: 7 }, (_, index) => `var(--plot-${index + 1})`)
