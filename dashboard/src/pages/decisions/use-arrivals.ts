import { useEffect, useRef, useState } from 'react'
import { useEvents } from '../../api/events.ts'
import type { DecisionLine } from '../../api/types.ts'

/** A table of this many rows is what changes, at most so often: a busy gateway tells of thousands a second. */
const [mostKept, everyMs] = [50, 500]

/** What has happened since the page was opened, newest first, while `listening`. */
export function useArrivals(listening: boolean, wanted: (line: DecisionLine) => boolean) {
  const [arrived, setArrived] = useState<readonly DecisionLine[]>([])
  const waiting = useRef(new Map<string, DecisionLine>())
  const [missed, setMissed] = useState(0)
  const live = useEvents(['decided', 'finished'], (event) => {
    if (event.kind !== 'decided' && event.kind !== 'finished') return
    const { decision } = event
    waiting.current.delete(decision.id)
    waiting.current.set(decision.id, decision)
    const [oldest] = waiting.current.keys()
    if (waiting.current.size > mostKept && oldest !== undefined) waiting.current.delete(oldest)
  })
  const latest = useRef({ listening, wanted })
  latest.current = { listening, wanted }
  useEffect(() => {
    const timer = setInterval(() => {
      const { listening: takes, wanted: wants } = latest.current
      const fresh = [...waiting.current.values()].filter(wants).reverse()
      if (!takes) return setMissed(fresh.length)
      if (waiting.current.size === 0) return
      waiting.current.clear()
      setMissed(0)
      if (fresh.length === 0) return
      const ids = new Set(fresh.map(({ id }) => id))
      setArrived((before) => [...fresh, ...before.filter(({ id }) => !ids.has(id))].slice(0, mostKept))
    }, everyMs)
    return () => clearInterval(timer)
  }, [])
  return { arrived, missed, live, forget: () => setArrived([]) }
}
