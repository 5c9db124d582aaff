/** The trace of one request, made when it is over: from its decision, its outcome and what is known of who asked. Pure. */

import type { Answer } from '../../domain/answer.ts'
import type { Attempt } from '../../domain/attempt.ts'
import type { Decision, Outcome } from '../../domain/decision.ts'
import { usdOf } from '../../domain/money.ts'
import type { Request } from '../../domain/request.ts'
import { passagesOf, type Passage } from '../attempt-story.ts'
import type { Asked } from '../events.ts'
import type { KnownTarget } from '../known.ts'
import { shownText, withoutCredentials } from '../without-credentials.ts'
import { contentAttributes } from './content.ts'
import { finishReason } from './finish-reason.ts'
import { braintrust, genAi, general, langfuse, own } from './names.ts'
import { attributesOf, type Span, type SpanAttributes, spanIdOf, traceIdsOf } from './span.ts'
import type { TraceParent } from './traceparent.ts'

export type Told = {
  readonly decision: Decision
  readonly outcome: Outcome
  readonly asked: Asked | null
  readonly answer: Answer | null
  /** When the request was over: milliseconds since 1970. */
  readonly endedAtMs: number
  /** The client's span that this trace goes on from. */
  readonly parent: TraceParent | null
  /** Whether what was said may leave the process. */
  readonly content: boolean
}

/** The root comes first. */
export function requestSpans(told: Told, targetOf: (id: string) => KnownTarget | null): readonly Span[] {
  const { decision, outcome, endedAtMs, parent } = told
  const ids = traceIdsOf(decision.id)
  const traceId = parent?.traceId ?? ids.traceId
  const startMs = endedAtMs - outcome.latencyMs
  const below = { traceId, parent: { spanId: ids.rootId, remote: false } }
  const passages = passagesOf(decision, outcome)
  const root: Span = {
    name: `${operationOf(told)} ${decision.policy}`,
    kind: 'server',
    traceId,
    spanId: ids.rootId,
    parent: parent && { spanId: parent.spanId, remote: true },
    startMs,
    endMs: endedAtMs,
    attributes: rootAttributes(told, passages),
    error: outcome.status === 'failed' ? (outcome.failure ?? 'failed') : null,
    events: [],
  }
  const route: Span = {
    ...below,
    name: `route ${decision.policy}`,
    kind: 'internal',
    spanId: spanIdOf(decision.id, 'route'),
    startMs,
    endMs: startMs + decision.decidedInMicros / 1000,
    attributes: routeAttributes(decision),
    error: null,
    events: [],
  }
  const last = outcome.attempts.findLast(({ outcome: end }) => end.kind === 'answered') ?? null
  const attempts = outcome.attempts.map((attempt, index): Span => {
    const target = targetOf(attempt.target)
    return {
      ...below,
      name: `${operationOf(told)} ${requestedModel(attempt, target)}`,
      kind: 'client',
      spanId: spanIdOf(decision.id, `attempt ${index}`),
      startMs: startMs + attempt.startedAfterMs,
      endMs: startMs + Math.max(attempt.startedAfterMs, attempt.endedAfterMs),
      attributes: {
        ...attemptAttributes(told, attempt, target, passages),
        ...(attempt === last ? answerAttributes(told) : {}),
      },
      error: attempt.outcome.kind === 'failed' ? shortened(attempt.outcome.message) : null,
      events: [],
    }
  })
  return [root, route, ...attempts]
}

const operationOf = ({ asked }: Told): Asked['operation'] => asked?.operation ?? 'chat'

/** Just as it goes to the vendor. */
const requestedModel = (attempt: Attempt, target: KnownTarget | null): string =>
  target?.model ?? attempt.model

const longestMessage = 500
const mostTags = 50

function shortened(message: string): string {
  const clean = withoutCredentials(message)
  return clean.length <= longestMessage ? clean : `${clean.slice(0, longestMessage)}…`
}

