export { defineConfig, type FairleadConfig } from './config/define-config.ts'
export type { Attempt, AttemptRole } from './domain/attempt.ts'
export type { Decision } from './domain/decision.ts'
export type { FailureKind } from './domain/failure.ts'
export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatMessage,
  ChatRequest,
  ChatTool,
  ChatToolCall,
  RoutingWishes,
} from './library/chat-types.ts'
export type { DecisionFacts } from './library/decision-facts.ts'
export type { EventStream } from './library/event-stream.ts'
export { ConfigError, FairleadError } from './library/fairlead-error.ts'
export {
  type Answered,
  type Ask,
  type AskUntyped,
  createFairlead,
  type Fairlead,
  type JsonObject,
  type Listening,
} from './library/fairlead.ts'
export type { RequestFormat } from './library/incoming.ts'
export type { CallOptions, FairleadOptions } from './library/options.ts'
