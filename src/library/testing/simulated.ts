/** Simulated models for tests: no network, no key, and the same answers for the same seed. */

import { simulated } from '../../catalog/models/simulated.ts'
import type { FairleadConfig } from '../../config/define-config.ts'
import type { AnyStrategy } from '../../config/schema.ts'
import type { Answer } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import type { Model } from '../../domain/model.ts'
import { usdOf } from '../../domain/money.ts'
import { costOf } from '../../engine/cost.ts'
import { type Respond, noAnswer } from '../../engine/drive.ts'
import { simulateAnswer } from '../../providers/simulated/answer.ts'
import { requestFor } from '../../providers/simulated/sample.ts'
import { checkAnswer, generateTasks } from '../../providers/simulated/tasks/index.ts'
import { createFairlead, type Fairlead } from '../fairlead.ts'
import type { FairleadOptions } from '../options.ts'
import { anAnswer } from './builders.ts'

/** Four models that behave like the tiers of a vendor. Every answer of theirs says that it is simulated. */
export const simulatedModels: readonly Model[] = simulated.map(({ model }) => model)

/** Tasks with known answers, which simulated models solve or not according to their skill. */
export const simulatedTasks = (seed: string, count: number): readonly SimulatedTask[] =>
  generateTasks(seed, count).map((task) => ({
    prompt: task.prompt,
    /** From 1 to 5. */
    level: task.level,
    request: requestFor(task),
    isSolvedBy: (text) => checkAnswer(task, text),
  }))

export type SimulatedTask = {
  readonly prompt: string
  /** How hard it is, from 1 to 5. */
  readonly level: number
  readonly request: ReturnType<typeof requestFor>
  readonly isSolvedBy: (text: string) => boolean
}

/** For `simulate`: what simulated models answer, at their prices. */
export const simulatedAnswers =
  (seed = 'fairlead'): Respond =>
  (candidate, request) => {
    const { model } = candidate
    const { answer, latency } = simulateAnswer(model, request, seed)
    const cost = costOf(answer.usage, model.prices)
    return {
      kind: 'answered',
      candidate,
      answer,
      usd: cost === null ? null : usdOf(cost),
      latencyMs: latency.totalMs,
    }
  }

/** What one model says in a script: words, a whole answer, or a failure. */
export type ScriptedReply = string | Answer | Failure

const isFailure = (reply: Answer | Failure): reply is Failure => 'kind' in reply

/** For `simulate`: what each model answers, by id; one that is not in the script fails. An answer costs what was expected. */
export const scriptedAnswers =
  (script: Readonly<Record<string, ScriptedReply>>): Respond =>
  (candidate) => {
    const reply = script[candidate.id]
    if (reply === undefined) return noAnswer(candidate)
    if (typeof reply !== 'string' && isFailure(reply)) return { kind: 'failed', candidate, failure: reply }
    const { cost, latencyMs } = candidate
    return {
      kind: 'answered',
      candidate,
      answer: typeof reply === 'string' ? anAnswer({ text: reply }) : reply,
      usd: cost.kind === 'known' ? cost.usd.mean : null,
      latencyMs: latencyMs.mean,
    }
  }

/** A failure for a script: `aFailure('rate-limited')`. */
export const aFailure = (kind: Failure['kind'], message = 'for tests'): Failure => failure(kind, message)

/** A Fairlead with simulated models that answer at once, no key of the environment, and a decision log in memory. */
export const simulatedFairlead = <const Own extends readonly AnyStrategy[] = readonly []>(
  config: FairleadConfig<Own> = {},
  options: FairleadOptions<Own> = {},
): Promise<Fairlead> =>
  createFairlead(
    { simulated: { pace: 0 }, ...config },
    { decisionLog: 'memory', environment: {}, findLocalModels: false, ...options },
  )
