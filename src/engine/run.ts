/** Advances a strategy and records what it does. Every driver is a loop around this; none touches the generator itself. */

import type { Candidate } from '../domain/candidate.ts'
import type { Failure } from '../domain/failure.ts'
import { type Choosing, refuse, type Step, type StepResult, type Strategy } from '../domain/strategy.ts'
import type { Turn, Verdict } from '../domain/strategy.ts'
import type { Trace, TraceEnd, TraceStep } from '../domain/trace.ts'
import { unreachable } from '../domain/unreachable.ts'
import { book, openMoney, payable, type RunMoney, unaffordable } from './run-money.ts'
import { traceStep, verdictEnd, waitingEnd } from './trace-of.ts'

/** What one turn may ask for. A strategy that goes beyond them loops. */
const mostSteps = 32
const mostCalls = 64

/** One strategy at work on one turn. */
export type Run = {
  readonly strategy: string
  readonly turn: Turn
  readonly generator: Choosing
  readonly steps: TraceStep[]
  /** `null`: the request may cost what it will. */
  readonly money: RunMoney | null
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
  const { maxCostUsd } = turn.objective
  return {
    strategy,
    turn,
    generator: choose(turn),
    steps: [],
    money: maxCostUsd === null ? null : openMoney(maxCostUsd),
    calls: 0,
    state: { kind: 'begun' },
  }
}

/** Goes on to the next step or the verdict. `results` answer the step before, call by call; the first time there are none. */
export function advance(run: Run, results: StepResult = []): Advance {
  if (run.state.kind === 'ended') throw new Error(`strategy ${run.strategy} has ended already`)
  if (run.state.kind === 'asking') run.steps.push(traceStep(run.state.step, results))
  if (run.money) book(run.money, results)
  let given = results
  for (;;) {
    const next = run.generator.next(given)
    if (next.done) return conclude(run, next.value)
    checkStep(run, next.value)
    const failures = run.money && unaffordable(run.money, next.value)
    if (!failures) {
      run.state = { kind: 'asking', step: next.value }
      return { kind: 'step', step: next.value }
    }
    run.steps.push(traceStep(next.value, failures))
    given = failures
  }
}

function conclude(run: Run, reached: Verdict): Advance {
  checkVerdict(run, reached)
  const verdict = run.money ? payable(run.money, reached) : reached
  run.state = { kind: 'ended', verdict }
  return { kind: 'verdict', verdict }
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

function checkStep(run: Run, step: Step): void {
  const asked = step.kind === 'ask' ? step.calls : step.questions
  run.calls += asked.length
  if (run.steps.length >= mostSteps) fault(run, `takes more than ${mostSteps} steps`)
  if (run.calls > mostCalls) fault(run, `asks for more than ${mostCalls} calls`)
  if (asked.length === 0) fault(run, 'asks for no call at all')
  if (step.kind === 'ask') for (const { candidate } of step.calls) checkAsked(run, candidate)
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
      checkAsked(run, verdict.candidate)
      return
    case 'refuse':
      return
    default:
      unreachable(verdict)
  }
}

// By identity: a candidate made by the strategy itself could carry a price or a limit that is not the model's.
function checkCandidate(run: Run, candidate: Candidate): void {
  if (isLawful(run.turn, candidate)) return
  fault(run, `names ${candidate.id}, which is not one of the turn's candidates`)
}

function isLawful({ candidates, nested }: Turn, candidate: Candidate): boolean {
  if (candidates.includes(candidate)) return true
  for (const name in nested) {
    const inner = nested[name]!
    if (inner.candidates.includes(candidate) || inner.fallbacks.includes(candidate)) return true
  }
  return false
}

/** Advisers may be asked, and their answers given; nothing is forwarded to them. */
function checkAsked(run: Run, candidate: Candidate): void {
  if (!run.turn.advisers.includes(candidate)) checkCandidate(run, candidate)
}

function fault(run: Run, problem: string): never {
  throw new StrategyError(run.strategy, problem)
}

function traceEnd({ strategy, state }: Run): TraceEnd {
  switch (state.kind) {
    case 'begun':
      throw new Error(`strategy ${strategy} has not begun: there is no trace yet`)
    case 'asking':
      return waitingEnd(state.step)
    case 'ended':
      return verdictEnd(state.verdict)
    default:
      return unreachable(state)
  }
}
