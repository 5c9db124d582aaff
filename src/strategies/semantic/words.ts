/** More of a prompt than this says nothing new of what it is about. */
const mostWords = 400
const mostChars = 8_000

// Scripts that are written without spaces count by characters.
const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu

/** The words of a text in lower case and without their endings, in their order, as many times as they stand there. */
export function wordsOf(text: string): readonly string[] {
  const found: string[] = []
  for (const [one] of text.slice(0, mostChars).toLowerCase().matchAll(word)) {
    if (found.length === mostWords) break
    found.push(stem(one))
  }
  return found
}

/**
 * English endings that say little of what a word means, taken off as far as a table of exceptions is not needed: refunds,
 * refunded and refunding become one word. Other languages lose an s or an e here and there, in all texts alike.
 */
function stem(word: string): string {
  if (word.length < 4) return word
  if (word.length === 4) return word.endsWith('s') ? word.slice(0, 3) : word
  return word.replace(/ies$/, 'y').replace(/(?:ing|ed|es|s|e)$/, '')
}
