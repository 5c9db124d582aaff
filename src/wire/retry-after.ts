/**
 * How long a vendor asks to be left alone, in milliseconds: `retry-after-ms`, or `retry-after` in seconds or as an HTTP
 * date (RFC 9110 10.2.3). A date is measured from `now`, and without one from the vendor's own `date`: its clock is then
 * the same one on both sides.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  now: Date | null = null,
): number | null {
  const milliseconds = amount(headers['retry-after-ms'])
  if (milliseconds !== null) return Math.ceil(milliseconds)
  const value = headers['retry-after']
  const seconds = amount(value)
  if (seconds !== null) return Math.ceil(seconds * 1000)
  const until = Date.parse(value ?? '')
  const from = now?.getTime() ?? Date.parse(headers.date ?? '')
  const wait = until - from
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}

/** `12.5s`, `6m0s`, `1h2m3s`, `250ms`; `null` for anything else. */
export function durationMs(text: string): number | null {
  const match = /^(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)(ms|s))?$/.exec(text)
  if (match === null || text === '') return null
  const [, hours = '0', minutes = '0', rest = '0', unit = 's'] = match
  const restMs = Number(rest) * (unit === 'ms' ? 1 : 1000)
  return Math.ceil(Number(hours) * 3_600_000 + Number(minutes) * 60_000 + restMs)
}

function amount(value: string | undefined): number | null {
  const text = value?.trim() ?? ''
  return /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? Number(text) : null
}
