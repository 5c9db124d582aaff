/** Takes credentials out of texts that leave the process: log lines, spans, webhooks. */

export const censored = '[secret]'

const fieldNames =
  '(?:[a-z-]*authorization|(?:x-)?(?:goog-)?api[-_]?key|cookie|set-cookie|password|secret|access[-_]?token)'

/** Up to the value of a field. JSON inside a string has backslashes before each of its quotes, JSON inside that has more. */
const fieldStart = new RegExp(String.raw`(?<!\\)(\\{0,63})"${fieldNames}\1"\s*:\s*\1"`, 'gi')

const listFields = new RegExp(String.raw`"(${fieldNames})"\s*:\s*\[[^\]]*\]`, 'gi')
const bearerTokens = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi
// The prefixes that most vendors give their keys, Fairlead's own keys (`fl-`) and secrets of webhooks.
const keys = /\b(?:sk|gsk|xai|rk|pk|key|r8|hf|fw|tgp|fl|whsec)[-_][\w+/=-]{16,}|\bAIza[\w-]{20,}/g
/** `postgres://user:password@host`. A password may hold an `@` of its own: the last one before the path ends it. Lengths are bounded so that no text takes long. */
const urlPasswords = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"'\\]{0,256}):[^\s/"'\\]{1,512}@/gi
const urlParameters =
  /([?&](?:api[-_]?key|key|token|access[-_]?token|password|secret|sig|signature)=)[^&\s"'\\#]+/gi

export function withoutCredentials(text: string): string {
  return withoutFieldValues(text)
    .replace(listFields, `"$1":"${censored}"`)
    .replace(urlPasswords, `$1:${censored}@`)
    .replace(urlParameters, `$1${censored}`)
    .replace(bearerTokens, `$1 ${censored}`)
    .replace(keys, censored)
}

const longestShownChars = 256

/** What a client says of itself (user, session, tags), as it may be shown: no longer than a name, and no credential. */
export function shownText(text: string): string
export function shownText(text: string | null | undefined): string | null
export function shownText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  return withoutCredentials(text.length <= longestShownChars ? text : `${text.slice(0, longestShownChars)}…`)
}

function withoutFieldValues(text: string): string {
  let [clean, done] = ['', 0]
  for (const { 0: found, 1: backslashes = '', index } of text.matchAll(fieldStart)) {
    const start = index + found.length
    if (index < done) continue
    clean += text.slice(done, start) + censored
    done = endOfValue(text, start, backslashes.length)
  }
  return done === 0 ? text : clean + text.slice(done)
}

/**
 * Where the value ends: before the quote that closes it, or at the end of a text that was cut off. A quote that n levels of
 * JSON escape has 2^n - 1 backslashes; undone level by level, what is left is even before a quote that closes.
 */
function endOfValue(text: string, start: number, backslashes: number): number {
  for (let quote = text.indexOf('"', start); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let first = quote
    while (first > start && text[first - 1] === '\\') first -= 1
    let left = quote - first
    for (let level = backslashes; level > 0; level = (level - 1) >> 1) left = (left - 1) >> 1
    if (left >= 0 && left % 2 === 0) return quote - backslashes
  }
  return text.length
}
