/** Metrics with their labels already looked up: one search in a map an event, in place of one for each metric. */

import type { Metrics } from './metrics.ts'

/** One thing for each pair of label values; both are bounded, so the map is. */
export function remembered<Value>(make: (one: string, two: string) => Value) {
  const rows = new Map<string, Map<string, Value>>()
  return (one: string, two: string): Value => {
    let row = rows.get(one)
    if (row === undefined) {
      row = new Map()
      rows.set(one, row)
    }
    let value = row.get(two)
    if (value === undefined) {
      value = make(one, two)
      row.set(two, value)
    }
    return value
  }
}

export const policyModelChildren = (metrics: Metrics) =>
  remembered((policy, model) => ({
    answered: metrics.requests.labels(policy, model, 'answered'),
    failed: metrics.requests.labels(policy, model, 'failed'),
    cancelled: metrics.requests.labels(policy, model, 'cancelled'),
    requestSeconds: metrics.requestSeconds.labels(policy, model),
    firstContentSeconds: metrics.firstContentSeconds.labels(policy, model),
    feedbackScore: metrics.feedbackScore.labels(policy, model),
    dollars: remembered((team) => metrics.costDollars.labels(policy, model, team)),
  }))

export const policyChildren = (metrics: Metrics) =>
  remembered((policy) => ({
    decisionSeconds: metrics.decisionSeconds.labels(policy),
    addedSeconds: metrics.addedSeconds.labels(policy),
    predictedDollars: metrics.predictedDollars.labels(policy),
    exploring: metrics.exploring.labels(policy),
    escalated: metrics.escalations.labels(policy, 'escalated'),
    settled: metrics.escalations.labels(policy, 'settled'),
  }))

export const modelVendorChildren = (metrics: Metrics) =>
  remembered((model, vendor) => ({
    answered: remembered((role) => metrics.attempts.labels(model, vendor, role, 'answered')),
    seconds: metrics.attemptSeconds.labels(model, vendor),
    input: metrics.tokens.labels(model, 'input'),
    cachedRead: metrics.tokens.labels(model, 'cached_read'),
    cacheWrite: metrics.tokens.labels(model, 'cache_write'),
    output: metrics.tokens.labels(model, 'output'),
    reasoning: metrics.tokens.labels(model, 'reasoning'),
    unpriced: metrics.unpriced.labels(model),
  }))
