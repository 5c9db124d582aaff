import type { Attributes, Histogram, Meter } from '@opentelemetry/api'
import type { Attempt } from '../../domain/attempt.ts'
import type { Decision, Outcome } from '../../domain/decision.ts'
import { boundedLabel, type Known, type KnownTarget, other } from '../known.ts'
import { genAi, general, metricNames } from './names.ts'

export type GenAiMetrics = {
  readonly record: (
    decision: Decision,
    outcome: Outcome,
    operation: string,
    targetOf: (id: string) => KnownTarget | null,
  ) => void
  readonly follow: (known: Known) => void
}

/** The conventions' own bounds: seconds, and tokens. */
const secondsBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const firstTokenBounds = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]
const tokenBounds = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
]

/** As a server that generates answers, whoever does it in the end. */
const serverProvider = 'fairlead'

/** The metrics of the conventions: of calls to vendors as their client, of requests as their server. */
export function createGenAiMetrics(meter: Meter): GenAiMetrics {
  const metrics = openMetrics(meter)
  const labels = { policy: boundedLabel([]), model: boundedLabel([]) }
  return {
    record: (decision, outcome, operation, targetOf) => {
      for (const attempt of outcome.attempts)
        recordAttempt(metrics, attempt, operation, targetOf(attempt.target), labels.model.of)
      const attributes: Attributes = {
        [genAi.operation]: operation,
        [genAi.provider]: serverProvider,
        [genAi.requestModel]: labels.policy.of(decision.policy),
      }
      if (outcome.model !== null) attributes[genAi.responseModel] = labels.model.of(outcome.model)
      if (outcome.status === 'answered' && outcome.firstContentMs !== null)
        metrics.serverFirst.record(outcome.firstContentMs / 1000, attributes)
      if (outcome.failure !== null) attributes[general.errorType] = outcome.failure
      metrics.serverSeconds.record(outcome.latencyMs / 1000, attributes)
    },
    follow: ({ policies, models }) => {
      labels.policy.allow([...policies, ...models])
      labels.model.allow(models)
    },
  }
}

type OpenMetrics = Readonly<
  Record<'tokens' | 'seconds' | 'firstChunk' | 'serverSeconds' | 'serverFirst', Histogram>
>

function openMetrics(meter: Meter): OpenMetrics {
  const histogram = (name: string, description: string, unit: string, bounds: number[]) =>
    meter.createHistogram(name, { description, unit, advice: { explicitBucketBoundaries: bounds } })
  return {
    tokens: histogram(
      metricNames.tokenUsage,
      'Number of input and output tokens used.',
      '{token}',
      tokenBounds,
    ),
    seconds: histogram(metricNames.operationDuration, 'GenAI operation duration.', 's', secondsBounds),
    firstChunk: histogram(
      metricNames.timeToFirstChunk,
      'Time to receive the first chunk.',
      's',
      secondsBounds,
    ),
    serverSeconds: histogram(
      metricNames.serverRequestDuration,
      'Time to the last byte of the reply.',
      's',
      secondsBounds,
    ),
    serverFirst: histogram(
      metricNames.serverTimeToFirstToken,
      'Time to the first token of the reply.',
      's',
      firstTokenBounds,
    ),
  }
}

function recordAttempt(
  metrics: OpenMetrics,
  attempt: Attempt,
  operation: string,
  target: KnownTarget | null,
  modelLabel: (model: string) => string,
): void {
  const model = modelLabel(attempt.model)
  const attributes: Attributes = {
    [genAi.operation]: operation,
    [genAi.provider]: target?.provider ?? other,
    [genAi.requestModel]: target?.model ?? model,
  }
  if (target?.address) {
    attributes[general.serverAddress] = target.address.host
    attributes[general.serverPort] = target.address.port
  }
  const { usage, outcome, firstContentAfterMs, startedAfterMs, endedAfterMs } = attempt
  if (usage.inputTokens > 0)
    metrics.tokens.record(usage.inputTokens, { ...attributes, [genAi.tokenType]: 'input' })
  if (usage.outputTokens > 0)
    metrics.tokens.record(usage.outputTokens, { ...attributes, [genAi.tokenType]: 'output' })
  if (firstContentAfterMs !== null && firstContentAfterMs < endedAfterMs)
    metrics.firstChunk.record(Math.max(0, firstContentAfterMs - startedAfterMs) / 1000, attributes)
  const ended =
    outcome.kind === 'failed' ? { ...attributes, [general.errorType]: outcome.failure } : attributes
  metrics.seconds.record(Math.max(0, endedAfterMs - startedAfterMs) / 1000, ended)
}
