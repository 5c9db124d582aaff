import { LRUCache } from 'lru-cache'
import { classTermsOf, isIdle, stemOf } from './word-forms.ts'

/** What a word of a text is compared by. */
export type Term = {
  readonly word: string
  readonly stem: string
  /** Classes of words that mean the same. */
  readonly classes: readonly string[]
}

export type TermReader = {
  /** The words of a text that say something, names such as `getUserById` and `get_user-by.id` taken apart. */
  readonly read: (text: string) => readonly Term[]
}

const mostWords = 8_192
const longestWord = 40

/** Remembers how words are read: those of requests come again and again. */
export function createTermReader(): TermReader {
  const known = new LRUCache<string, Term | false>({ max: mostWords })
  const termOf = (word: string): Term | false => {
    const found = known.get(word)
    if (found !== undefined) return found
    const stem = stemOf(word)
    const term = isIdle(word) ? false : { word, stem, classes: classTermsOf(stem) }
    known.set(word, term)
    return term
  }
  return {
    read: (text) => {
      const terms: Term[] = []
      for (const word of wordsOf(text)) {
        const term = termOf(word)
        if (term) terms.push(term)
      }
      return terms
    },
  }
}

// A capital after a small letter begins a word, and so does the last capital of an abbreviation, but for a plural's: `parseHTMLText`, `PRs`.
const innerCapital = /(\p{Ll}|\d)(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})(?!\p{Lu}s(?!\p{Ll}))/gu
const wordPattern = /[\p{L}\p{M}]+|\p{N}+/gu
const wide = /[\u3040-\u9fff\uac00-\ud7af]/

/** Lower-case words and numbers; of scripts that are written without spaces, pairs of characters. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  for (const [run] of text.replace(innerCapital, '$1$2 ').toLowerCase().matchAll(wordPattern)) {
    if (!wide.test(run)) words.push(run.length > longestWord ? run.slice(0, longestWord) : run)
    else if (run.length === 1) words.push(run)
    else for (let at = 0; at + 2 <= run.length; at++) words.push(run.slice(at, at + 2))
  }
  return words
}
