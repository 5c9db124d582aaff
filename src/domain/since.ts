const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `30m`, `24h`, `7d`, `2w`: milliseconds; `null`: it is no such span. */
export function spanMs(text: string): number | null {
  const span = /^(\d{1,9})([mhdw])$/.exec(text.trim())
  return span ? Number(span[1]) * unitMs[span[2]!]! : null
}

/** The moment that a span before `now` or a date (ISO 8601) names, as ISO 8601 in UTC; `null`: it is neither. */
export function sinceTime(text: string, now: Date): string | null {
  const span = spanMs(text)
  // `Date.parse` takes much that is no date to a person, such as "5".
  const date = /^\d{4}-\d{2}-\d{2}/.test(text.trim()) ? Date.parse(text) : Number.NaN
  const time = span === null ? date : now.getTime() - span
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null
}
