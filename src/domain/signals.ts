import type { LabelProbabilities } from './text-model.ts'

export const taskTypes = [
  'chat',
  'knowledge',
  'extraction',
  'classification',
  'summarisation',
  'translation',
  'rewriting',
  'code',
  'math',
  'reasoning',
  'tool-use',
  'creative',
] as const
export type TaskType = (typeof taskTypes)[number]

export const subjects = [
  'biology',
  'business',
  'chemistry',
  'computer-science',
  'economics',
  'engineering',
  'general',
  'health',
  'history',
  'law',
  'math',
  'philosophy',
  'physics',
  'psychology',
] as const

/** The domain of a prompt. */
export type Subject = (typeof subjects)[number]

/**
 * Which kind of tool call a request is likely to want: none of those on offer, one call or several of one tool, one of several
 * tools or several of them, arguments within arguments, a call after others, one about a very long text.
 */
export const toolCategories = [
  'unneeded',
  'single',
  'parallel',
  'choice',
  'parallel-choice',
  'nested',
  'multi-turn',
  'long-context',
] as const
export type ToolCategory = (typeof toolCategories)[number]

/** Facts drawn from a request: pure, computed once, stored with the decision. Never holds the prompt's text. */
export type Signals = {
  /** Estimated prompt tokens, tools and schema included. */
  readonly inputTokens: number
  readonly taskType: TaskType
  /** How hard the prompt is, 0 to 1: the chance that a middling model fails it. */
  readonly complexity: number
  readonly subject: { readonly name: Subject; readonly probability: number }
  /** ISO 639-1 code, or `und`. */
  readonly language: string
  readonly structure: Structure
  /** Absent: the request can call no tool. */
  readonly toolCategory?: ToolCategory
  /** Tools that were left out of what is sent on, and the estimated tokens that saves; absent: none were. */
  readonly toolsLeftOut?: { readonly kept: number; readonly dropped: number; readonly tokensSaved: number }
  /** Where an agent stands in its work; absent: the request is no agent's. */
  readonly agent?: AgentSignals
  /** Probabilities of labels, by the configured name of the classifier. */
  readonly classes?: Readonly<Record<string, LabelProbabilities>>
  /** What a text model could not say, and why: the decision was made without it. */
  readonly warnings?: readonly string[]
}

/** What an agent is about to do with the answer. `reasoning` has the writing of code and text in it. */
export const agentSteps = [
  'intent',
  'planning',
  'tool-selection',
  'reasoning',
  'digestion',
  'recovery',
  'synthesis',
  'side-call',
  'compaction',
] as const
export type AgentStep = (typeof agentSteps)[number]

/** Whose habits a request shows. `tool-loop`: nobody's in particular, but tools are called; `text-tools`: by texts. */
export const agentShapes = [
  'claude-code',
  'codex',
  'agents-sdk',
  'ai-sdk',
  'langgraph',
  'text-tools',
  'tool-loop',
] as const
export type AgentShape = (typeof agentShapes)[number]

export const toolKinds = [
  'read',
  'search',
  'write',
  'test',
  'execute',
  'plan',
  'think',
  'delegate',
  'hand-off',
  'wait',
  'other',
] as const
export type ToolKind = (typeof toolKinds)[number]

/** Where a conversation makes a fresh start, so that who answers may change for little. */
export const quietBoundaries = ['begun', 'user-turn', 'compacted', 'part-done'] as const
export type QuietBoundary = (typeof quietBoundaries)[number]

/** Facts of an agent's conversation, from its last messages alone (signals/agent). Never holds what was said. */
export type AgentSignals = {
  readonly shape: AgentShape
  readonly step: AgentStep
  /** Why it is that step, in words of Fairlead's own. */
  readonly because: string
  /** Rounds of tool calls since the user last spoke. */
  readonly round: number
  /** The tool that was called last; of several at once, the last. `failed` holds if one of them did. */
  readonly lastTool: { readonly name: string; readonly kind: ToolKind; readonly failed: boolean } | null
  /** Rounds that failed, one after another, up to now. */
  readonly errorsInARow: number
  /** How often the last call was made before with the same arguments, and nothing was written in between. */
  readonly repeats: number
  /** Of the last calls, at most 16, the shares that read or search, and that write or test. */
  readonly exploring: number
  readonly producing: number
  readonly testsRun: number
  /** How the last tests ended; `null`: none were run. */
  readonly tests: 'passed' | 'failed' | null
  /** Estimated tokens of what came after the user's last words. */
  readonly tokensSinceUser: number
  readonly trouble: AgentTrouble
  /** What makes this a quiet moment; `null`: it is none. */
  readonly boundary: QuietBoundary | null
  /** Tools were called, and what they said has been answered by nobody yet. */
  readonly inToolLoop: boolean
  /** Calls that wait for their results. */
  readonly callsOpen: number
}

/** Signs that an agent makes no headway, since the last quiet boundary. */
export type AgentTrouble = {
  /** The longest row of rounds, each with a sign. */
  readonly confirmations: number
  /** The last round has one. */
  readonly now: boolean
  /** The last sign; `null`: there was none. */
  readonly sign: 'errors' | 'spinning' | 'no-progress' | null
}

export type Structure = {
  /** Characters of all messages together. */
  readonly promptChars: number
  /** Characters of the last user message. */
  readonly lastUserChars: number
  readonly turns: number
  /** Share of the last user message that looks like code, 0 to 1. */
  readonly codeShare: number
  readonly tools: number
  readonly images: number
  readonly jsonSchema: boolean
}

/** Signals, with what the text encoder made of the prompt. */
export type Reading = {
  readonly signals: Signals
  /** What learned estimates read. */
  readonly encoding: Float32Array
  /** The text vector, of unit length: for similarity. */
  readonly vector: Float32Array
  readonly words: WordCounts
}

/** Distinct words of a text, hashed (signals/words.ts), and how often each stands there. */
export type WordCounts = { readonly ids: Uint32Array; readonly counts: Float32Array }
