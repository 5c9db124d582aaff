/** Work that is done again and again beside the requests. */

type Upkeep = { readonly everyMs: number; readonly work: () => Promise<void> }

/** What a timer of Node can wait for; a longer one fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** Each again after its time, never twice at once. */
export function createUpkeep(works: readonly Upkeep[], onProblem: (error: unknown) => void) {
  const under = new Set<Promise<void>>()
  const timers = works.map(({ everyMs, work }) => {
    let running = false
    const timer = setInterval(
      () => {
        if (running) return
        running = true
        const done = work()
          .catch(onProblem)
          .finally(() => {
            running = false
            under.delete(done)
          })
        under.add(done)
      },
      Math.min(everyMs, longestTimerMs),
    )
    timer.unref()
    return timer
  })
  return {
    close: async (): Promise<void> => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(under)
    },
  }
}
