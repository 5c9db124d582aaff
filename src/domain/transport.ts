import type { Failure } from './failure.ts'
import type { Target } from './vendor.ts'

/** One HTTP exchange with a target, before anybody has looked into the bytes. */
export type Outgoing = {
  readonly target: Target
  readonly path: string
  readonly body: string
  readonly stream: boolean
  /** Of the client's own headers, those that mean something to the vendor: names in lower case. */
  readonly clientHeaders?: Readonly<Record<string, string>>
}

export type Exchange =
  | {
      readonly kind: 'replied'
      readonly status: number
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>
      /** Read it to its end or abort the signal. Throws where the connection breaks: `asFailure` of the port names it. */
      readonly body: AsyncIterable<Uint8Array>
    }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Sends bytes to a vendor. A refused connection is a value; aborting `signal` closes the connection at once. */
export type Transport = {
  readonly send: (outgoing: Outgoing, signal: AbortSignal) => Promise<Exchange>
  /** Names an error that `body` threw. */
  readonly asFailure: (error: unknown, target: Target) => Failure
  readonly close: () => Promise<void>
}

/** Monotonic milliseconds and wall time; a value, so that tests can hold it still. */
export type Clock = { readonly now: () => number; readonly wall: () => Date }
