/** A run as a trace: what it did, without the texts. */

import type { CallResult, ConsultResult, Question, Step, StepResult, Verdict } from '../domain/strategy.ts'
import type { TraceCall, TraceEnd, TraceOpinion, TraceResult, TraceStep } from '../domain/trace.ts'
import { unreachable } from '../domain/unreachable.ts'

/** @throws Error where the results are not those of the step */
export function traceStep(step: Step, results: StepResult): TraceStep {
  switch (step.kind) {
    case 'ask':
      checkCount('calls', step.calls.length, results.length)
      return { kind: 'ask', until: step.until, calls: results.map((result) => traceCall(asCall(result))) }
    case 'consult':
      checkCount('questions', step.questions.length, results.length)
      return {
        kind: 'consult',
        said: results.map((result, place) => traceOpinion(step.questions[place]!, asOpinion(result))),
      }
    default:
      return unreachable(step)
  }
}

function checkCount(what: string, asked: number, given: number): void {
  if (asked !== given) throw new Error(`a step of ${asked} ${what} was answered with ${given} results`)
}

function asCall(result: StepResult[number]): CallResult {
  if (result.kind === 'said' || result.kind === 'silent')
    throw new Error('a call was answered with an opinion')
  return result
}

function asOpinion(result: StepResult[number]): ConsultResult {
  if (result.kind !== 'said' && result.kind !== 'silent')
    throw new Error('a question was answered with a call')
  return result
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

function traceOpinion({ consultant, about }: Question, result: ConsultResult): TraceOpinion {
  const who = { consultant, about: about?.candidate.id ?? null }
  switch (result.kind) {
    case 'said':
      return {
        ...who,
        result: { kind: 'said', opinion: result.opinion, latencyMs: result.latencyMs },
      }
    case 'silent':
      return { ...who, result: { kind: 'silent', failure: result.failure } }
    default:
      return unreachable(result)
  }
}

/** Where a run stands that waits for the results of `step`. */
export const waitingEnd = (step: Step): TraceEnd =>
  step.kind === 'ask'
    ? { kind: 'would-ask', models: step.calls.map(({ candidate }) => candidate.id) }
    : { kind: 'would-consult', consultants: step.questions.map(({ consultant }) => consultant) }

export function verdictEnd(verdict: Verdict): TraceEnd {
  const { because, propensity } = verdict
  switch (verdict.kind) {
    case 'forward': {
      const models = verdict.to.map(({ id }) => id)
      const rewritten = verdict.request !== null
      const { explores } = verdict
      if (explores === undefined) return { kind: 'forward', models, rewritten, because, propensity }
      return { kind: 'forward', models, rewritten, because, propensity, explores }
    }
    case 'reply':
      return { kind: 'reply', model: verdict.candidate.id, because, propensity }
    case 'refuse':
      return { kind: 'refuse', failure: verdict.failure, because, propensity }
    default:
      return unreachable(verdict)
  }
}
