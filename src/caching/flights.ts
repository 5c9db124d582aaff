/**
 * One question at a time: whoever asks the same while it is being answered waits for that answer. Of one process; two processes
 * may ask the same at once.
 */

export type Flights<Landed> = {
  /** `null`: there is no room to lead or to wait; whoever asks goes on alone. */
  readonly join: (key: string, bounds: WaitBounds, client: AbortSignal) => Lead<Landed> | Wait<Landed> | null
  /** Questions that are being answered. */
  readonly size: () => number
}

export type WaitBounds = { readonly waitMs: number; readonly maxWaiters: number }

/** Ends once, whichever comes first; later calls change nothing. */
export type Lead<Landed> = {
  readonly kind: 'lead'
  /** There is an answer: all who wait get it. */
  readonly land: (landed: Landed) => void
  /** There is none: who has waited for longest takes over. */
  readonly fail: () => void
  /** There is one, but not for others: each goes on alone, at once. */
  readonly scatter: () => void
}

export type Wait<Landed> = { readonly kind: 'wait'; readonly outcome: Promise<WaitOutcome<Landed>> }

export type WaitOutcome<Landed> =
  | { readonly kind: 'landed'; readonly landed: Landed }
  /** Whoever led is gone: the waiter leads. */
  | { readonly kind: 'take-over'; readonly lead: Lead<Landed> }
  /** It took too long, the client is gone, or the answer is not for others: each by itself. */
  | { readonly kind: 'alone' }

type Waiter<Landed> = (outcome: WaitOutcome<Landed>) => void
type Flight<Landed> = { leader: object; ledSince: number; readonly waiters: Set<Waiter<Landed>> }

/** Questions led at one time in a process, beyond which each is asked alone. */
const mostFlights = 10_000

/** @param now milliseconds of any clock that goes forward */
export function createFlights<Landed>(now: () => number, most = mostFlights): Flights<Landed> {
  const flights = new Map<string, Flight<Landed>>()

  const leadOf = (key: string, flight: Flight<Landed>): Lead<Landed> => {
    const me = {}
    flight.leader = me
    flight.ledSince = now()
    const end = (): readonly Waiter<Landed>[] | null => {
      if (flight.leader !== me) return null
      flight.leader = ended
      flights.delete(key)
      return [...flight.waiters]
    }
    return {
      kind: 'lead',
      land: (landed) => {
        for (const waiter of end() ?? []) waiter({ kind: 'landed', landed })
      },
      scatter: () => {
        for (const waiter of end() ?? []) waiter({ kind: 'alone' })
      },
      fail: () => {
        if (flight.leader !== me) return
        const [next] = flight.waiters
        if (next === undefined) end()
        else next({ kind: 'take-over', lead: leadOf(key, flight) })
      },
    }
  }

  const wait = (flight: Flight<Landed>, waitMs: number, client: AbortSignal): Wait<Landed> => {
    const outcome = new Promise<WaitOutcome<Landed>>((resolve) => {
      const leave = () => told({ kind: 'alone' })
      const timer = setTimeout(leave, waitMs)
      const told: Waiter<Landed> = (outcome) => {
        clearTimeout(timer)
        client.removeEventListener('abort', leave)
        flight.waiters.delete(told)
        resolve(outcome)
      }
      flight.waiters.add(told)
      if (client.aborted) leave()
      else client.addEventListener('abort', leave, { once: true })
    })
    return { kind: 'wait', outcome }
  }

  return {
    size: () => flights.size,
    join: (key, { waitMs, maxWaiters }, client) => {
      const flight = flights.get(key)
      if (flight !== undefined) {
        // Whoever leads hangs: nobody else need wait to find that out.
        if (now() - flight.ledSince >= waitMs) return leadOf(key, flight)
        return flight.waiters.size >= maxWaiters ? null : wait(flight, waitMs, client)
      }
      if (flights.size >= most) return null
      const begun: Flight<Landed> = { leader: ended, ledSince: 0, waiters: new Set() }
      flights.set(key, begun)
      return leadOf(key, begun)
    },
  }
}

/** Leads a flight that is over. */
const ended = {}