/** Of the person and the conversation, for whoever filters spans by them. */
function callerAttributes({ decision }: Told): SpanAttributes {
  const user = shownText(decision.caller?.user)
  const session = shownText(decision.caller?.session)
  return attributesOf({
    [general.userId]: user,
    [general.sessionId]: session,
    [langfuse.userId]: user,
    [langfuse.sessionId]: session,
  })
}

function rootAttributes(told: Told, passages: readonly Passage[]): SpanAttributes {
  const { decision, outcome } = told
  const { caller } = decision
  const cost = outcome.cost === null ? null : usdOf(outcome.cost)
  const tags =
    caller && caller.tags.length > 0 ? caller.tags.slice(0, mostTags).map((tag) => shownText(tag)) : null
  return {
    ...callerAttributes(told),
    ...attributesOf({
      [general.errorType]: outcome.failure,
      [langfuse.traceName]: `${operationOf(told)} ${decision.policy}`,
      [langfuse.type]: 'span',
      [langfuse.tags]: tags,
      [braintrust.tags]: tags,
      [braintrust.spanAttributes]: JSON.stringify({ type: 'task' }),
      [braintrust.metadata]: JSON.stringify({
        decision: decision.id,
        policy: decision.policy,
        user_id: shownText(caller?.user) ?? undefined,
        session_id: shownText(caller?.session) ?? undefined,
        prompt: shownText(told.asked?.prompt?.name) ?? undefined,
      }),
      [own.decision]: decision.id,
      [own.policy]: decision.policy,
      [own.policyVersion]: decision.policyVersion,
      [own.strategy]: decision.strategy,
      [own.queryHash]: decision.queryHash,
      [own.askedModel]: shownText(decision.askedModel),
      [own.chosenModel]: decision.chosen,
      [own.answeredModel]: outcome.model,
      [own.cost]: cost,
      [own.fallbacks]: fallbackTexts(passages),
      [own.key]: caller?.key,
      [own.team]: caller?.team,
      [own.project]: caller?.project,
      [own.tags]: tags,
      [own.episode]: shownText(caller?.episode),
      [own.cache]: decision.cache,
      [own.experiment]: decision.experiment?.id,
      [own.arm]: decision.experiment?.arm,
      ...predictions(decision),
    }),
  }
}

const fallbackTexts = (passages: readonly Passage[]): readonly string[] | null => {
  const texts = passages
    .filter(({ kind }) => kind === 'fallback' || kind === 'continuation')
    .map(({ from, to, trigger }) => `${from.model} -> ${to.model}: ${trigger}`)
  return texts.length === 0 ? null : texts
}

/** What the choice was made with. */
function predictions(decision: Decision) {
  const chosen = decision.candidates.find(({ id }) => id === decision.chosen)
  return {
    [own.quality]: chosen?.quality.mean,
    [own.qualityDeviation]: chosen?.quality.deviation,
    [own.predictedCost]: chosen?.cost.kind === 'known' ? chosen.cost.usd.mean : null,
    [own.propensity]: decision.propensity,
  }
}

const routeAttributes = (decision: Decision): SpanAttributes =>
  attributesOf({
    [langfuse.type]: 'span',
    [own.policy]: decision.policy,
    [own.strategy]: decision.strategy,
    [own.chosenModel]: decision.chosen,
    [own.because]: shortened(decision.because),
    [own.objective]: decision.objective.statedAs,
    [own.taskType]: decision.signals.taskType,
    [own.complexity]: decision.signals.complexity,
    [own.candidates]: decision.candidates.map(({ id }) => id),
    [own.refused]:
      decision.refused.length === 0 ? null : decision.refused.map(({ id, rule }) => `${id}: ${rule}`),
    ...predictions(decision),
  })

