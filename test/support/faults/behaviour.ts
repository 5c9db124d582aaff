/** What a fault server does with one request. */
export type Behaviour =
  /** Answers as asked, buffered or streaming. `text`: other words, in one event. `delayMs`: before the headers. */
  | {
      readonly kind: 'answer'
      readonly text?: string
      readonly usage?: boolean
      readonly delayMs?: number
      /** What becomes of a request to go on with an answer; where it is left out, the whole answer comes again. */
      readonly asked?: OnContinuation
    }
  | {
      readonly kind: 'status'
      readonly status: number
      /** Sent as JSON, but for a text, which goes out as it is. */
      readonly body: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'reset-before-headers' }
  | { readonly kind: 'reset-after-headers' }
  | { readonly kind: 'never-answer' }
  /** Headers and the role at once, the first word only then. */
  | { readonly kind: 'slow-first-content'; readonly delayMs: number }
  /** A streamed answer that ends, without a finish reason, after so many of its words. */
  | { readonly kind: 'cut'; readonly afterWords: number; readonly how: 'close' | 'reset' }
  /** The same after so many events, of whatever kind, or bytes. The whole of a stream is no cut. The pause is for the client to read. */
  | { readonly kind: 'cut-events'; readonly after: number; readonly pauseAfter?: number }
  | { readonly kind: 'cut-bytes'; readonly after: number }
  | { readonly kind: 'stall'; readonly afterWords: number }
  /** Whole, with a wait before each word. */
  | { readonly kind: 'trickle'; readonly everyMs: number }
  /** Half an event, and then nothing more or the rest. */
  | { readonly kind: 'malformed-event'; readonly afterWords: number; readonly rest?: boolean }
  /** Events that say nothing in between, as proxies send them; whole. */
  | { readonly kind: 'noise' }
  | {
      readonly kind: 'error-event'
      readonly afterWords: number
      readonly message?: string
      /** The event as it is, framing included. */
      readonly event?: string
    }
  | { readonly kind: 'huge-event'; readonly afterWords: number; readonly bytes: number }
  /** Whole but for its end marker; `hold` keeps the connection open. */
  | { readonly kind: 'no-end-marker'; readonly hold: boolean }
  /** The end marker without any finish reason. */
  | { readonly kind: 'no-finish' }
  | { readonly kind: 'double-finish' }
  /** The end marker and nothing else. */
  | { readonly kind: 'empty-stream' }
  | { readonly kind: 'usage-only' }
  | { readonly kind: 'raw'; readonly contentType: string | null; readonly body: string }
  | { readonly kind: 'gzip' }

/**
 * `repeat`: the whole answer over again. `go-on`: the rest of it, after the words that an instruction wants repeated.
 * `refuse-prefill`: goes on where it is told to, but takes no beginning. `other`: other words.
 */
export type OnContinuation = 'repeat' | 'go-on' | 'refuse-prefill' | 'other'
