/**
 * Tests of texts that a policy may write, in time linear in the text. There are no regular expressions: one that backtracks
 * can be made to run for minutes by whoever writes the prompt (ReDoS).
 */

/** Texts are compared without regard to case, and no further than this many characters. */
export const longestComparedText = 20_000

export const comparable = (text: string): string => text.slice(0, longestComparedText).toLowerCase()

/**
 * Whether the whole text has the form of a pattern in which `*` stands for any characters and `?` for one. Each piece between
 * stars is looked for once, from where the one before it ended: the leftmost place leaves the most room for the rest.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  const pieces = pattern.split('*')
  const first = pieces[0]!
  if (pieces.length === 1) return text.length === first.length && standsAt(text, first, 0)
  const last = pieces.at(-1)!
  const end = text.length - last.length
  if (end < first.length || !standsAt(text, first, 0) || !standsAt(text, last, end)) return false
  let from = first.length
  for (const piece of pieces.slice(1, -1)) {
    const place = placeOfPiece(text, piece, from, end)
    if (place < 0) return false
    from = place + piece.length
  }
  return true
}

function placeOfPiece(text: string, piece: string, from: number, end: number): number {
  if (!piece.includes('?')) {
    const place = text.indexOf(piece, from)
    return place >= 0 && place + piece.length <= end ? place : -1
  }
  for (let place = from; place + piece.length <= end; place++) if (standsAt(text, piece, place)) return place
  return -1
}

function standsAt(text: string, piece: string, place: number): boolean {
  if (place + piece.length > text.length) return false
  for (let index = 0; index < piece.length; index++)
    if (piece[index] !== '?' && piece[index] !== text[place + index]) return false
  return true
}

/** Whether the text has the words, one after the other, and not within longer ones: `cat` is not in `concatenate`. */
export function mentions(text: string, words: string): boolean {
  for (let from = 0; ; ) {
    const place = text.indexOf(words, from)
    if (place < 0) return false
    if (!isWordCharacter(text, place - 1) && !isWordCharacter(text, place + words.length)) return true
    from = place + 1
  }
}

const isWordCharacter = (text: string, place: number): boolean =>
  place >= 0 && place < text.length && /[\p{L}\p{N}]/u.test(text[place]!)
