/** What a vendor wrote, made fit for a message: one line, no key in it, not long, never a page of HTML. */

const mostCharacters = 500

export function vendorText(text: string): string {
  const line = masked(isHtml(text) ? htmlSummary(text) : text.slice(0, 4 * mostCharacters))
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > mostCharacters ? `${withoutHalf(line.slice(0, mostCharacters - 1))}…` : line
}

// Vendors quote the key that they refuse. Long runs of letters and digits are keys of vendors without a prefix.
const keys =
  /\b(?:sk|pk|rk|gsk|xai|fw|csk|tgp|hf|nvapi|pplx|r8)[-_][\w*.-]{4,}|\bAIza[\w-]{10,}|\b(?=\w*\d)[A-Za-z0-9]{32,}\b|\bBearer\s+[^\s"',]+/gi

export const masked = (text: string): string => text.replace(keys, '[key]')

const isHtml = (text: string): boolean => /^\s*<(?:!doctype|html|head|body)/i.test(text)

function htmlSummary(page: string): string {
  const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(page.slice(0, 20_000))?.[1]?.trim()
  return title ? `a web page titled "${title}"` : 'a web page'
}

/** A cut must not leave half of a surrogate pair. */
const withoutHalf = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '')
