import { isAside } from '../../domain/experiment.ts'
import type { Attempt } from '../../domain/attempt.ts'
import type { Decision, Outcome } from '../../domain/decision.ts'
import { usdOf } from '../../domain/money.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { addedMs, escalated, overtakenOf, passagesOf } from '../attempt-story.ts'
import type { Sink, TelemetryEvent } from '../events.ts'
import { boundedLabel, type Known, other } from '../known.ts'
import { modelVendorChildren, policyChildren, policyModelChildren } from './children.ts'
import type { Metrics } from './metrics.ts'

/** Teams and tool servers are named by administrators: so many of them become labels of their own. */
const mostTeams = 100
const mostServers = 100

export type PrometheusSink = Sink & { readonly follow: (known: Known) => void }

/** Counts what happens. Nothing that a client can make up becomes a label. */
export function prometheusSink(metrics: Metrics, initial: Known): PrometheusSink {
  const labels = {
    policy: boundedLabel([...initial.policies, ...initial.models]),
    model: boundedLabel(initial.models),
    team: boundedLabel([], mostTeams),
    server: boundedLabel([], mostServers),
  }
  let vendors = vendorsOf(initial)
  const counting = { metrics, labels, vendor: (target: string) => vendors.get(target) ?? other }
  const children = {
    policyModel: policyModelChildren(metrics),
    policy: policyChildren(metrics),
    modelVendor: modelVendorChildren(metrics),
  }
  const count = { ...counting, ...children }
  return {
    name: 'prometheus',
    take: (event) => take(count, event),
    follow: (known) => {
      labels.policy.allow([...known.policies, ...known.models])
      labels.model.allow(known.models)
      vendors = new Map([...vendors, ...vendorsOf(known)])
    },
  }
}

const vendorsOf = ({ targets }: Known) => new Map(targets.map(({ id, vendor }) => [id, vendor]))

type Counting = {
  readonly metrics: Metrics
  readonly labels: Readonly<Record<'policy' | 'model' | 'team' | 'server', ReturnType<typeof boundedLabel>>>
  readonly vendor: (target: string) => string
  readonly policyModel: ReturnType<typeof policyModelChildren>
  readonly policy: ReturnType<typeof policyChildren>
  readonly modelVendor: ReturnType<typeof modelVendorChildren>
}

function take(count: Counting, event: TelemetryEvent): void {
  const { metrics } = count
  switch (event.kind) {
    case 'decided':
      if (!isAside(event.decision)) countDecision(count, event.decision)
      break
    case 'finished':
      countOutcome(count, event.decision, event.outcome)
      break
    case 'refused-at-the-door':
      metrics.refused.inc({ reason: event.reason })
      break
    case 'budget-alert':
      metrics.budgetAlerts.inc()
      break
    case 'breaker-changed':
      metrics.breakerChanges.inc({ state: event.state })
      break
    case 'cache':
      metrics.cache.inc({ cache: event.cache, result: event.result })
      break
    case 'feedback':
      countFeedback(count, event)
      break
    case 'alarm':
      if (event.state === 'raised') metrics.alarmsRaised.inc({ alarm: event.name })
      break
    case 'tool-call': {
      const server = count.labels.server.of(event.server)
      metrics.toolSeconds.observe({ server }, event.latencyMs / 1000)
      metrics.toolCalls.inc({ server, outcome: event.ok ? 'answered' : 'failed' })
      break
    }
    case 'state-degraded':
      metrics.stateDegraded.set(1)
      break
    case 'state-recovered':
      metrics.stateDegraded.set(0)
      break
    case 'store-problem':
      metrics.storeProblems.inc({ what: event.what })
      break
    case 'config-reloaded':
      metrics.reloads.inc({ outcome: event.ok ? 'answered' : 'failed' })
      break
    case 'experiment-changed':
      break
    default:
      unreachable(event)
  }
}

function countDecision({ policy, labels }: Counting, decision: Decision): void {
  const children = policy(labels.policy.of(decision.policy), '')
  children.decisionSeconds.observe(decision.decidedInMicros / 1e6)
  if (decision.propensity < 1) children.exploring.inc()
  const further = escalated(decision)
  if (further !== null) (further ? children.escalated : children.settled).inc()
}

