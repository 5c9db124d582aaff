/** Numbers and times as people read them, with their units. Every function takes `null` for what is not known. */

export type Interval = { readonly mean: number; readonly low: number; readonly high: number }

const unknown = '–'
const isKnown = (value: number | null | undefined): value is number => value != null && Number.isFinite(value)

const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(undefined, options)
const whole = number({ maximumFractionDigits: 0 })
const compact = number({ notation: 'compact', maximumFractionDigits: 1 })

/** Dollars: cents from a dollar up, below it as many digits as say something. */
export function money(usd: number | null | undefined): string {
  if (!isKnown(usd)) return unknown
  const size = Math.abs(usd)
  if (size >= 10_000) return dollars({ notation: 'compact', maximumFractionDigits: 1 }).format(usd)
  if (size === 0 || size >= 1)
    return dollars({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(usd)
  if (size < 1e-7) return `< ${dollars({ maximumFractionDigits: 7 }).format(1e-7)}`
  return dollars({ maximumSignificantDigits: 3 }).format(usd)
}
const dollars = (options: Intl.NumberFormatOptions) =>
  number({ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', ...options })

/** Of a share from 0 to 1. */
export const percent = (share: number | null | undefined, digits = 1): string =>
  isKnown(share) ? number({ style: 'percent', maximumFractionDigits: digits }).format(share) : unknown

export function ms(milliseconds: number | null | undefined): string {
  if (!isKnown(milliseconds)) return unknown
  const size = Math.abs(milliseconds)
  if (size < 0.995) return `${number({ maximumSignificantDigits: 2 }).format(milliseconds)} ms`
  if (size < 9.95) return `${number({ maximumFractionDigits: 1 }).format(milliseconds)} ms`
  if (size < 999.5) return `${whole.format(milliseconds)} ms`
  if (size < 60_000)
    return `${number({ maximumFractionDigits: size < 9_950 ? 2 : 1 }).format(milliseconds / 1_000)} s`
  return duration(milliseconds)
}

/** Two units at most: `3 h 12 min`. */
export function duration(milliseconds: number | null | undefined): string {
  if (!isKnown(milliseconds)) return unknown
  const seconds = Math.round(milliseconds / 1_000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const from = parts.findIndex(([amount]) => amount > 0)
  if (from === -1) return '0 s'
  const shown = parts.slice(from, from + 2).filter(([amount]) => amount > 0)
  return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ')
}

export const count = (amount: number | null | undefined): string =>
  isKnown(amount) ? (Math.abs(amount) >= 100_000 ? compact : whole).format(amount) : unknown

export const tokens = (amount: number | null | undefined): string =>
  isKnown(amount) ? `${count(amount)} tok` : unknown

export const decimal = (value: number | null | undefined, digits = 2): string =>
  isKnown(value)
    ? number({ maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value)
    : unknown

/** `low – high`, in the format of its value; empty where nothing is known of it. */
export function interval(of: Interval | null | undefined, format: (value: number) => string): string {
  if (of == null || !Number.isFinite(of.low) || !Number.isFinite(of.high)) return ''
  return `${format(of.low)} – ${format(of.high)}`
}

type Time = string | number | Date

const validDate = (time: Time): Date | null => {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? null : date
}

/** In the viewer's zone, to the second. */
export function time(at: Time | null | undefined): string {
  const date = at == null ? null : validDate(at)
  return date === null
    ? unknown
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
}

/** The time of day alone where it is today, else with its day. `now`: milliseconds since 1970. */
export function shortTime(at: Time | null | undefined, now: number): string {
  const date = at == null ? null : validDate(at)
  if (date === null) return unknown
  const today = new Date(now).toDateString() === date.toDateString()
  return date.toLocaleString(undefined, {
    ...(!today && { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(today && { second: '2-digit' }),
  })
}

/** `3 min ago`, `in 2 h`. `now`: milliseconds since 1970. */
export function ago(at: Time | null | undefined, now: number): string {
  const date = at == null ? null : validDate(at)
  if (date === null) return unknown
  const seconds = (date.getTime() - now) / 1_000
  const size = Math.abs(seconds)
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })
  if (size < 60) return relative.format(Math.round(seconds), 'second')
  if (size < 3_600) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return relative.format(Math.round(seconds / 3_600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

/** The zone that times are shown in, as in `Europe/Berlin`. */
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
