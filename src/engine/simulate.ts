import type { Strategy, Turn } from '../domain/strategy.ts'
import { type Consult, type Driven, driveAtOnce, type Respond } from './drive.ts'

/** Runs a strategy against models whose answers a pure function makes. */
export const simulate = (choose: Strategy, turn: Turn, respond: Respond, consult?: Consult): Driven =>
  driveAtOnce(choose, turn, 'simulate', respond, consult)