function countOutcome(count: Counting, decision: Decision, outcome: Outcome): void {
  const { labels, metrics } = count
  const policy = labels.policy.of(decision.policy)
  const model = labels.model.of(outcome.model)
  const children = count.policyModel(policy, model)
  children[outcome.status].inc()
  children.requestSeconds.observe(outcome.latencyMs / 1000)
  if (outcome.firstContentMs !== null) children.firstContentSeconds.observe(outcome.firstContentMs / 1000)
  if (outcome.failure !== null) metrics.failures.inc({ policy, failure: outcome.failure })
  count.policy(policy, '').addedSeconds.observe(addedMs(outcome) / 1000)
  for (const attempt of outcome.attempts) countAttempt(count, attempt)
  countDollars(count, policy, decision, outcome)
  if (outcome.attempts.length > 1) countPassages(count, policy, decision, outcome)
}

function countAttempt(count: Counting, attempt: Attempt): void {
  const model = count.labels.model.of(attempt.model)
  const vendor = count.vendor(attempt.target)
  const children = count.modelVendor(model, vendor)
  const { usage, outcome, cost } = attempt
  const role = attempt.role ?? 'unknown'
  if (outcome.kind === 'answered') children.answered(role, '').inc()
  else count.metrics.attempts.inc({ model, vendor, role, outcome: outcome.failure })
  children.seconds.observe(Math.max(0, attempt.endedAfterMs - attempt.startedAfterMs) / 1000)
  if (usage.inputTokens > 0) children.input.inc(usage.inputTokens)
  if (usage.cachedReadTokens > 0) children.cachedRead.inc(usage.cachedReadTokens)
  if (usage.cacheWriteTokens > 0) children.cacheWrite.inc(usage.cacheWriteTokens)
  if (usage.outputTokens > 0) children.output.inc(usage.outputTokens)
  if (usage.reasoningTokens > 0) children.reasoning.inc(usage.reasoningTokens)
  if (cost === null) children.unpriced.inc()
}

function countDollars(count: Counting, policy: string, decision: Decision, outcome: Outcome): void {
  const team = count.labels.team.of(decision.caller?.team)
  for (const { model, cost } of outcome.attempts) {
    // Credits, should a vendor ever give one, would make a counter fall.
    if (cost !== null && cost > 0)
      count.policyModel(policy, count.labels.model.of(model)).dollars(team, '').inc(usdOf(cost))
  }
  if (outcome.cost === null || outcome.model !== decision.chosen || outcome.status !== 'answered') return
  const predicted = decision.candidates.find(({ id }) => id === decision.chosen)?.cost
  if (predicted?.kind === 'known' && predicted.usd.mean > 0)
    count.policy(policy, '').predictedDollars.inc(predicted.usd.mean)
}

function countPassages(
  { labels, metrics }: Counting,
  policy: string,
  decision: Decision,
  outcome: Outcome,
): void {
  for (const { kind, from, to, trigger } of passagesOf(decision, outcome)) {
    // Also one of which the client had nothing yet, so that another could begin anew.
    if (from.firstContentAfterMs !== null) metrics.recoveries.inc({ model: labels.model.of(from.model) })
    switch (kind) {
      case 'fallback':
        metrics.fallbacks.inc({ policy, trigger })
        break
      case 'retry':
      case 'other-target':
        metrics.retries.inc({ model: labels.model.of(to.model), trigger })
        break
      case 'continuation':
        break
      default:
        unreachable(kind)
    }
  }
  for (const { model } of overtakenOf(outcome)) metrics.overtaken.inc({ model: labels.model.of(model) })
}

function countFeedback(
  { labels, metrics, policyModel }: Counting,
  { feedback, decision }: Extract<TelemetryEvent, { kind: 'feedback' }>,
): void {
  metrics.feedback.inc({ source: feedback.source })
  if (feedback.score === null || feedback.metric !== 'quality' || decision === undefined) return
  policyModel(labels.policy.of(decision.policy), labels.model.of(decision.chosen)).feedbackScore.observe(
    feedback.score,
  )
}
