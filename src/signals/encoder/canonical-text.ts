/**
 * What of a text the encoder reads: not the spaces around it, nor the mark that ends its last sentence, which many leave
 * out. Nothing here depends on the language beyond its having such marks.
 */
export function canonicalText(text: string): string {
  let end = text.length
  while (end > 0 && (isSpace(text.charCodeAt(end - 1)) || isFinalMark(text, end - 1))) end--
  // A text of marks alone says something by them.
  if (end === 0) return text.trim()
  let start = 0
  while (start < end && isSpace(text.charCodeAt(start))) start++
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

/** ' and " as they are typed, typeset and quoted in other languages. */
export const isQuote = (code: number): boolean =>
  code === 34 ||
  code === 39 ||
  (code >= 0x2018 && code <= 0x201f) ||
  code === 0xab ||
  code === 0xbb ||
  code === 0x2039 ||
  code === 0x203a

/** The quote that stands for all others of its kind, single or double. Any other code is its own. */
export const plainQuote = (code: number): number => {
  if (code < 128 || !isQuote(code)) return code
  return (code >= 0x2018 && code <= 0x201b) || code >= 0x2039 ? 39 : 34
}

/**
 * Asterisks that emphasise, as in `**so**`: a word on one side of them and none on the other. Returns where they end, or `at`
 * where the asterisk is a product, a power or a bullet.
 */
export function afterEmphasis(text: string, at: number): number {
  let end = at + 1
  while (text.charCodeAt(end) === 42) end++
  return isWordCode(text.charCodeAt(at - 1)) === isWordCode(text.charCodeAt(end)) ? at : end
}

const isWordCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  (code >= 0xc0 && !(code >= 0x2000 && code <= 0x206f) && code !== 0x3000)

const isSpace = (code: number): boolean => code <= 32 || code === 0xa0 || code === 0x3000 || code === 0xfeff

function isFinalMark(text: string, at: number): boolean {
  switch (text.charCodeAt(at)) {
    case 0x2e:
    case 0x3f:
    case 0x3002:
    case 0xff1f:
    case 0xff01:
    case 0x2026:
      return true
    case 0x21: {
      // 5! and (n - 1)! are factorials.
      const before = text.charCodeAt(at - 1)
      return before !== 41 && !(before >= 48 && before <= 57)
    }
    default:
      return false
  }
}
