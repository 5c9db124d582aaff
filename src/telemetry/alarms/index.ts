import { isAside } from '../../domain/experiment.ts'
import type { AlarmEvent, Events, Sink, TelemetryEvent } from '../events.ts'
import { other } from '../known.ts'
import type { AlarmName, AnyAlarmRule, Judgement } from './alarm.ts'
import { type AlarmLimits, alarmRules, defaultAlarmLimits } from './rules.ts'

export { type AlarmLimits, defaultAlarmLimits } from './rules.ts'

export type RaisedAlarm = {
  readonly name: AlarmName
  /** A policy, or `all`. */
  readonly subject: string
  /** ISO 8601, UTC. */
  readonly since: string
  readonly message: string
  readonly numbers: Readonly<Record<string, number>>
}

export type Alarms = {
  readonly sink: Sink
  /** Those that are raised now, the oldest first. */
  readonly current: () => readonly RaisedAlarm[]
  /** Looks at what no event tells: call it now and then. */
  readonly check: (at: number) => void
}

export type AlarmsOptions = {
  /** Alarms are events themselves: this is where they are told. */
  readonly emit: Events['emit']
  readonly limits?: AlarmLimits
  /** Whether a policy is meant to choose among models by what it expects of them; all are, unless this says otherwise. */
  readonly routes?: (policy: string) => boolean
  /** The day of the oldest prices in use, and whose they are; `null`: not known. */
  readonly oldestPrices?: () => { readonly model: string; readonly asOf: string } | null
}

/** Policies of which something is remembered; names beyond these go together. */
const mostSubjects = 200
const lostQuietMs = 3_600_000
const checkEveryMs = 600_000
const dayMs = 86_400_000

export function createAlarms({
  emit,
  limits = defaultAlarmLimits,
  routes = () => true,
  oldestPrices,
}: AlarmsOptions): Alarms {
  const raised = createRaised(emit)
  const watched = alarmRules(limits, routes).map((rule) => ({ rule, seen: new Map<string, Watching>() }))
  let [lastLost, lastCheck] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const check = (at: number) => {
    lastCheck = at
    if (at - lastLost > lostQuietMs) raised.clear('decisions-lost', 'all')
    const prices = oldestPrices?.() ?? null
    if (prices !== null) raised.settle('old-prices', 'all', judgePrices(prices, at, limits.priceAgeDays), at)
  }
  return {
    sink: {
      name: 'alarms',
      take: (event, at) => {
        // What this sink tells itself comes by here as well.
        if (event.kind === 'alarm') return
        // What judges and shadows do says nothing of what clients get.
        if ('decision' in event && event.decision !== undefined && isAside(event.decision)) return
        if (at - lastCheck >= checkEveryMs) check(at)
        if (event.kind === 'store-problem' && event.what === 'dropped') lastLost = at
        judgeConditions(raised, event, at)
        for (const { rule, seen } of watched) {
          const about = rule.subjectOf(event)
          if (about === null) continue
          const subject = seen.has(about) || seen.size < mostSubjects ? about : other
          const judgement = watching(rule, seen, subject).see(event)
          if (judgement !== null) raised.settle(rule.name, subject, judgement, at)
        }
      },
    },
    current: raised.list,
    check,
  }
}

type Watching = ReturnType<AnyAlarmRule['open']>

function watching(rule: AnyAlarmRule, seen: Map<string, Watching>, subject: string): Watching {
  let found = seen.get(subject)
  if (found === undefined) {
    found = rule.open(subject)
    seen.set(subject, found)
  }
  return found
}

type Raised = ReturnType<typeof createRaised>

/** What is raised, and the events of its coming and going. */
function createRaised(emit: Events['emit']) {
  const raised = new Map<string, RaisedAlarm>()
  const clear = (name: AlarmName, subject: string) => {
    const was = raised.get(`${name} ${subject}`)
    if (was === undefined) return
    raised.delete(`${name} ${subject}`)
    emit({ kind: 'alarm', name, subject, state: 'cleared', message: was.message, numbers: was.numbers })
  }
  return {
    clear,
    list: (): readonly RaisedAlarm[] => [...raised.values()],
    settle: (name: AlarmName, subject: string, judgement: Judgement, at: number) => {
      if (judgement.level !== 'bad') {
        if (judgement.level === 'good') clear(name, subject)
        return
      }
      const key = `${name} ${subject}`
      const { message, numbers } = judgement
      const before = raised.get(key)
      const since = before?.since ?? new Date(at).toISOString()
      raised.set(key, { name, subject, since, message, numbers })
      // It is told once; the numbers of what goes on are kept up to date.
      if (before !== undefined) return
      const event: AlarmEvent = { kind: 'alarm', name, subject, state: 'raised', message, numbers }
      emit(event)
    },
  }
}

/** What one event says by itself. */
function judgeConditions(raised: Raised, event: TelemetryEvent, at: number): void {
  switch (event.kind) {
    case 'store-problem':
      if (event.what !== 'dropped') return
      raised.settle(
        'decisions-lost',
        'all',
        {
          level: 'bad',
          message: `The decision log loses what it should keep: ${event.message}. Free space on its disk, or see why its database is slow; what is lost is in no report.`,
          numbers: {},
        },
        at,
      )
      break
    case 'state-degraded':
      raised.settle(
        'state-degraded',
        'all',
        {
          level: 'bad',
          message: `Shared state is out of reach, and limits and budgets hold within each process alone: ${event.why}. See whether Redis runs and can be reached.`,
          numbers: {},
        },
        at,
      )
      break
    case 'state-recovered':
      raised.clear('state-degraded', 'all')
      break
    default:
      break
  }
}

function judgePrices(
  { model, asOf }: { readonly model: string; readonly asOf: string },
  at: number,
  limit: number,
): Judgement {
  const days = Math.floor((at - Date.parse(asOf)) / dayMs)
  if (!(days > limit)) return { level: 'good' }
  return {
    level: 'bad',
    message: `The prices of ${model} are of ${asOf}, ${days} days ago. Upgrade Fairlead, or state its prices under models in the configuration.`,
    numbers: { days, limit },
  }
}
