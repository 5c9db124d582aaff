import { useEffect, useState } from 'react'
import { gatewayNow } from '../api/connection.ts'

/** Milliseconds since 1970 by this device's clock, told again so often while `running`. */
export function useNow(everyMs: number, running = true): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!running) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, running])
  return now
}

/** The same by the gateway's clock: what ages of its records are counted from. */
export function useGatewayNow(everyMs: number): number {
  useNow(everyMs)
  return gatewayNow()
}
