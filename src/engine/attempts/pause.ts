/** Waits, or returns at once when the client leaves. A value, so that tests need not wait. */
export type Pause = (ms: number, client: AbortSignal) => Promise<void>

export const realPause: Pause = (ms, client) =>
  new Promise((resolve) => {
    if (client.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      client.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    client.addEventListener('abort', done, { once: true })
  })
