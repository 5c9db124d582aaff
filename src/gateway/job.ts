/** What is sent for a request, whichever target gets it. */

import { promptAdaptation, type PromptRule } from '../adaptation/rules.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { DecisionId } from '../domain/decision.ts'
import type { Model } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import type { Request } from '../domain/request.ts'
import type { Verdict } from '../domain/strategy.ts'
import type { Affinity } from '../engine/attempts/affinity.ts'
import { defaultStreamRules, type Job } from '../engine/attempts/call-target.ts'
import type { Purse } from '../engine/attempts/purse.ts'
import type { Envelope } from '../wire/wire-format.ts'
import type { Considered } from './consider.ts'
import type { Experience } from './experience.ts'
import type { Incoming } from './gateway.ts'

/** A session goes back to the target that has its prompts in its cache. */
function affinityOf({ view, turn }: Considered): Affinity | null {
  const session = view?.session
  if (!view || !session) return null
  // A pin holds only where its model is the one to be asked.
  const isKept = turn.candidates.length === 1 && turn.candidates[0].id === session.model
  return { target: session.target, only: view.pinned && isKept ? session.credential : null }
}

export function jobOf(
  { format, text, asked, headers }: Incoming,
  considered: Considered,
  startedAt: number,
  { hedges }: Experience,
  wallMs: number,
  purse: Purse | null = null,
  prompts: readonly PromptRule[] = [],
): Job {
  const { policy, turn, detours } = considered
  return {
    request: turn.request,
    // Fewer tools than the client's own text has: it is written anew.
    original: turn.request === asked.request ? { format: format.name, text } : null,
    adapt: promptAdaptation(prompts, {
      policy: policy.name,
      tags: asked.options.tags,
      taskType: turn.signals.taskType,
    }),
    clientFormat: format,
    envelope: (model) => envelopeOf(considered.id, model, wallMs, asked.request),
    clientHeaders: headers,
    sealedBy: sealingAccount(considered),
    usageWanted: asked.usageWanted,
    promptTokens: turn.signals.inputTokens,
    startedAt,
    deadlineAt: startedAt + policy.deadlineMs,
    limits: policy.limits,
    affinity: affinityOf(considered),
    purse,
    detours,
    streamRules: {
      ...defaultStreamRules,
      recovery: policy.streamRecovery,
      minTokensPerSecond: policy.minTokensPerSecond,
    },
    hedging: policy.hedging && { rules: policy.hedging, spending: hedges(policy.name) },
    sent: null,
    continuation: null,
  }
}

type Forward = Extract<Verdict, { kind: 'forward' }>

export const forwardJob = (job: Job, { request }: Forward): Job =>
  request === null ? job : { ...job, request, original: null, adapt: null }

/** The strategy's models first, in its order; then the fallbacks of the policy that chose them, where it did not name them. */
export function withFallbacks(
  { to, by }: Forward,
  { fallbacks: own, turn }: Considered,
): NonEmpty<Candidate> {
  const fallbacks = by === undefined ? own : (turn.nested[by]?.fallbacks ?? [])
  const named = new Set(to.map(({ id }) => id))
  return [...to, ...fallbacks.filter(({ id }) => !named.has(id))] as unknown as NonEmpty<Candidate>
}

export const envelopeOf = (
  id: DecisionId,
  { vendorName }: Model,
  wallMs: number,
  request: Request,
): Envelope => ({
  id: id.slice(4),
  created: Math.floor(wallMs / 1000),
  model: vendorName,
  request,
})

/** Whoever answered last in the session sealed what reasoning the request holds. */
const sealingAccount = ({ view }: Considered): string | null =>
  view?.sealed ? (view.session?.credential ?? null) : null
