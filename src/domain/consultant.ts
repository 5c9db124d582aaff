import type { ConsultResult, Question } from './strategy.ts'

/** Answers what strategies ask of others than models: checkers and scorers of the user's own. */
export type Consultants = {
  /** Never throws, and never waits longer than the consultant's own time limit. Aborting `signal` ends the wait. */
  readonly ask: (question: Question, signal: AbortSignal) => Promise<ConsultResult>
}
