/** Answers that take a while, asked by many screens at once: each is made once and stands for some seconds. */

import { LRUCache } from 'lru-cache'

/** A failed one is made anew. */
export function shortlyKept<Answer>(
  forMs: number,
  most = 32,
): (key: string, make: () => Promise<Answer>) => Promise<Answer> {
  const kept = new LRUCache<string, Promise<Answer>>({ max: most, ttl: forMs })
  return (key, make) => {
    const known = kept.get(key)
    if (known !== undefined) return known
    const asked = make()
    kept.set(key, asked)
    asked.catch(() => kept.delete(key))
    return asked
  }
}
