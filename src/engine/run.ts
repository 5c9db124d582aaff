/** Advances a strategy and records what it does. Every driver is a loop around this; none touches the generator itself. */

import type { Candidate } from '../domain/candidate.ts'
import type { Failure } from '../domain/failure.ts'
import { type CallResult, refuse, type Step, type StepResult, type Strategy } from '../domain/strategy.ts'
import type { Turn, Verdict } from '../domain/strategy.ts'
import type { Trace, TraceCall, TraceEnd, TraceResult, TraceStep } from '../domain/trace.ts'
import { unreachable } from '../domain/unreachable.ts'

/** What one turn may ask for. A strategy that goes beyond them loops. */
const mostSteps = 32
const mostCalls = 64

/** One strategy at work on one turn. */
export type Run = {
  readonly strategy: string
  readonly turn: Turn
  readonly generator: Generator<Step, Verdict, StepResult>
  readonly steps: TraceStep[]
  calls: number
  state:
    | { readonly kind: 'begun' }
    | { readonly kind: 'asking'; readonly step: Step }
    | { readonly kind: 'ended'; readonly verdict: Verdict }
}

export type Advance =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }

/** A strategy that breaks its contract: a bug in it, not a failure of a model. */
export class StrategyError extends Error {
  constructor(strategy: string, fault: string) {
    super(`strategy ${strategy} ${fault}`)
    this.name = 'StrategyError'
  }
}

export function beginRun(choose: Strategy, turn: Turn, strategy = choose.name || 'without a name'): Run {
  return { strategy, turn, generator: choose(turn), steps: [], calls: 0, state: { kind: 'begun' } }
}

/** Goes on to the next step or the verdict. `results` answer the step before, call by call; the first time there are none. */
export function advance(run: Run, results: StepResult = []): Advance {
  if (run.state.kind === 'ended') throw new Error(`strategy ${run.strategy} has ended already`)
  if (run.state.kind === 'asking') run.steps.push(traceStep(run.state.step, results))
  const next = run.generator.next(results)
  if (next.done) {
    checkVerdict(run, next.value)
    run.state = { kind: 'ended', verdict: next.value }
    return { kind: 'verdict', verdict: next.value }
  }
  checkStep(run, next.value)
  run.state = { kind: 'asking', step: next.value }
  return { kind: 'step', step: next.value }
}

/** Ends a run from outside: the client has gone, or the time is up. `results` are what its last step came to. */
export function abandon(run: Run, results: StepResult, reason: Failure): Verdict {
  if (run.state.kind === 'asking') run.steps.push(traceStep(run.state.step, results))
  run.generator.return(refuse(reason))
  const verdict = refuse(reason)
  run.state = { kind: 'ended', verdict }
  return verdict
}

export function traceOf(run: Run, driver: Trace['driver']): Trace {
  return { driver, steps: run.steps, end: traceEnd(run) }
}

function checkStep(run: Run, { calls }: Step): void {
  run.calls += calls.length
  if (run.steps.length >= mostSteps) fault(run, `takes more than ${mostSteps} steps`)
  if (run.calls > mostCalls) fault(run, `asks for more than ${mostCalls} calls`)
  if (calls.length === 0) fault(run, 'asks for no call at all')
  for (const { candidate } of calls) checkCandidate(run, candidate)
}

function checkVerdict(run: Run, verdict: Verdict): void {
  const { propensity } = verdict
  if (!(propensity > 0 && propensity <= 1)) fault(run, `gives the propensity ${propensity}, not in (0, 1]`)
  switch (verdict.kind) {
    case 'forward':
      if (verdict.to.length === 0) fault(run, 'forwards to no model')
      for (const candidate of verdict.to) checkCandidate(run, candidate)
      return
    case 'reply':
      checkCandidate(run, verdict.candidate)
      return
    case 'refuse':
      return
    default:
      unreachable(verdict)
  }
}

// By identity: a candidate made by the strategy itself could carry a price or a limit that is not the model's.
function checkCandidate(run: Run, candidate: Candidate): void {
  if (run.turn.candidates.includes(candidate)) return
  fault(run, `names ${candidate.id}, which is not one of the turn's candidates`)
}

function fault(run: Run, problem: string): never {
  throw new StrategyError(run.strategy, problem)
}

function traceStep({ calls, until }: Step, results: StepResult): TraceStep {
  if (results.length !== calls.length)
    throw new Error(`a step of ${calls.length} calls was answered with ${results.length} results`)
  return { until, calls: results.map(traceCall) }
}

const traceCall = (result: CallResult): TraceCall => ({
  model: result.candidate.id,
  result: traceResult(result),
})

function traceResult(result: CallResult): TraceResult {
  switch (result.kind) {
    case 'answered':
      return {
        kind: 'answered',
        finish: result.answer.finish,
        usage: result.answer.usage,
        usd: result.usd,
        latencyMs: result.latencyMs,
      }
    case 'failed':
      return { kind: 'failed', failure: result.failure }
    case 'cancelled':
      return { kind: 'cancelled' }
    default:
      return unreachable(result)
  }
}

function traceEnd({ strategy, state }: Run): TraceEnd {
  switch (state.kind) {
    case 'begun':
      throw new Error(`strategy ${strategy} has not begun: there is no trace yet`)
    case 'asking':
      return { kind: 'would-ask', models: state.step.calls.map(({ candidate }) => candidate.id) }
    case 'ended':
      return verdictEnd(state.verdict)
    default:
      return unreachable(state)
  }
}

function verdictEnd(verdict: Verdict): TraceEnd {
  const { because, propensity } = verdict
  switch (verdict.kind) {
    case 'forward': {
      const models = verdict.to.map(({ id }) => id)
      return { kind: 'forward', models, rewritten: verdict.request !== null, because, propensity }
    }
    case 'reply':
      return { kind: 'reply', model: verdict.candidate.id, because, propensity }
    case 'refuse':
      return { kind: 'refuse', failure: verdict.failure, because, propensity }
    default:
      return unreachable(verdict)
  }
}
