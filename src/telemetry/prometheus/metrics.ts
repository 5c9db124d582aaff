/** Every metric that Fairlead counts as things happen: names, help, labels, buckets. */

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Seconds. Deciding takes tenths of milliseconds, adding latency milliseconds, answering up to minutes. */
const decisionBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5]
const addedBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15]
const answerBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300]

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(registry: Registry) {
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `fairlead_${name}`, help, labelNames, registers })
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly Label[],
  ) => new Histogram({ name: `fairlead_${name}`, help, buckets, labelNames, registers })
  // Of several processes the one that is worst off is told of.
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `fairlead_${name}`, help, labelNames, registers, aggregator: 'max' })
  return {
    ...requestMetrics(counter, histogram),
    ...attemptMetrics(counter, histogram),
    ...otherMetrics(counter, histogram, gauge),
  }
}

type MakeCounter = <Label extends string>(
  name: string,
  help: string,
  labels?: readonly Label[],
) => Counter<Label>
type MakeHistogram = <Label extends string>(
  name: string,
  help: string,
  buckets: number[],
  labels: readonly Label[],
) => Histogram<Label>
type MakeGauge = <Label extends string>(name: string, help: string, labels?: readonly Label[]) => Gauge<Label>

const requestMetrics = (counter: MakeCounter, histogram: MakeHistogram) => ({
  requests: counter('requests_total', 'Requests that were decided and ended, by how they ended.', [
    'policy',
    'model',
    'status',
  ]),
  failures: counter('request_failures_total', 'Failures that clients saw, by kind.', ['policy', 'failure']),
  decisionSeconds: histogram('decision_duration_seconds', 'From request to verdict.', decisionBuckets, [
    'policy',
  ]),
  addedSeconds: histogram(
    'added_latency_seconds',
    'Latency of a request less the time that its attempts took.',
    addedBuckets,
    ['policy'],
  ),
  requestSeconds: histogram(
    'request_duration_seconds',
    'From request to the end of its reply.',
    answerBuckets,
    ['policy', 'model'],
  ),
  firstContentSeconds: histogram('first_content_seconds', 'From request to first content.', answerBuckets, [
    'policy',
    'model',
  ]),
  costDollars: counter('cost_dollars_total', 'What attempts cost, in dollars, where prices are known.', [
    'policy',
    'model',
    'team',
  ]),
  predictedDollars: counter(
    'predicted_cost_dollars_total',
    'What the chosen models were predicted to cost, for requests that they answered at a known price.',
    ['policy'],
  ),
  escalations: counter(
    'escalations_total',
    'Requests of strategies that ask one model first, by whether its answer was good enough.',
    ['policy', 'result'],
  ),
  fallbacks: counter('fallbacks_total', 'Times that another model took over, by the failure before.', [
    'policy',
    'trigger',
  ]),
  exploring: counter('uncertain_choices_total', 'Decisions whose choice had a probability below one.', [
    'policy',
  ]),
})

const attemptMetrics = (counter: MakeCounter, histogram: MakeHistogram) => ({
  attempts: counter('attempts_total', 'Calls to targets, by what they were made for and how they ended.', [
    'model',
    'vendor',
    'role',
    'outcome',
  ]),
  attemptSeconds: histogram('attempt_duration_seconds', 'From call to its end.', answerBuckets, [
    'model',
    'vendor',
  ]),
  tokens: counter('tokens_total', 'Tokens by type; reasoning tokens are counted among output as well.', [
    'model',
    'type',
  ]),
  unpriced: counter('unpriced_attempts_total', 'Attempts whose cost is not known.', ['model']),
  retries: counter('retries_total', 'Attempts at the same model again, by the failure before.', [
    'model',
    'trigger',
  ]),
  recoveries: counter('stream_recoveries_total', 'Streams that another attempt went on with.', ['model']),
  overtaken: counter(
    'overtaken_attempts_total',
    'Attempts that were cancelled because another, asked beside them, answered first.',
    ['model'],
  ),
})

const otherMetrics = (counter: MakeCounter, histogram: MakeHistogram, gauge: MakeGauge) => ({
  refused: counter('refused_requests_total', 'Requests that were turned away before a decision.', ['reason']),
  budgetAlerts: counter('budget_alerts_total', 'Times that a share of a budget was reached.'),
  cache: counter('cache_lookups_total', 'What the caches of answers did.', ['cache', 'result']),
  feedback: counter('feedback_total', 'Feedback that came in.', ['source']),
  feedbackScore: histogram(
    'feedback_score',
    'Scores of feedback, 0 to 1.',
    [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
    ['policy', 'model'],
  ),
  toolCalls: counter('tool_calls_total', 'Calls of tools through the gateway.', ['server', 'outcome']),
  toolSeconds: histogram('tool_call_duration_seconds', 'From call to result.', answerBuckets, ['server']),
  stateDegraded: gauge(
    'state_degraded',
    '1 while shared state is out of reach and limits hold within this process alone.',
  ),
  storeProblems: counter('store_problems_total', 'Troubles of the decision log with its store.', ['what']),
  reloads: counter('config_reloads_total', 'Attempts to reload the configuration.', ['outcome']),
  breakerChanges: counter('breaker_changes_total', 'Changes of breakers, by the state that they came to.', [
    'state',
  ]),
  alarmsRaised: counter('alarms_raised_total', 'Alarms that were raised.', ['alarm']),
})
