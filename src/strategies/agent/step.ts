/** Which step of an agent's work a request is: what the client says of it, else what its conversation shows. */

import { type AgentSignals, type AgentStep, agentSteps } from '../../domain/signals.ts'
import type { Turn } from '../../domain/strategy.ts'

export type StepAtHand = {
  readonly step: AgentStep
  readonly because: string
  /** `null`: the conversation shows no agent, and the client only says the step. */
  readonly agent: AgentSignals | null
}

/** `null`: no agent asks. */
export function stepAtHand({ asked, signals }: Turn): StepAtHand | null {
  const agent = signals.agent ?? null
  const stated = asked.step === null ? null : statedStep(asked.step)
  if (stated !== null) return { step: stated, because: 'the client says so', agent }
  return agent && { step: agent.step, because: agent.because, agent }
}

/** In the words that agents and articles have for them; `null`: it is a name of the client's own. */
export function statedStep(text: string): AgentStep | null {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .slice(0, 60)
  return agentSteps.find((step) => step === name) ?? otherNames.get(name) ?? null
}

const otherNames: ReadonlyMap<string, AgentStep> = new Map([
  ['intent-classification', 'intent'],
  ['classification', 'intent'],
  ['classify', 'intent'],
  ['triage', 'intent'],
  ['routing', 'intent'],
  ['plan', 'planning'],
  ['planner', 'planning'],
  ['tool-choice', 'tool-selection'],
  ['tool-use', 'tool-selection'],
  ['tool-calling', 'tool-selection'],
  ['tool', 'tool-selection'],
  ['act', 'tool-selection'],
  ['explore', 'tool-selection'],
  ['search', 'tool-selection'],
  ['complex-reasoning', 'reasoning'],
  ['reason', 'reasoning'],
  ['think', 'reasoning'],
  ['code', 'reasoning'],
  ['coding', 'reasoning'],
  ['edit', 'reasoning'],
  ['implement', 'reasoning'],
  ['tool-result-digestion', 'digestion'],
  ['tool-result', 'digestion'],
  ['digest', 'digestion'],
  ['read', 'digestion'],
  ['reading', 'digestion'],
  ['observe', 'digestion'],
  ['error-recovery', 'recovery'],
  ['recover', 'recovery'],
  ['fix', 'recovery'],
  ['debug', 'recovery'],
  ['retry', 'recovery'],
  ['response-synthesis', 'synthesis'],
  ['final', 'synthesis'],
  ['final-answer', 'synthesis'],
  ['answer', 'synthesis'],
  ['respond', 'synthesis'],
  ['report', 'synthesis'],
  ['title', 'side-call'],
  ['topic', 'side-call'],
  ['summary', 'compaction'],
  ['summarize', 'compaction'],
  ['compact', 'compaction'],
])
