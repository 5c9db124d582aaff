import type { Clock } from '../domain/transport.ts'

export const systemClock: Clock = { now: () => performance.now(), wall: () => new Date() }
