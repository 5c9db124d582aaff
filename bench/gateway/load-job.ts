/** What the load generator is told to do, and what it tells in return. Both cross a process boundary as JSON. */

export type Load =
  /** So many clients, each of which sends its next request when its last is answered: how much goes through. */
  | { readonly kind: 'closed'; readonly clients: number }
  /** So many requests a second come in whatever becomes of those before them: how long an answer takes. */
  | { readonly kind: 'open'; readonly perSecond: number }

export type LoadJob = {
  readonly load: Load
  readonly seconds: number
  readonly host: string
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent in turn. */
  readonly bodies: readonly string[]
  readonly stream: boolean
  /** What a whole stream has at its end; absent: that of Chat Completions. */
  readonly endMarker?: string
}

export type LoadResult = {
  readonly seconds: number
  readonly answered: number
  /** Of a stream: whole, with its end marker. */
  readonly failed: number
  /** The first thing that went wrong, for whoever has to find out why. */
  readonly firstFailure: string | null
  readonly events: number
  /** From the moment at which the request was due, not from the one at which it was sent. Milliseconds. */
  readonly latency: Quantiles
  readonly firstByte: Quantiles
}

export type Quantiles = { readonly median: number; readonly p99: number; readonly most: number }
