/** Texts by key, for a while, in this process's memory. */

import { LRUCache } from 'lru-cache'

export type TextBook = {
  readonly read: (key: string) => string | null
  readonly write: (key: string, text: string, forMs: number) => void
}

/** Strings take up to two bytes a character; beyond `mostBytes` what was not read for longest is forgotten. */
export function createTextBook(now: () => number, mostBytes: number): TextBook {
  const kept = new LRUCache<string, { readonly text: string; readonly until: number }>({
    maxSize: mostBytes,
    sizeCalculation: ({ text }, key) => 2 * (text.length + key.length) + 1,
  })
  return {
    read: (key) => {
      const found = kept.get(key)
      if (!found) return null
      if (found.until > now()) return found.text
      kept.delete(key)
      return null
    },
    write: (key, text, forMs) => {
      // For no time: then it is gone.
      if (!(forMs > 0)) kept.delete(key)
      else kept.set(key, { text, until: now() + forMs })
    },
  }
}
