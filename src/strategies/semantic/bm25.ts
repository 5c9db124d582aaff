/**
 * How much a text has of the words of others, rare words counting for more (BM25: Robertson and Zaragoza, 2009).
 *
 *     idf(w)      = ln(1 + (N - n_w + 0.5) / (n_w + 0.5))                     N documents, n_w of them with the word; above 0
 *     sat_d(w)    = tf (k1 + 1) / (tf + k1 (1 - b + b |d| / mean |d|))
 *     BM25(q, d)  = sum_w qtf(w) idf(w) sat_d(w)
 *
 * BM25 is an inner product: sqrt(idf) takes its place on either side, so that its cosine is 0 to 1 whatever the lengths, and
 * one threshold can mean the same for all. Words that no document has are in the text's length with the idf of n_w = 0: a text
 * about something else is like none.
 */

const k1 = 1.5
const b = 0.75

type Posting = { readonly document: number; readonly weight: number }

export type WordIndex = {
  readonly documents: number
  /** Writes the likeness, 0 to 1, of the text to each document into `out`. */
  readonly likeness: (words: readonly string[], out: Float32Array) => void
}

export function wordIndex(documents: readonly (readonly string[])[]): WordIndex {
  const counts = documents.map(countsOf)
  const meanLength = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length)
  const having = new Map<string, number>()
  for (const count of counts) for (const word of count.keys()) having.set(word, (having.get(word) ?? 0) + 1)
  const idf = (word: string): number => {
    const n = having.get(word) ?? 0
    return Math.log(1 + (documents.length - n + 0.5) / (n + 0.5))
  }
  const postings = new Map<string, Posting[]>()
  for (const [document, count] of counts.entries()) {
    const length = documents[document]!.length
    const saturation = (tf: number) => (tf * (k1 + 1)) / (tf + k1 * (1 - b + (b * length) / meanLength))
    const weights = [...count].map(([word, tf]) => [word, Math.sqrt(idf(word)) * saturation(tf)] as const)
    const norm = Math.hypot(...weights.map(([, weight]) => weight))
    for (const [word, weight] of weights) {
      const posted = postings.get(word) ?? []
      postings.set(word, posted)
      posted.push({ document, weight: weight / norm })
    }
  }
  return {
    documents: documents.length,
    likeness: (words, out) => {
      out.fill(0)
      let squares = 0
      const weights = [...countsOf(words)].map(([word, tf]) => {
        const weight = tf * Math.sqrt(idf(word))
        squares += weight * weight
        return [word, weight] as const
      })
      if (squares === 0) return
      const norm = Math.sqrt(squares)
      for (const [word, weight] of weights)
        for (const posting of postings.get(word) ?? [])
          out[posting.document]! += (weight / norm) * posting.weight
    },
  }
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
