import type { Readable } from 'node:stream'

type Result = IteratorResult<Uint8Array, undefined>

type Waiting = { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void }

const over: Result = { done: true, value: undefined }

/**
 * A stream's chunks, as its own async iterator would give them, one reader at a time. That one is an async generator which watches
 * for the stream's end with a dozen listeners: for a body of one chunk, as most answers are, it took three times as long.
 */
export class BodyChunks implements AsyncIterableIterator<Uint8Array> {
  readonly #body: Readable
  #waiting: Waiting | null = null
  #ended = false
  #error: unknown = null

  constructor(body: Readable) {
    this.#body = body
    body.on('readable', () => this.#offer())
    body.on('end', () => this.#end())
    // Also an error that nobody waits for: unheard it would end the process.
    body.on('error', (error) => this.#fail(error))
    body.on('close', () => {
      if (!this.#ended) this.#fail(closedEarly())
    })
  }

  next(): Promise<Result> {
    const chunk = this.#read()
    if (chunk !== null) return Promise.resolve({ done: false, value: chunk })
    if (this.#error !== null) return Promise.reject(this.#error)
    if (this.#ended) return Promise.resolve(over)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  /** Whoever stops reading closes the connection. */
  return(): Promise<Result> {
    this.#ended = true
    this.#body.destroy()
    return Promise.resolve(over)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** All that has come and not been read; `null`: nothing has. */
  #read(): Uint8Array | null {
    return this.#body.destroyed ? null : this.#body.read()
  }

  #offer(): void {
    if (this.#waiting === null) return
    const chunk = this.#read()
    if (chunk === null) return
    const { resolve } = this.#waiting
    this.#waiting = null
    resolve({ done: false, value: chunk })
  }

  #end(): void {
    this.#ended = true
    this.#waiting?.resolve(over)
    this.#waiting = null
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    this.#error ??= error
    this.#waiting?.reject(this.#error)
    this.#waiting = null
  }
}

const closedEarly = (): Error =>
  Object.assign(new Error('the stream was closed before its end'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
