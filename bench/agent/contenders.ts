/** Who answers an agent's steps: policies by the code that serves, over simulated models with caches of their own. */

import { dirname, join } from 'node:path'
import { builtInSurroundings } from '../../src/config/built-in.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { faultsText } from '../../src/config/faults.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { ResolvedConfig } from '../../src/config/resolved.ts'
import type { Usage } from '../../src/domain/answer.ts'
import type { Candidate } from '../../src/domain/candidate.ts'
import type { ModelId, Prices } from '../../src/domain/model.ts'
import { usdOf } from '../../src/domain/money.ts'
import type { AssistantPart, Request } from '../../src/domain/request.ts'
import type { CallResult } from '../../src/domain/strategy.ts'
import { costOf } from '../../src/engine/cost.ts'
import {
  createSessions,
  type SessionRules,
  shortestCachedTokens,
} from '../../src/engine/sessions/sessions.ts'
import { viewSession } from '../../src/engine/sessions/session-view.ts'
import { simulate } from '../../src/engine/simulate.ts'
import type { Decider } from '../../src/gateway/decider.ts'
import { openDecider } from '../../src/gateway/open-deciders.ts'
import { inputTokens, textTokens } from '../../src/signals/input-tokens.ts'
import { wireFormat } from '../../src/wire/index.ts'
import { act } from './brain.ts'
import type { Ask } from './episode.ts'
import type { AgentTask } from './repository.ts'
import type { SkillProfile, Tier } from './skills.ts'

/**
 * `policy`: of policies.yaml. `remembers`: the session is known, with all that it holds. `sticky`: whoever answers the first
 * step answers all. `betweenRounds`: within a row of tool calls the model may change.
 */
export type Contender = {
  readonly name: string
  readonly policy: string
  readonly remembers: boolean
  readonly sticky?: true
  readonly betweenRounds?: true
}

export const contenders: readonly Contender[] = [
  { name: 'strongest throughout', policy: 'strongest', remembers: true },
  { name: 'weakest throughout', policy: 'weakest', remembers: true },
  { name: 'naive: each request by its value', policy: 'by-value', remembers: false },
  { name: 'naive: each request by its step', policy: 'named', remembers: false },
  { name: 'sticky: the first one by its value', policy: 'by-value', remembers: false, sticky: true },
  { name: '`steps`, models named', policy: 'named', remembers: true },
  { name: '`steps`, by value', policy: 'valued', remembers: true },
]

/** For a row of tool calls, which a session's hold leaves to one model. */
export const betweenRounds: readonly Contender[] = [
  {
    name: '`steps` between rounds, models named',
    policy: 'named-loop',
    remembers: true,
    betweenRounds: true,
  },
  { name: '`steps` between rounds, by value', policy: 'valued', remembers: true, betweenRounds: true },
]

const file = join(import.meta.dirname, 'policies.yaml')

export async function benchConfig(): Promise<ResolvedConfig> {
  const surroundings = builtInSurroundings([], readEnvironment({}))
  const result = await loadConfig({ file, directory: dirname(file), surroundings })
  if (result.kind === 'faulty') throw new Error(faultsText(result.file, result.faults))
  return result.config
}

export const openBenchDecider = async (): Promise<Decider> => openDecider(await benchConfig())

const sessionRules: SessionRules = { affinity: true, ttlMs: 3_600_000, maxSessions: 1_000, cacheMs: 300_000 }
/** Seconds between two steps of an agent. */
const stepMs = 5_000
const format = wireFormat('openai-chat')

/** What vendors' caches hold of one conversation, model by model. */
export type Caches = Map<ModelId, number>

/** `writes`: what is not read from the cache is written to it, at a price of its own. */
export function usageOf(
  request: Request,
  parts: readonly AssistantPart[],
  id: ModelId,
  writes: boolean,
  caches: Caches,
): Usage {
  const prompt = inputTokens(request)
  const output = Math.ceil(parts.reduce((sum, part) => sum + tokensOf(part), 0))
  const known = Math.min(prompt, caches.get(id) ?? 0)
  const read = known >= shortestCachedTokens ? known : 0
  caches.set(id, prompt + output)
  return {
    inputTokens: prompt,
    cachedReadTokens: read,
    cacheWriteTokens: writes ? prompt - read : 0,
    outputTokens: output,
    reasoningTokens: 0,
    source: 'reported',
  }
}

function tokensOf(part: AssistantPart): number {
  if (part.kind === 'tool-call') return 12 + textTokens(part.argumentsText)
  return 'text' in part ? textTokens(part.text) : 0
}

const writesCache = ({ cacheWrite, input }: Prices): boolean =>
  cacheWrite !== 'unknown' && input !== 'unknown' && cacheWrite > input

/** Answers one episode's steps. */
export function askOf(
  decider: Decider,
  contender: Contender,
  task: AgentTask,
  profile: SkillProfile,
  seed: string,
): Ask {
  let now = 0
  let first: string | null = null
  const sessions = createSessions(sessionRules, () => now)
  const caches: Caches = new Map()
  return async (body) => {
    now += stepMs
    const asked = { ...body, model: contender.sticky ? (first ?? contender.policy) : contender.policy }
    const decoded = format.decodeRequest(asked)
    if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
    const { request, options } = decoded.value
    const seen = contender.remembers ? viewSession(sessions, request, options, JSON.stringify(body)) : null
    const view =
      seen && contender.betweenRounds && !seen.awaitsResults ? { ...seen, inToolLoop: false } : seen
    const considered = decider.consider(decoded.value, null, view)
    if (considered.kind === 'failed') throw new Error(considered.failure.message)
    const { turn, policy } = considered.considered
    const answers = new Map<Candidate, Usage>()
    const respond = (candidate: Candidate, sent: Request): CallResult => {
      const parts = act(sent, { task, skills: profile.skills[tierOf(candidate.id)], seed })
      const usage = usageOf(sent, parts, candidate.id, writesCache(candidate.model.prices), caches)
      answers.set(candidate, usage)
      const cost = costOf(usage, candidate.model.prices)
      return {
        kind: 'answered',
        candidate,
        answer: { model: candidate.id, parts, finish: { kind: 'stop', raw: 'stop' }, usage, logprobs: [] },
        usd: cost === null ? null : usdOf(cost),
        latencyMs: 1,
      }
    }
    const { final, usd } = simulate(policy.choose, turn, respond)
    if (final?.kind !== 'answered' || usd === null)
      throw new Error('nobody answered, or for an unknown price')
    const { id } = final.candidate
    first ??= id
    if (seen)
      sessions.note(
        seen.key,
        { model: id, target: `${id}@1`, credential: 'key', usage: answers.get(final.candidate)!, usd },
        seen,
      )
    return { parts: final.answer.parts, model: id, usd }
  }
}

export const tierOf = (id: string): Tier => id.slice(id.indexOf('/') + 1) as Tier
