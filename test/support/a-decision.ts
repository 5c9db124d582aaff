import type { Attempt } from '../../src/domain/attempt.ts'
import type { Decision, DecisionId, Outcome } from '../../src/domain/decision.ts'
import { modelId } from '../../src/domain/model.ts'
import { microUsd } from '../../src/domain/money.ts'

/** A whole decision with plausible values; say only what the test is about. */
export function aDecision(changes: Partial<Omit<Decision, 'id'>> & { id?: string } = {}): Decision {
  const { id = 'd-1', ...rest } = changes
  return {
    id: id as DecisionId,
    time: '2026-03-01T10:00:00.000Z',
    policy: 'auto',
    policyVersion: 'a1b2c3d4e5f6',
    strategy: 'utility',
    askedModel: 'auto',
    queryHash: '9f86d081884c7d65',
    seed: 'd-1',
    signals: {
      inputTokens: 120,
      taskType: 'code',
      complexity: 0.42,
      subject: { name: 'computer-science', probability: 0.8 },
      language: 'en',
      structure: {
        promptChars: 480,
        lastUserChars: 400,
        turns: 1,
        codeShare: 0.3,
        tools: 0,
        images: 0,
        jsonSchema: false,
      },
    },
    objective: { lambda: 12.5, mu: 0, maxCostUsd: null, statedAs: 'quality 0.95' },
    candidates: [
      {
        id: modelId('acme/small'),
        quality: { mean: 0.81, deviation: 0.06 },
        cost: { kind: 'known', usd: { mean: 0.00012, deviation: 0.00003 } },
        latencyMs: { mean: 800, deviation: 200 },
      },
      {
        id: modelId('acme/large'),
        quality: { mean: 0.93, deviation: 0.04 },
        cost: { kind: 'unknown', why: 'no price is known for acme/large' },
        latencyMs: { mean: 2400, deviation: 700 },
      },
    ],
    refused: [{ id: modelId('acme/tiny'), rule: 'context-window', reason: '9000 tokens do not fit 4096' }],
    trace: {
      driver: 'live',
      steps: [],
      end: {
        kind: 'forward',
        models: [modelId('acme/small'), modelId('acme/large')],
        rewritten: false,
        because: 'best value',
        propensity: 1,
      },
    },
    chosen: modelId('acme/small'),
    propensity: 1,
    because: 'best value',
    decidedInMicros: 212.5,
    ...rest,
  }
}

export function anAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    model: modelId('acme/small'),
    target: 'acme/small@default',
    startedAfterMs: 0.25,
    firstContentAfterMs: 310.5,
    endedAfterMs: 900,
    usage: {
      inputTokens: 120,
      cachedReadTokens: 20,
      cacheWriteTokens: 0,
      outputTokens: 64,
      reasoningTokens: 8,
      source: 'reported',
    },
    cost: microUsd(0.00012),
    outcome: { kind: 'answered', finish: 'stop' },
    ...changes,
  }
}

/** The outcome of decision `d-1`, unless told otherwise: one attempt, which answered. */
export function anOutcome(changes: Partial<Omit<Outcome, 'decision'>> & { decision?: string } = {}): Outcome {
  const { decision = 'd-1', ...rest } = changes
  return {
    decision: decision as DecisionId,
    status: 'answered',
    model: modelId('acme/small'),
    failure: null,
    attempts: [anAttempt()],
    cost: microUsd(0.00012),
    latencyMs: 900,
    firstContentMs: 310.5,
    ...rest,
  }
}
