import type { Attributes } from '@opentelemetry/api'
import type { Attempt } from '../../domain/attempt.ts'
import type { Decision, Outcome } from '../../domain/decision.ts'
import { boundedLabel, type Known, type KnownTarget, other } from '../known.ts'
import type { HistogramDefinition, HistogramSet, Series } from './histograms.ts'
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

const inSeconds = (name: string, description: string, bounds = secondsBounds): HistogramDefinition => ({
  name,
  description,
  unit: 's',
  bounds,
})

const tokens: HistogramDefinition = {
  name: metricNames.tokenUsage,
  description: 'Number of input and output tokens used.',
  unit: '{token}',
  bounds: tokenBounds,
}
const seconds = inSeconds(metricNames.operationDuration, 'GenAI operation duration.')
const firstChunk = inSeconds(metricNames.timeToFirstChunk, 'Time to receive the first chunk.')
const serverSeconds = inSeconds(metricNames.serverRequestDuration, 'Time to the last byte of the reply.')
const serverFirst = inSeconds(
  metricNames.serverTimeToFirstToken,
  'Time to the first token of the reply.',
  firstTokenBounds,
)

/** Keys come from a configuration and from lists of fixed words: this is never reached, and a bound all the same. */
const mostKept = 10_000

/** The metrics of the conventions: of calls to vendors as their client, of requests as their server. */
export function createGenAiMetrics(histograms: HistogramSet): GenAiMetrics {
  const labels = { policy: boundedLabel([]), model: boundedLabel([]) }
  const attempts = new Map<string, AttemptSeries>()
  const requests = new Map<string, RequestSeries>()
  const kept = <Kept>(all: Map<string, Kept>, key: string, make: () => Kept): Kept => {
    const found = all.get(key)
    if (found !== undefined) return found
    const made = make()
    if (all.size < mostKept) all.set(key, made)
    return made
  }
  return {
    record: (decision, outcome, operation, targetOf) => {
      for (const attempt of outcome.attempts) {
        const failure = attempt.outcome.kind === 'failed' ? attempt.outcome.failure : null
        const model = labels.model.of(attempt.model)
        const key = `${operation}\n${attempt.target}\n${model}\n${failure}`
        const series = kept(attempts, key, () =>
          attemptSeries(histograms, operation, model, failure, targetOf(attempt.target)),
        )
        recordAttempt(series, attempt)
      }
      const policy = labels.policy.of(decision.policy)
      const model = outcome.model === null ? null : labels.model.of(outcome.model)
      const key = `${operation}\n${policy}\n${model}\n${outcome.failure}`
      const series = kept(requests, key, () =>
        requestSeries(histograms, operation, policy, model, outcome.failure),
      )
      if (outcome.status === 'answered' && outcome.firstContentMs !== null)
        series.first.record(outcome.firstContentMs / 1000)
      series.seconds.record(outcome.latencyMs / 1000)
    },
    follow: ({ policies, models }) => {
      labels.policy.allow([...policies, ...models])
      labels.model.allow(models)
      // A target may be somewhere else now.
      attempts.clear()
      requests.clear()
    },
  }
}

type RequestSeries = { readonly seconds: Series; readonly first: Series }

function requestSeries(
  { series }: HistogramSet,
  operation: string,
  policy: string,
  model: string | null,
  failure: string | null,
): RequestSeries {
  const attributes: Attributes = {
    [genAi.operation]: operation,
    [genAi.provider]: serverProvider,
    [genAi.requestModel]: policy,
    ...(model !== null && { [genAi.responseModel]: model }),
  }
  return {
    first: series(serverFirst, attributes),
    seconds: series(serverSeconds, failed(attributes, failure)),
  }
}

type AttemptSeries = Readonly<Record<'input' | 'output' | 'firstChunk' | 'seconds', Series>>

function attemptSeries(
  { series }: HistogramSet,
  operation: string,
  model: string,
  failure: string | null,
  target: KnownTarget | null,
): AttemptSeries {
  const attributes: Attributes = {
    [genAi.operation]: operation,
    [genAi.provider]: target?.provider ?? other,
    [genAi.requestModel]: target?.model ?? model,
    ...(target?.address && {
      [general.serverAddress]: target.address.host,
      [general.serverPort]: target.address.port,
    }),
  }
  return {
    input: series(tokens, { ...attributes, [genAi.tokenType]: 'input' }),
    output: series(tokens, { ...attributes, [genAi.tokenType]: 'output' }),
    firstChunk: series(firstChunk, attributes),
    seconds: series(seconds, failed(attributes, failure)),
  }
}

const failed = (attributes: Attributes, failure: string | null): Attributes =>
  failure === null ? attributes : { ...attributes, [general.errorType]: failure }

function recordAttempt(series: AttemptSeries, attempt: Attempt): void {
  const { usage, firstContentAfterMs, startedAfterMs, endedAfterMs } = attempt
  if (usage.inputTokens > 0) series.input.record(usage.inputTokens)
  if (usage.outputTokens > 0) series.output.record(usage.outputTokens)
  if (firstContentAfterMs !== null && firstContentAfterMs < endedAfterMs)
    series.firstChunk.record(Math.max(0, firstContentAfterMs - startedAfterMs) / 1000)
  series.seconds.record(Math.max(0, endedAfterMs - startedAfterMs) / 1000)
}
