/** What a search of variants asks, answered by models behind a gateway. */

import { rewriteRequest } from '../adaptation/rewrite.ts'
import type { PromptVariant } from '../adaptation/variant.ts'
import type { Model } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Example } from '../learning/adaptation/example.ts'
import { gradingRequest, readGrade } from '../learning/adaptation/judge.ts'
import { type MetricName, scoreAnswer } from '../learning/adaptation/metric.ts'
import { proposerRequest, readProposals } from '../learning/adaptation/proposer-prompt.ts'
import type { AdaptationWorld, Situation, Tried } from '../learning/adaptation/world.ts'
import { type Called, type CalledModel, callModel, mostUsd } from './adapt-calls.ts'

export type Metric =
  | { readonly kind: 'rule'; readonly name: MetricName }
  | { readonly kind: 'judge'; readonly judge: CalledModel }

export type WorldParts = {
  readonly gateway: Gateway
  readonly model: CalledModel
  readonly proposer: CalledModel
  readonly metric: Metric
  readonly examples: readonly Example[]
  /** Of each answer to an example; `null`: as much as such a model may want. */
  readonly maxOutputTokens: number | null
}

/** Thinking is paid for as output, and takes most of it. */
const plainOutput = { answer: 1_024, grade: 16, proposal: 4_096 }
const thinkingOutput = { answer: 8_192, grade: 4_096, proposal: 16_384 }

const outputOf = (model: Model, what: keyof typeof plainOutput): number =>
  Math.min(model.maxOutputTokens, (model.capabilities.has('reasoning') ? thinkingOutput : plainOutput)[what])

export function gatewayWorld(parts: WorldParts): AdaptationWorld {
  const { gateway, model, proposer, metric } = parts
  const mostOutput = Math.min(
    model.model.maxOutputTokens,
    parts.maxOutputTokens ?? outputOf(model.model, 'answer'),
  )
  const requestFor = (variant: PromptVariant, { request }: Example): Request => {
    const { sampling } = request
    const maxOutputTokens = Math.min(sampling.maxOutputTokens ?? mostOutput, mostOutput)
    return rewriteRequest(variant, {
      ...request,
      stream: false,
      sampling: { ...sampling, maxOutputTokens, answers: 1 },
    })
  }
  const proposing = (situation: Situation): Request =>
    proposerRequest(
      situation,
      (situation.failures[0]?.example ?? parts.examples[0]!).request,
      outputOf(proposer.model, 'proposal'),
    )
  const score = scorer(gateway, metric)
  return {
    answer: async (variant, example, signal) => {
      const called = await callModel(gateway, model, requestFor(variant, example), mostOutput, signal)
      return called.kind === 'failed' ? called : score(called, example, signal)
    },
    mostUsd: (variant, example) =>
      mostUsd(model, requestFor(variant, example), mostOutput) + mostGradingUsd(metric, example, mostOutput),
    propose: async (situation, signal) => {
      const most = outputOf(proposer.model, 'proposal')
      const called = await callModel(gateway, proposer, proposing(situation), most, signal)
      return called.kind === 'answered'
        ? readProposals(called.said, called.usd)
        : { proposals: [], refused: 0, problem: `The proposer failed: ${called.message}`, usd: called.usd }
    },
    mostProposalUsd: (situation) =>
      mostUsd(proposer, proposing(situation), outputOf(proposer.model, 'proposal')),
  }
}

type Answered = Extract<Called, { readonly kind: 'answered' }>

function scorer(
  gateway: Gateway,
  metric: Metric,
): (answered: Answered, example: Example, signal: AbortSignal) => Promise<Tried> {
  if (metric.kind === 'rule')
    return async (answered, { answers }) => ({
      ...answered,
      score: scoreAnswer(metric.name, answered.said, answers),
    })
  const { judge } = metric
  const most = outputOf(judge.model, 'grade')
  // Wordings often come to the same answer, at the same time too, and a judge who is asked twice may contradict itself.
  const grades = new Map<string, Promise<Grade>>()
  return async (answered, example, signal) => {
    const key = `${example.id} ${answered.said}`
    const known = grades.get(key)
    const grading =
      known ?? gradeOf(gateway, judge, gradingRequest(example, answered.said, most), most, signal)
    if (known === undefined) grades.set(key, grading)
    const grade = await grading
    const usd = answered.usd + (known === undefined ? grade.usd : 0)
    if (grade.kind === 'graded') return { ...answered, usd, score: grade.score }
    // What failed may be asked again.
    if (grades.get(key) === grading) grades.delete(key)
    return { kind: 'failed', message: grade.message, usd }
  }
}

type Grade =
  | { readonly kind: 'graded'; readonly score: 0 | 1; readonly usd: number }
  | { readonly kind: 'failed'; readonly message: string; readonly usd: number }

async function gradeOf(
  gateway: Gateway,
  judge: CalledModel,
  request: Request,
  most: number,
  signal: AbortSignal,
): Promise<Grade> {
  const called = await callModel(gateway, judge, request, most, signal)
  const { usd } = called
  if (called.kind === 'failed') return { kind: 'failed', message: `The judge failed: ${called.message}`, usd }
  const score = readGrade(called.said)
  return score === null
    ? {
        kind: 'failed',
        message: `The judge said neither right nor wrong: ${called.said.slice(0, 80)}`,
        usd,
      }
    : { kind: 'graded', score, usd }
}

/** An answer may have twice the tokens in the judge's vocabulary. */
function mostGradingUsd(metric: Metric, example: Example, mostOutput: number): number {
  if (metric.kind === 'rule') return 0
  const { judge } = metric
  const most = outputOf(judge.model, 'grade')
  return mostUsd(judge, gradingRequest(example, '', most), most) + 2 * mostOutput * judge.inputUsd
}
