/**
 * `fairlead/strategies`: what a strategy of your own is made of. Pass it to `createFairlead(config, { strategies: [mine] })`, or
 * list it under `strategies` of `fairlead.config.ts`; policies then name it like any other.
 */

export { z } from 'zod'
export { answerText } from '../domain/answer.ts'
export type { Answer, Finish, StreamPart, TokenLogprob, Usage } from '../domain/answer.ts'
export { byCost, byQuality, expectedUsd } from '../domain/candidate.ts'
export type { Candidate } from '../domain/candidate.ts'
export type { Cost, Estimate } from '../domain/estimate.ts'
export { failure } from '../domain/failure.ts'
export type { Failure, FailureKind } from '../domain/failure.ts'
export { modelId } from '../domain/model.ts'
export type { Capability, Model, ModelId } from '../domain/model.ts'
export { isNonEmpty } from '../domain/non-empty.ts'
export type { NonEmpty } from '../domain/non-empty.ts'
export type { Objective } from '../domain/objective.ts'
export type { Draw } from '../domain/random.ts'
export { lastUserText, plainRequest, textOf } from '../domain/request.ts'
export type { AssistantPart, ContentPart, Message, Request, Tool, ToolCall } from '../domain/request.ts'
export type { Signals } from '../domain/signals.ts'
export { ask, askAll, askOne, consult, forward, refuse, reply } from '../domain/strategy.ts'
export type {
  BudgetFacts,
  Call,
  CallResult,
  Choosing,
  ConsultResult,
  GivenUp,
  Opinion,
  Question,
  Step,
  StepResult,
  Strategy,
  TextEmbedder,
  Turn,
  Verdict,
} from '../domain/strategy.ts'
export { defineStrategy, modelName, probability } from '../strategies/strategy.ts'
export type { Aids, OptionFault, StrategyDefinition } from '../strategies/strategy.ts'
