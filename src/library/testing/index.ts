/** `fairlead/testing`: simulated models, builders, the contract of a strategy, and the drivers that need no network. */

export type { Consult, Driven, Respond } from '../../engine/drive.ts'
export { nobodySays } from '../../engine/drive.ts'
export { type Explanation, explain } from '../../engine/explain.ts'
export { type RecordedOutcome, type Replayed, type ReplayTable, replay } from '../../engine/replay.ts'
export { simulate } from '../../engine/simulate.ts'
export * from './builders.ts'
export { hashedEmbedder } from './random-turns.ts'
export {
  aFailure,
  type ScriptedReply,
  type SimulatedTask,
  scriptedAnswers,
  simulatedAnswers,
  simulatedFairlead,
  simulatedModels,
  simulatedTasks,
} from './simulated.ts'
export {
  type ContractOptions,
  type ContractRule,
  checkStrategy,
  strategyContract,
} from './strategy-contract.ts'
