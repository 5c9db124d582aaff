import { type ReactNode, useEffect, useId } from 'react'

/** A page with its one heading of the first level, which is also the tab's title. */
export function Page({
  title,
  intro,
  actions,
  children,
}: {
  readonly title: string
  readonly intro?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Fairlead`
  }, [title])
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {intro !== undefined && <p className="intro">{intro}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** `span`: columns of twelve that it takes on a wide screen. */
export function Card({
  title,
  note,
  actions,
  span = 12,
  children,
}: {
  readonly title?: string
  readonly note?: ReactNode
  readonly actions?: ReactNode
  readonly span?: 3 | 4 | 5 | 6 | 7 | 8 | 9 | 12
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <section className={`card span-${span}`} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <header className="card-head">
          <h2 id={id}>{title}</h2>
          {actions !== undefined && <div className="actions">{actions}</div>}
        </header>
      )}
      {note !== undefined && <p className="note">{note}</p>}
      {children}
    </section>
  )
}

/** Cards side by side, twelve columns. */
export const Grid = ({ children }: { readonly children: ReactNode }) => <div className="grid">{children}</div>

/** `value` with its unit; `range`: its interval; `detail`: what it is of. `undefined` value: not there yet. */
export function Stat({
  label,
  value,
  range,
  detail,
  tone = 'plain',
}: {
  readonly label: string
  readonly value: string | undefined
  readonly range?: string | undefined
  readonly detail?: ReactNode
  readonly tone?: 'plain' | 'good' | 'bad'
}) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd className={`stat-value tone-${tone}`}>{value ?? <span className="skeleton skeleton-value" />}</dd>
      <dd className="stat-range">
        {range ? <span title="95 % interval">{range}</span> : null}
        {range && detail ? ' · ' : null}
        {detail}
      </dd>
    </div>
  )
}

/** `four`: at most four beside each other, or eight on a wall screen. */
export const Stats = ({
  children,
  four = false,
}: {
  readonly children: ReactNode
  readonly four?: boolean
}) => <dl className={four ? 'stats stats-four' : 'stats'}>{children}</dl>

/** How much of a limit is used. `note` stands beneath it, in words: colour alone says nothing. */
export function Bar({
  label,
  used,
  reserved = 0,
  limit,
  mark,
  format,
  note,
}: {
  readonly label: ReactNode
  readonly used: number
  readonly reserved?: number
  readonly limit: number
  /** A share, 0 to 1, at which something begins. */
  readonly mark?: number | null
  readonly format: (amount: number) => string
  readonly note?: ReactNode
}) {
  const id = useId()
  const share = limit > 0 ? used / limit : 0
  const width = (part: number) => `${Math.min(100, Math.max(0, part * 100))}%`
  const tone = share >= 1 ? 'over' : mark != null && mark > 0 && share >= mark ? 'near' : 'fine'
  return (
    <div className="bar">
      <div className="bar-words">
        <span id={id}>{label}</span>
        <span>
          {format(used)} of {format(limit)} ({Math.round(share * 100)} %)
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a `<meter>` has room for one amount, and this shows what is held as well */}
      <div
        className="bar-track"
        role="meter"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(used, limit)}
        aria-valuetext={`${format(used)} of ${format(limit)}`}
      >
        <div className={`bar-used bar-${tone}`} style={{ width: width(share) }} />
        <div
          className="bar-reserved"
          style={{ left: width(share), width: width(Math.min(1 - share, limit > 0 ? reserved / limit : 0)) }}
        />
        {mark != null && mark > 0 && mark < 1 && <div className="bar-mark" style={{ left: width(mark) }} />}
      </div>
      {note !== undefined && <div className="note">{note}</div>}
    </div>
  )
}

/** A word with a sign of its own, so that it needs no colour. */
export function Badge({
  tone = 'plain',
  children,
}: {
  readonly tone?: 'plain' | 'good' | 'warn' | 'bad' | 'accent'
  readonly children: ReactNode
}) {
  const sign = { plain: '', good: '✓', warn: '!', bad: '✕', accent: '' }[tone]
  return (
    <span className={`badge badge-${tone}`}>
      {sign !== '' && <span aria-hidden="true">{sign} </span>}
      {children}
    </span>
  )
}
