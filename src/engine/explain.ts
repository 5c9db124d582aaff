import type { Strategy, Turn } from '../domain/strategy.ts'
import type { Trace } from '../domain/trace.ts'
import { type Advance, advance, beginRun, traceOf } from './run.ts'

export type Explanation = Advance & { readonly trace: Trace }

/** What a strategy does first, and why; no model is called, so a strategy that asks is not followed further. */
export function explain(choose: Strategy, turn: Turn): Explanation {
  const run = beginRun(choose, turn)
  const first = advance(run)
  return { ...first, trace: traceOf(run, 'explain') }
}
