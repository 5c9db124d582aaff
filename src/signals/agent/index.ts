/**
 * Where an agent stands in its work. Read from the request alone, so that it holds after a restart and on another machine; of
 * a long conversation only the end is looked at.
 */

import { type Request, textOf } from '../../domain/request.ts'
import type { AgentSignals } from '../../domain/signals.ts'
import { ends } from './results.ts'
import { type Conversation, readConversation, type Round } from './rounds.ts'
import { shapeOf, systemOpening } from './shapes.ts'
import { sideCallOf } from './side-calls.ts'
import { type StepFound, stepOf } from './step.ts'
import { courseOf } from './trouble.ts'

/** `null`: nothing shows that an agent asks. `userAgent`: what the client calls itself, where that is known. */
export function agentSignals(request: Request, userAgent = ''): AgentSignals | null {
  const opening = systemOpening(request)
  if (isChat(request, opening)) return null
  const shape = shapeOf(request, opening, userAgent.slice(0, mostUserAgentChars))
  const conversation = readConversation(request)
  const side = sideCallOf(request, opening)
  const acts = request.tools.length > 0 || conversation.rounds.some(({ calls }) => calls.length > 0)
  const found = side ?? stepOf(request, conversation, opening)
  if (shape === null && side === null && !acts && found.step !== 'intent' && !isPlanner(found)) return null
  return signalsOf(conversation, shape ?? (conversation.byText ? 'text-tools' : 'tool-loop'), found)
}

/**
 * Most requests are questions of people, and need not pay for more than one look: no tools, nothing answered before, and none of
 * the words that agents' own calls have.
 */
function isChat({ tools, messages, sampling }: Request, opening: string): boolean {
  if (tools.length > 0 || sampling.maxOutputTokens === 1) return false
  if (messages.some(({ role }) => role === 'assistant' || role === 'tool')) return false
  const last = messages.at(-1)
  return !agentWords.test(opening) && !(last && agentWords.test(ends(textOf(last))))
}

const agentWords =
  /\b(?:title|topic|summary|summari[sz]\w+|compact|condense|checkpoint|handoff|command|branch|follow-?up|next|inten\w+|classify|route|triage|worker|agents?|plan\w*|steps|roadmap|outline|approach|tackle|break|strategy|continued|CLI)\b/i

/** A planner or a classifier of somebody's own graph has no tools, and yet is one step of many. */
const isPlanner = ({ step, because }: StepFound): boolean =>
  step === 'planning' && because === 'a plan is asked for'

const mostUserAgentChars = 300

/** Calls that are looked at for what an agent is at. */
const recentCalls = 16

function signalsOf(
  conversation: Conversation,
  shape: AgentSignals['shape'],
  { step, because }: StepFound,
): AgentSignals {
  const { rounds, boundary, charsSinceUser, round, last } = conversation
  const called = rounds.filter(({ calls }) => calls.length > 0)
  const lastRound = called.at(-1)
  const lastCall = lastRound?.calls.at(-1)
  const kinds = called
    .slice(-recentCalls)
    .flatMap(({ calls }) => calls.map(({ kind }) => kind))
    .slice(-recentCalls)
  const share = (...wanted: readonly string[]): number =>
    kinds.length === 0 ? 0 : kinds.filter((kind) => wanted.includes(kind)).length / kinds.length
  const tested = rounds.filter(({ tests }) => tests !== null)
  const inToolLoop = isOpen(lastRound, last)
  return {
    shape,
    step,
    because,
    round,
    lastTool: lastCall ? { name: lastCall.name, kind: lastCall.kind, failed: lastRound!.failed } : null,
    // Whatever was wrong before a fresh start is no trouble of what comes after it.
    ...(boundary === null ? courseOf(rounds) : courseOf([])),
    exploring: share('read', 'search'),
    producing: share('write', 'test'),
    testsRun: tested.length,
    tests: tested.at(-1)?.tests ?? null,
    tokensSinceUser: Math.ceil(charsSinceUser / 4),
    boundary,
    inToolLoop,
    callsOpen: inToolLoop ? Math.max(0, lastRound!.calls.length - lastRound!.results) : 0,
  }
}

/** The last thing that happened is a call, or its result. */
const isOpen = (round: Round | undefined, last: Conversation['last']): boolean =>
  round !== undefined && (last === 'tool' || (last === 'assistant' && round.results < round.calls.length))