function attemptAttributes(
  told: Told,
  attempt: Attempt,
  target: KnownTarget | null,
  passages: readonly Passage[],
): SpanAttributes {
  const { usage, outcome } = attempt
  const usd = attempt.cost === null ? null : usdOf(attempt.cost)
  const provider = target?.provider ?? attempt.model.split('/', 1)[0]
  const passage = passages.find(({ to }) => to === attempt)
  const { prompt = null } = told.asked ?? {}
  const firstMs = attempt.firstContentAfterMs
  return {
    ...callerAttributes(told),
    ...requestAttributes(told.asked?.request ?? null),
    ...attributesOf({
      [genAi.operation]: operationOf(told),
      [genAi.provider]: provider,
      [genAi.system]: provider,
      [genAi.requestModel]: requestedModel(attempt, target),
      [genAi.conversation]: shownText(told.decision.caller?.session),
      [genAi.promptName]: shownText(prompt?.name),
      [genAi.finishReasons]: outcome.kind === 'answered' ? [finishReason(outcome.finish)] : null,
      [genAi.timeToFirstChunk]:
        told.asked?.request?.stream && firstMs !== null
          ? Math.max(0, firstMs - attempt.startedAfterMs) / 1000
          : null,
      [genAi.inputTokens]: usage.inputTokens,
      [genAi.outputTokens]: usage.outputTokens,
      [genAi.cacheRead]: usage.cachedReadTokens || null,
      [genAi.cacheCreation]: usage.cacheWriteTokens || null,
      [genAi.reasoningTokens]: usage.reasoningTokens || null,
      [general.serverAddress]: target?.address?.host,
      [general.serverPort]: target?.address?.port,
      [general.errorType]: outcome.kind === 'failed' ? outcome.failure : null,
      [langfuse.type]: told.asked?.operation === 'embeddings' ? 'embedding' : 'generation',
      [langfuse.level]: outcome.kind === 'failed' ? 'ERROR' : null,
      [langfuse.usageCost]: usd,
      [langfuse.costDetails]: usd === null ? null : JSON.stringify({ total: usd }),
      [langfuse.promptName]: shownText(prompt?.name),
      // Langfuse takes a number, and nothing else.
      [langfuse.promptVersion]:
        prompt?.version && /^\d+$/.test(prompt.version) ? Number(prompt.version) : null,
      [braintrust.spanAttributes]: JSON.stringify({ type: 'llm' }),
      [braintrust.estimatedCost]: usd,
      [own.decision]: told.decision.id,
      [own.policy]: told.decision.policy,
      [own.model]: attempt.model,
      [own.target]: attempt.target,
      [own.cost]: usd,
      [own.estimatedUsage]: usage.source === 'estimated' ? true : null,
      [own.role]: attempt.role,
      [own.trigger]: passage && `${passage.kind}: ${passage.trigger}`,
    }),
  }
}

function requestAttributes(request: Request | null): SpanAttributes {
  if (request === null) return {}
  const { sampling, responseFormat } = request
  return attributesOf({
    [genAi.outputType]: responseFormat.kind === 'text' ? 'text' : 'json',
    [genAi.stream]: request.stream,
    [genAi.temperature]: sampling.temperature,
    [genAi.topP]: sampling.topP,
    [genAi.topK]: sampling.topK,
    [genAi.maxTokens]: sampling.maxOutputTokens,
    [genAi.stop]:
      sampling.stop.length === 0 ? null : sampling.stop.slice(0, 8).map((text) => shownText(text)),
    [genAi.seed]: sampling.seed,
    [genAi.frequencyPenalty]: sampling.frequencyPenalty,
    [genAi.presencePenalty]: sampling.presencePenalty,
    [genAi.choices]: sampling.answers === 1 ? null : sampling.answers,
  })
}

function answerAttributes({ asked, answer, content }: Told): SpanAttributes {
  const model = attributesOf({ [genAi.responseModel]: answer?.model || null })
  return content ? { ...model, ...contentAttributes(asked?.request ?? null, answer) } : model
}
