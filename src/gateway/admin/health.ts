import { blockedUntil, readinessOf } from '../../engine/health/admission.ts'
import { headroomOf } from '../../engine/health/load.ts'
import { type AdminCall, type AdminParts, value } from './call.ts'

export const healthCalls = (parts: AdminParts): readonly AdminCall[] => [
  { method: 'GET', path: '/health', run: async () => value(healthOf(parts)) },
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
