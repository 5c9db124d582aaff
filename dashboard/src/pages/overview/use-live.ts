import { useEffect, useRef } from 'react'
import { useEvents } from '../../api/events.ts'

/** At most so often, however much happens: each answer is made of a look at the store. */
const leastMs = 4_000

/** Asks again soon after something has changed. Gives back whether changes are being heard of. */
export function useLive(reload: () => void): boolean {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const latest = useRef(reload)
  latest.current = reload
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
      timer.current = null
    },
    [],
  )
  return useEvents(['finished', 'feedback'], () => {
    if (timer.current !== null || document.visibilityState !== 'visible') return
    timer.current = setTimeout(() => {
      timer.current = null
      latest.current()
    }, leastMs)
  })
}
