import type { TraceCall, TraceStep } from '../../src/domain/trace.ts'

/** The model calls of a step; none where consultants were asked. */
export const callsOf = (step: TraceStep): readonly TraceCall[] => (step.kind === 'ask' ? step.calls : [])
