/**
 * Work beside the served path: a queue of bounded length and weight, so many at a time, each within a time limit. Whoever offers
 * work never waits; what there is no room for is dropped and counted.
 */

/** Room for what is kept of requests, in bytes, that several lanes share. */
export type Room = { readonly take: (bytes: number) => boolean; readonly give: (bytes: number) => void }

export function createRoom(mostBytes: number): Room {
  let taken = 0
  return {
    take: (bytes) => {
      if (taken + bytes > mostBytes) return false
      taken += bytes
      return true
    },
    give: (bytes) => {
      taken -= bytes
    },
  }
}

export type LaneCounts = {
  readonly waiting: number
  readonly running: number
  readonly done: number
  /** There was no room for them, or no time left before closing. */
  readonly dropped: number
  /** Ended by an error or at the time limit. */
  readonly failed: number
}

export type Lane<Item> = {
  /** `bytes`: what the item keeps in memory. */
  readonly offer: (item: Item, bytes: number) => void
  readonly counts: () => LaneCounts
  /** Takes nothing more, drops what waits, and cuts short what is not done within `graceMs`. */
  readonly close: (graceMs: number) => Promise<void>
}

export type LaneOptions<Item> = {
  readonly work: (item: Item, signal: AbortSignal) => Promise<void>
  readonly room: Room
  readonly atOnce: number
  readonly mostWaiting: number
  readonly limitMs: number
  /** Of what is dropped and of what fails. */
  readonly tell: Tell
}

/** How long what is cut short may take to end. */
const lastMs = 500

type Waiting<Item> = { readonly item: Item; readonly bytes: number }

export function createLane<Item>({
  work,
  room,
  atOnce,
  mostWaiting,
  limitMs,
  tell,
}: LaneOptions<Item>): Lane<Item> {
  let waiting: Waiting<Item>[] = []
  const running = new Map<Promise<void>, AbortController>()
  let begun = false
  let closed = false
  let done = 0
  let dropped = 0
  let failed = 0

  const drop = (why: string): void => {
    dropped++
    tell(why)
  }
  /** A turn of the loop later, so that the reply that it is about leaves first. */
  const begin = (): void => {
    if (begun || closed) return
    begun = true
    setImmediate(() => {
      begun = false
      const next = closed || running.size >= atOnce ? undefined : waiting.shift()
      if (next === undefined) return
      start(next)
      if (waiting.length > 0) begin()
    })
  }
  const start = ({ item, bytes }: Waiting<Item>): void => {
    const controller = new AbortController()
    const run = within(limitMs, controller, () => work(item, controller.signal))
      .then(
        (inTime) => {
          if (inTime) done++
          else failing(new Error(`took longer than ${limitMs} ms and was cut short`))
        },
        (error: unknown) => failing(error),
      )
      .finally(() => {
        room.give(bytes)
        running.delete(run)
        begin()
      })
    running.set(run, controller)
  }
  const failing = (error: unknown): void => {
    failed++
    tell(error instanceof Error ? error.message : String(error))
  }

  return {
    offer: (item, bytes) => {
      if (closed) return drop('is closing')
      if (waiting.length >= mostWaiting) return drop(`has ${mostWaiting} waiting already`)
      if (!room.take(bytes)) return drop('has no room in memory for more')
      waiting.push({ item, bytes })
      begin()
    },
    counts: () => ({ waiting: waiting.length, running: running.size, done, dropped, failed }),
    close: async (graceMs) => {
      closed = true
      dropped += waiting.length
      for (const { bytes } of waiting) room.give(bytes)
      waiting = []
      const all = () => Promise.all(running.keys())
      if (running.size > 0) await first(all(), graceMs)
      for (const controller of running.values()) controller.abort()
      if (running.size > 0) await first(all(), lastMs)
    },
  }
}

/** Whether it ended in time. Aborts it where it did not, and waits but briefly for that to tell. */
async function within(
  limitMs: number,
  controller: AbortController,
  work: () => Promise<void>,
): Promise<boolean> {
  let inTime = true
  const limit = setTimeout(() => {
    inTime = false
    controller.abort()
  }, limitMs)
  let last: NodeJS.Timeout | undefined
  const givenUp = new Promise<void>((resolve) => {
    last = setTimeout(resolve, limitMs + lastMs)
  })
  try {
    await Promise.race([work(), givenUp])
  } catch (error) {
    if (inTime) throw error
  } finally {
    clearTimeout(limit)
    clearTimeout(last)
  }
  return inTime
}

async function first(work: Promise<unknown>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs)
  })
  await Promise.race([work, waited])
  clearTimeout(timer)
}

/** Tells an operator why something was not done. */
export type Tell = (why: string) => void

/** The same is told at its first, second, fourth, eighth… time: a dead judge must not flood a log. */
export function createTell(who: string, onProblem: (error: Error) => void, mostReasons = 100): Tell {
  const times = new Map<string, number>()
  return (why) => {
    const reason = times.has(why) || times.size < mostReasons ? why : 'other reasons'
    const count = (times.get(reason) ?? 0) + 1
    times.set(reason, count)
    if ((count & (count - 1)) !== 0) return
    try {
      onProblem(new Error(`${who} ${reason}${count === 1 ? '' : ` (${count} times)`}`))
    } catch {
      // There is nobody left to tell; the lane's counts say that it happened.
    }
  }
}
