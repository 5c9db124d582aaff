import { blockedUntil, readinessOf } from '../../engine/health/admission.ts'
import { headroomOf } from '../../engine/health/load.ts'
import type { SessionHold } from '../../domain/strategy.ts'
import { mostNameChars } from '../../engine/sessions/session-key.ts'
import { type KnownSession, warmTokens } from '../../engine/sessions/sessions.ts'
import { stepsOptions } from '../../strategies/agent/options.ts'
import { type AdminCall, type AdminParts, type AdminRequest, value, wholeNumber } from './call.ts'

export const healthCalls = (parts: AdminParts): readonly AdminCall[] => [
  { method: 'GET', path: '/health', run: async () => value(healthOf(parts)) },
  {
    method: 'GET',
    path: '/sessions',
    run: async ({ query }) => value(sessionsOf(parts, query)),
  },
  { method: 'GET', path: '/alarms', run: async () => value({ alarms: parts.alarms.current() }) },
  { method: 'GET', path: '/policies', run: async () => value({ policies: policiesOf(parts) }) },
  { method: 'GET', path: '/models', run: async () => value({ models: modelsOf(parts) }) },
]

export function healthOf({ succession, clock, state, experience, events }: AdminParts) {
  const { engine, models } = succession.current()
  const now = clock.now()
  return {
    time: clock.wall().toISOString(),
    state: state.mode(),
    targets: models.flatMap(({ id, vendor }) =>
      engine.targets(id).known.map(({ target, health }) => ({
        model: id,
        vendor,
        target: target.id,
        readiness: readinessOf(health, now),
        blockedForMs: Math.max(0, blockedUntil(health, now) - now),
        inFlight: health.load.inFlight,
        queued: health.load.queue.length,
        firstContentMs: health.load.firstContent.ms,
        headroom: headroomOf(health.load, now),
      })),
    ),
    breakers: experience.health
      .snapshot(now)
      .breakers.map(({ name, ...rest }) => ({ ...rest, name: withoutPassword(name) })),
    events: events.counts(),
  }
}

/** An address may have a password in it. */
const withoutPassword = (name: string): string => name.replace(/:\/\/[^/\s]*@/, '://')

const policiesOf = ({ succession }: AdminParts) =>
  succession
    .current()
    .policies.map(({ name, version, strategy, pool, objective, budget, maxCostUsd, fallbacks }) => ({
      name,
      version,
      strategy,
      pool,
      objective,
      budget,
      maxCostUsd,
      fallbacks,
    }))

const modelsOf = ({ succession }: AdminParts) =>
  succession.current().models.map(({ capabilities, ...model }) => ({
    ...model,
    capabilities: [...capabilities].sort(),
  }))

/** Looked at for one answer, those that were used last: a gateway that remembers a hundred thousand must not look at each. */
const mostLooked = 2_000
const mostSessionRows = 50
const mostModelRows = 20

/** Rounds of trouble in a row after which policies of the strategy `steps` take a session to their strong model, unless they say otherwise. */
const latchAfterRounds = stepsOptions.parse({}).confirmations

/** What this process remembers of conversations: how much, and of those used last who answers them. */
export function sessionsOf(
  { experience, state, clock, succession }: Pick<AdminParts, 'experience' | 'state' | 'clock' | 'succession'>,
  { search, limit }: AdminRequest['query'] = {},
) {
  const { sessions } = experience
  const { affinity, maxSessions, ttlMs } = sessions.rules
  const size = sessions.size()
  const recent = sessions.recent(mostLooked)
  const found = recent.filter(({ of }) => of === null)
  const wanted = search
    ? found.filter(({ key }) => nameOf(key).toLowerCase().includes(search.toLowerCase()))
    : found
  const most = Math.max(1, wholeNumber(limit, 'limit', mostSessionRows, mostSessionRows))
  const rowOf = rowsAt(succession, clock, sessions.rules, threadsOf(recent))
  return {
    affinity,
    state: state.mode(),
    /** Entries in memory: a named session is one, and so is each of its conversations. */
    remembered: size.sessions,
    max: maxSessions,
    ttlMs,
    episodes: size.episodes,
    /** Of the entries used last so many were looked at; whatever is counted below is counted among them. */
    looked: Math.min(size.sessions, mostLooked),
    sessions: found.length,
    conversations: recent.length - found.length,
    held: heldCounts(found),
    inTrouble: found.filter(isInTrouble).length,
    latchAfterRounds,
    models: modelCounts(found),
    matching: wanted.length,
    rows: wanted.slice(0, most).map(rowOf),
  }
}

