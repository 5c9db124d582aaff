import type { StreamPart } from '../../../domain/answer.ts'
import type { StreamRecovery } from '../../../domain/policy.ts'
import type { Spoken } from '../call-target.ts'

/**
 * Holds back what could not be taken back: everything where the answer is to be whole before it is sent, and in any mode
 * that recovers the calls of tools, of which half is worth nothing. Opens when the answer has finished.
 */
export type Gate = {
  holds: 'nothing' | 'tool calls' | 'everything'
  readonly held: Spoken[]
  heldBytes: number
}

/** More than this is let through, and can't be recovered any more. */
const mostHeldBytes = 16 * 1024 * 1024

const heldIn: Readonly<Record<StreamRecovery, Gate['holds']>> = {
  error: 'nothing',
  continue: 'tool calls',
  buffer: 'everything',
}

export const gateFor = (recovery: StreamRecovery): Gate => ({
  holds: heldIn[recovery],
  held: [],
  heldBytes: 0,
})

export const isHolding = ({ held, holds }: Gate): boolean => held.length > 0 || holds === 'everything'

/** What may go to the client now that this has come, in order. */
export function letThrough(gate: Gate, spoken: Spoken): readonly Spoken[] {
  if (gate.holds === 'nothing') return [spoken]
  const { parts } = spoken
  if (parts.some(({ kind }) => kind === 'finish')) return [...opened(gate), spoken]
  if (gate.holds === 'tool calls' && gate.held.length === 0 && !parts.some(ofToolCall)) return [spoken]
  gate.held.push(spoken)
  gate.heldBytes += spoken.bytes.length
  return gate.heldBytes > mostHeldBytes ? opened(gate) : []
}

/** What was held is worth nothing: the answer that it belonged to broke off. */
export function dropHeld(gate: Gate): void {
  gate.held.length = 0
  gate.heldBytes = 0
}

function opened(gate: Gate): readonly Spoken[] {
  gate.holds = 'nothing'
  return gate.held.splice(0)
}

const ofToolCall = ({ kind }: StreamPart): boolean => kind === 'tool-call-start' || kind === 'tool-call-delta'
