import type { Attempt } from '../domain/attempt.ts'
import type { Consultants } from '../domain/consultant.ts'
import type {
  Call,
  CallResult,
  Question,
  Step,
  StepResult,
  Strategy,
  Turn,
  Verdict,
} from '../domain/strategy.ts'
import type { Request } from '../domain/request.ts'
import type { Trace } from '../domain/trace.ts'
import { type Asked, askModel } from './attempts/ask.ts'
import type { AttemptEngine } from './attempts/attempt-engine.ts'
import type { Job } from './attempts/call-target.ts'
import { interruptionOf, openScope, type Scope } from './attempts/interruption.ts'
import { promptTokensOf } from './attempts/usage.ts'
import { abandon, advance, beginRun, traceOf } from './run.ts'

export type Lived = {
  /** Carried out by `forwardTo` where it is a forward. */
  readonly verdict: Verdict
  /** Of the calls that the strategy asked for, in the order in which they ended. */
  readonly attempts: readonly Attempt[]
  readonly trace: Trace
}

/** Runs a strategy against real targets. `job` is the client's request; what a strategy asks is sent without streaming. */
export async function live(
  choose: Strategy,
  turn: Turn,
  engine: AttemptEngine,
  consultants: Consultants,
  job: Job,
  client: AbortSignal,
): Promise<Lived> {
  const run = beginRun(choose, turn)
  const attempts: Attempt[] = []
  let next = advance(run)
  while (next.kind === 'step') {
    const { step }: { readonly step: Step } = next
    const results =
      step.kind === 'consult'
        ? await consultAll(step.questions, consultants, client)
        : await askAll(step, turn, engine, job, client, attempts)
    next = client.aborted
      ? { kind: 'verdict', verdict: abandon(run, results, interruptionOf(client)) }
      : advance(run, results)
  }
  return { verdict: next.verdict, attempts, trace: traceOf(run, 'live') }
}

const consultAll = (
  questions: readonly Question[],
  consultants: Consultants,
  client: AbortSignal,
): Promise<StepResult> => Promise.all(questions.map((question) => consultants.ask(question, client)))

async function askAll(
  { calls, until }: { readonly calls: readonly Call[]; readonly until: 'all' | 'first' },
  turn: Turn,
  engine: AttemptEngine,
  job: Job,
  client: AbortSignal,
  attempts: Attempt[],
): Promise<StepResult> {
  const scopes = calls.map(() => openScope(client))
  let winner: CallResult | null = null
  const results = calls.map(async ({ candidate, request }, index): Promise<CallResult> => {
    const { controller } = scopes[index]!
    const asked = await askModel(engine, candidate, jobOf(job, turn, request), controller.signal)
    attempts.push(...asked.attempts)
    if (until === 'all') return asked.result
    if (winner === null && asked.result.kind === 'answered') {
      winner = asked.result
      cancelOthers(scopes, controller)
    }
    return firstResult(asked, winner)
  })
  // The cancelled are waited for as well: an abort is quick, and what they made by then is booked with the rest.
  const settled = await Promise.all(results)
  for (const { release } of scopes) release()
  return settled
}

function firstResult({ result }: Asked, winner: CallResult | null): CallResult {
  const late = winner !== null && result !== winner
  const cut = result.kind === 'failed' && result.failure.kind === 'cancelled'
  return late && (cut || result.kind === 'answered')
    ? { kind: 'cancelled', candidate: result.candidate }
    : result
}

function cancelOthers(scopes: readonly Scope[], winner: AbortController): void {
  for (const { controller } of scopes) if (controller !== winner) controller.abort()
}

/** The client's bytes can't be used where they ask for a stream. */
function jobOf(job: Job, turn: Turn, rewritten: Request | null): Job {
  const request = rewritten ?? turn.request
  if (rewritten === null && !request.stream) return job
  const promptTokens = rewritten === null ? job.promptTokens : promptTokensOf(rewritten)
  // What a strategy wrote for a model stays as it wrote it.
  const adapt = rewritten === null ? (job.adapt ?? null) : null
  return { ...job, request: { ...request, stream: false }, original: null, promptTokens, adapt }
}
