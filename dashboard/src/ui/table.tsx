import type { ReactNode } from 'react'
import { Button } from './controls.tsx'
import { count } from './format.ts'
import { Link } from './location.tsx'

export type Column<Row> = {
  readonly key: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'left' | 'right'
  /** Narrow screens leave it out. */
  readonly wide?: boolean
}

/** Where a server's pages are turned: whoever has the rows asks for the next ones. */
export type Paging = {
  /** Counted from 0, the first row of this page. */
  readonly from: number
  readonly total?: number | undefined
  readonly onNext: (() => void) | null
  readonly onBack: (() => void) | null
  readonly busy?: boolean
}

/** A table with a caption. The first cell of a row is its header, and a link where `href` gives the row an address. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  href,
  paging,
  showCaption = false,
  isNew,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly href?: (row: Row) => string
  readonly paging?: Paging
  readonly showCaption?: boolean
  /** A row that has just come: it is marked for a moment. */
  readonly isNew?: (row: Row) => boolean
}) {
  const classOf = ({ align = 'left', wide = false }: Column<Row>) =>
    `align-${align}${wide ? ' only-wide' : ''}`
  return (
    <div className="table-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label={caption}>
        <table>
          <caption className={showCaption ? undefined : 'only-heard'}>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" className={classOf(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowKey(row)} className={isNew?.(row) ? 'is-new' : undefined}>
                {columns.map((column, index) =>
                  index === 0 ? (
                    <th key={column.key} scope="row" className={classOf(column)}>
                      {href ? <Link to={href(row)}>{column.cell(row)}</Link> : column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.key} className={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {paging && <Pages {...paging} shown={rows.length} />}
    </div>
  )
}

function Pages({ from, total, onNext, onBack, busy = false, shown }: Paging & { readonly shown: number }) {
  return (
    <nav className="pages" aria-label="Pages">
      <Button onClick={onBack ?? undefined} disabled={onBack === null} busy={busy}>
        ← Newer
      </Button>
      <span aria-live="polite">
        {shown === 0 ? 'Nothing' : `${count(from + 1)} – ${count(from + shown)}`}
        {total !== undefined && ` of ${count(total)}`}
      </span>
      <Button onClick={onNext ?? undefined} disabled={onNext === null} busy={busy}>
        Older →
      </Button>
    </nav>
  )
}
