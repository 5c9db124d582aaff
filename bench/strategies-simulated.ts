/** One strategy after another on the same simulated tasks, driven by the code that serves, without a network. */

import { basename, dirname } from 'node:path'
import { builtInSurroundings } from '../src/config/built-in.ts'
import { readEnvironment } from '../src/config/environment.ts'
import { faultsText } from '../src/config/faults.ts'
import { loadConfig } from '../src/config/load.ts'
import type { ResolvedConfig } from '../src/config/resolved.ts'
import { answerText } from '../src/domain/answer.ts'
import type { Candidate } from '../src/domain/candidate.ts'
import type { Model } from '../src/domain/model.ts'
import { usdOf } from '../src/domain/money.ts'
import type { Policy } from '../src/domain/policy.ts'
import { hash32, normal, seededDraw } from '../src/domain/random.ts'
import type { Request } from '../src/domain/request.ts'
import { noRoutingOptions } from '../src/domain/routing-options.ts'
import type { BudgetFacts, CallResult } from '../src/domain/strategy.ts'
import { costOf } from '../src/engine/cost.ts'
import type { Consult } from '../src/engine/drive.ts'
import { simulate } from '../src/engine/simulate.ts'
import { openDecider } from '../src/gateway/open-deciders.ts'
import { simulateAnswer } from '../src/providers/simulated/answer.ts'
import { requestFor } from '../src/providers/simulated/sample.ts'
import { chanceOfSuccess } from '../src/providers/simulated/skill.ts'
import { checkAnswer } from '../src/providers/simulated/tasks/index.ts'
import type { Task } from '../src/providers/simulated/tasks/task.ts'

/** What became of one task. */
export type Served = {
  /** How good the answer was, 0 to 1. */
  readonly score: number
  readonly usd: number
  readonly latencyMs: number
  /** Calls to models, those of the strategy's own included. */
  readonly calls: number
  /** Whose answer it was; `null`: nobody's. */
  readonly model: string | null
}

const surroundings = builtInSurroundings([], readEnvironment({}))

/** The configuration of a file that needs no key. @throws Error with its faults */
export async function exampleConfig(file: string): Promise<ResolvedConfig> {
  const result = await loadConfig({ file, directory: dirname(file), surroundings })
  if (result.kind === 'faulty') throw new Error(faultsText(basename(file), result.faults))
  return result.config
}

/** How a policy serves the tasks, one after another. The same seed, the same luck. `periodUsd`: what a budget is taken to hold. */
export async function servedBy(
  config: ResolvedConfig,
  policy: Policy,
  tasks: readonly Task[],
  seed: string,
  periodUsd: number,
): Promise<readonly Served[]> {
  const decider = await openDecider(config)
  const served: Served[] = []
  let spentUsd = 0
  for (const [place, task] of tasks.entries()) {
    const request = requestFor(task)
    const asked = { model: policy.name, request, options: noRoutingOptions, usageWanted: false }
    const considered = decider.consider(asked, (await decider.readText?.(asked)) ?? null)
    if (considered.kind === 'failed') throw new Error(`${policy.name}: ${considered.failure.message}`)
    const { turn } = considered.considered
    const own = {
      ...turn,
      draw: seededDraw(`${seed} ${place}`),
      budget: turn.budget && paced(periodUsd, spentUsd, place, tasks.length),
    }
    let calls = 0
    const { final, usd, latencyMs } = simulate(
      policy.choose,
      own,
      (candidate, sent) => {
        calls++
        return answerOf(candidate, sent, seed)
      },
      consultantFor(task, config.models, seed),
    )
    const answered = final?.kind === 'answered' ? final : null
    spentUsd += usd ?? 0
    served.push({
      score: answered !== null && checkAnswer(task, answerText(answered.answer)) ? 1 : 0,
      usd: usd ?? Number.NaN,
      latencyMs,
      calls,
      model: answered?.candidate.id ?? null,
    })
  }
  await decider.close()
  return served
}

/** A budget is worth as much of what the dearest way costs as this: enough to be felt, whatever an example states. */
export const budgetShare = 0.5

export const periodBudget = (dearest: readonly Served[]): number =>
  budgetShare * dearest.reduce((sum, { usd }) => sum + usd, 0)

/** The tasks stand for one whole period, so that a budget has an end to run into. */
export const paced = (limitUsd: number, spentUsd: number, place: number, tasks: number): BudgetFacts => ({
  limitUsd,
  spentUsd,
  elapsedShare: place / tasks,
})

function answerOf(candidate: Candidate, request: Request, seed: string): CallResult {
  const { answer, latency } = simulateAnswer(candidate.model, request, seed)
  const cost = costOf(answer.usage, candidate.model.prices)
  return {
    kind: 'answered',
    candidate,
    answer,
    usd: cost === null ? null : usdOf(cost),
    latencyMs: latency.totalMs,
  }
}

/** How often the simulated checker is right about an answer. */
const checkerAccuracy = 0.85
/** How far off the simulated scorer is about a model, in shares of success. */
const scorerDeviation = 0.15
const consultantMs = 20

/** Consultants are simulated as well: a checker that is right five times in six, a scorer that knows models roughly. */
function consultantFor(task: Task, models: readonly Model[], seed: string): Consult {
  return ({ consultant, about, models: asked }) => {
    const said = (opinion: object) =>
      ({ kind: 'said', consultant, opinion, latencyMs: consultantMs }) as const
    if (about !== null) {
      const text = answerText(about.answer)
      const right = checkAnswer(task, text) === luck(seed, `${consultant} ${text}`) < checkerAccuracy
      return said({ score: right ? 0.9 : 0.1 })
    }
    const known = models.filter(({ id }) => asked.includes(id))
    const scores = known.map((model) => {
      const draw = seededDraw(`${seed} ${consultant} ${model.id} ${task.prompt}`)
      const score = chanceOfSuccess(model, task) + scorerDeviation * normal(draw)
      return [model.id, Math.min(1, Math.max(0, score))] as const
    })
    return said({ score: (task.level - 1) / 4, scores: Object.fromEntries(scores), label: task.kind })
  }
}

const luck = (seed: string, what: string): number => hash32(`${seed} ${what}`) / 2 ** 32

/** What each model alone makes of the tasks. */
export const servedByModel = (model: Model, tasks: readonly Task[], seed: string): readonly Served[] =>
  tasks.map((task) => {
    const { answer, latency } = simulateAnswer(model, requestFor(task), seed)
    const cost = costOf(answer.usage, model.prices)
    return {
      score: checkAnswer(task, answerText(answer)) ? 1 : 0,
      usd: cost === null ? Number.NaN : usdOf(cost),
      latencyMs: latency.totalMs,
      calls: 1,
      model: model.id,
    }
  })

/** For each task the cheapest of the best answers. */
export function oracleOf(alone: readonly (readonly Served[])[]): readonly Served[] {
  const [first = []] = alone
  return first.map((_, place) => {
    const [best] = alone.map((served) => served[place]!).sort((a, b) => b.score - a.score || a.usd - b.usd)
    return best!
  })
}
