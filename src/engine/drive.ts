import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import type { Request } from '../domain/request.ts'
import type {
  CallResult,
  ConsultResult,
  Question,
  Step,
  StepResult,
  Strategy,
  Turn,
  Verdict,
} from '../domain/strategy.ts'
import type { Trace } from '../domain/trace.ts'
import { unreachable } from '../domain/unreachable.ts'
import { advance, beginRun, traceOf } from './run.ts'

/** Answers a call at once, from what is known already. Pure. */
export type Respond = (candidate: Candidate, request: Request) => CallResult

/** Answers a question at once. Pure. */
export type Consult = (question: Question) => ConsultResult

/** Where nobody is there to be consulted. */
export const nobodySays: Consult = ({ consultant }) => ({
  kind: 'silent',
  consultant,
  failure: failure('unavailable', `nothing is on record that ${consultant} would say`),
})

export type Driven = {
  readonly verdict: Verdict
  /** What the client would have got: the reply, or the forward to the first model that answers. `null` for a refusal. */
  readonly final: CallResult | null
  /** Over all calls, the forward included; `null` where a price is not known. */
  readonly usd: number | null
  /** Calls of one step run side by side, steps one after another. */
  readonly latencyMs: number
  readonly trace: Trace
}

/** The loop of the drivers that have every answer at hand. */
export function driveAtOnce(
  choose: Strategy,
  turn: Turn,
  driver: 'replay' | 'simulate',
  respond: Respond,
  consult: Consult = nobodySays,
): Driven {
  const run = beginRun(choose, turn)
  const spent: Spent = { usd: 0, latencyMs: 0 }
  let next = advance(run)
  while (next.kind === 'step') next = advance(run, answerStep(next.step, turn, respond, consult, spent))
  const { verdict } = next
  const final = conclude(verdict, turn, respond, spent)
  return { verdict, final, ...spent, trace: traceOf(run, driver) }
}

type Spent = { usd: number | null; latencyMs: number }

function answerStep(step: Step, turn: Turn, respond: Respond, consult: Consult, spent: Spent): StepResult {
  if (step.kind === 'consult') return consultAll(step.questions, consult, spent)
  const { calls, until } = step
  const results = calls.map(({ candidate, request }) => respond(candidate, request ?? turn.request))
  // A call that is cut short is charged whole: what it would have cost by then is not known, and must not be guessed low.
  for (const result of results) pay(spent, result)
  const winner = until === 'first' ? fastest(results) : null
  if (winner === null) {
    spent.latencyMs += Math.max(...results.map(latencyOf))
    return results
  }
  spent.latencyMs += latencyOf(winner)
  return results.map((result) =>
    result === winner || result.kind === 'failed'
      ? result
      : { kind: 'cancelled', candidate: result.candidate },
  )
}

function consultAll(questions: readonly Question[], consult: Consult, spent: Spent): StepResult {
  const said = questions.map(consult)
  spent.latencyMs += Math.max(...said.map((one) => (one.kind === 'said' ? one.latencyMs : 0)))
  return said
}

function conclude(verdict: Verdict, turn: Turn, respond: Respond, spent: Spent): CallResult | null {
  switch (verdict.kind) {
    case 'reply': {
      const { candidate, answer } = verdict
      return { kind: 'answered', candidate, answer, usd: 0, latencyMs: 0 }
    }
    case 'forward': {
      let result: CallResult | null = null
      for (const candidate of verdict.to) {
        result = respond(candidate, verdict.request ?? turn.request)
        pay(spent, result)
        spent.latencyMs += latencyOf(result)
        if (result.kind === 'answered') break
      }
      return result
    }
    case 'refuse':
      return null
    default:
      return unreachable(verdict)
  }
}

function pay(spent: Spent, result: CallResult): void {
  if (result.kind !== 'answered') return
  spent.usd = spent.usd === null || result.usd === null ? null : spent.usd + result.usd
}

const latencyOf = (result: CallResult): number => (result.kind === 'answered' ? result.latencyMs : 0)

function fastest(results: readonly CallResult[]): CallResult | null {
  let best: CallResult | null = null
  for (const result of results)
    if (result.kind === 'answered' && (best === null || result.latencyMs < latencyOf(best))) best = result
  return best
}

/** What stands in the trace of a call to a model that the record or the simulation has no answer of. */
export const noAnswer = (candidate: Candidate): CallResult => ({
  kind: 'failed',
  candidate,
  failure: failure('unavailable', `no answer of ${candidate.id} is on record for this prompt`),
})