export type SessionsReport = ReturnType<typeof sessionsOf>
export type SessionRow = SessionsReport['rows'][number]

/** Why a session stays where it is, the strictest first. */
export type WhyHeld = SessionHold | 'in-trouble' | 'warm-cache' | 'answered-last'

function rowsAt(
  succession: AdminParts['succession'],
  clock: AdminParts['clock'],
  rules: Parameters<typeof warmTokens>[3],
  threads: ReadonlyMap<string, number>,
) {
  const now = clock.now()
  const wall = clock.wall().getTime()
  const timeOf = (at: number): string => new Date(wall - (now - at)).toISOString()
  const targets = targetNames(succession)
  return (known: KnownSession) => {
    const { key, session, since, shown } = known
    const warm = warmTokens(session, session.prefixTokens, now, rules)
    return {
      /** As the client gave it and decisions have it; `null`: it gave none, or one that was too long to be kept whole. */
      session: wholeName(key),
      name: nameOf(key),
      model: session.model,
      /** `null`: it is no target of the configuration any more. */
      target: targets.get(session.target) ?? null,
      since: timeOf(since),
      answeredAt: timeOf(session.answeredAt),
      why: whyHeld(known, warm),
      warmTokens: warm,
      inTrouble: isInTrouble(known),
      trouble: shown?.trouble?.sign
        ? { sign: shown.trouble.sign, rounds: shown.trouble.confirmations }
        : null,
      switches: session.switches,
      conversations: threads.get(key) ?? 0,
      /** `null`: another process answered it last. */
      policy: shown?.policy ?? null,
    }
  }
}

function whyHeld(known: KnownSession, warm: number): WhyHeld {
  if (known.shown?.held) return known.shown.held
  if (isInTrouble(known)) return 'in-trouble'
  return warm > 0 ? 'warm-cache' : 'answered-last'
}

const isInTrouble = ({ shown }: KnownSession): boolean =>
  (shown?.trouble?.confirmations ?? 0) >= latchAfterRounds

const named = 'named '

const givenName = (key: string): string | null => (key.startsWith(named) ? key.slice(named.length) : null)

const wholeName = (key: string): string | null => {
  const name = givenName(key)
  return name !== null && name.length < mostNameChars ? name : null
}

/** Of one that is not named: the cache or the user that the client named, and a hash of how the conversation begins. */
const nameOf = (key: string): string => givenName(key) ?? key.trim()

/** What a target is known by has the address in it, and what there may be of a password. */
function targetNames(succession: AdminParts['succession']): ReadonlyMap<string, string> {
  const { engine, models } = succession.current()
  return new Map(
    models.flatMap(({ id }) =>
      engine.targets(id).known.map(({ target, health }) => [health.identity.target, target.id] as const),
    ),
  )
}

function threadsOf(recent: readonly KnownSession[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { of } of recent) if (of !== null) counts.set(of, (counts.get(of) ?? 0) + 1)
  return counts
}

function heldCounts(found: readonly KnownSession[]): Readonly<Record<SessionHold, number>> {
  const counts = { 'vendor-state': 0, seals: 0, 'tool-loop': 0 }
  for (const { shown } of found) if (shown?.held) counts[shown.held] += 1
  return counts
}

/** The models with the most sessions. */
function modelCounts(found: readonly KnownSession[]) {
  const counts = new Map<string, number>()
  for (const { session } of found) counts.set(session.model, (counts.get(session.model) ?? 0) + 1)
  return [...counts]
    .map(([model, sessions]) => ({ model, sessions }))
    .sort((a, b) => b.sessions - a.sessions || a.model.localeCompare(b.model))
    .slice(0, mostModelRows)
}
