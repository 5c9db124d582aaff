/** Values of the domain with sensible rests: a test says only what it is about. */

import type { Answer } from '../../domain/answer.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { type Capability, type Model, modelId } from '../../domain/model.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import { seededDraw } from '../../domain/random.ts'
import {
  type AssistantPart,
  type Message,
  plainRequest,
  type Request,
  type Sampling,
} from '../../domain/request.ts'
import type { Signals } from '../../domain/signals.ts'
import { nothingAsked, type Turn } from '../../domain/strategy.ts'

/**
 * A chat request. `text` is its one user message; `tokens` makes that message about so many tokens long
 * (at four characters each); `messages` replaces both.
 */
export function aRequest(
  changes: Partial<Omit<Request, 'sampling'>> & {
    readonly text?: string
    readonly tokens?: number
    readonly sampling?: Partial<Sampling>
  } = {},
): Request {
  const { text, tokens, sampling, ...rest } = changes
  const prompt = tokens === undefined ? (text ?? 'What is the capital of France?') : 'word'.repeat(tokens)
  const plain = plainRequest(prompt)
  return { ...plain, sampling: { ...plain.sampling, ...sampling }, ...rest }
}

export const aUserMessage = (text: string): Message => ({
  role: 'user',
  content: [{ kind: 'text', text }],
  name: null,
})

/** A middling chat model `acme/small`. `id` sets vendor and vendor name with it; `usdPerMillion` sets all four prices. */
export function aModel(
  changes: Partial<Omit<Model, 'id' | 'capabilities'>> & {
    readonly id?: string
    readonly capabilities?: Iterable<Capability>
    readonly usdPerMillion?: { readonly input: number; readonly output: number }
  } = {},
): Model {
  const { id = 'acme/small', capabilities = ['tools', 'json-schema', 'logprobs'], ...others } = changes
  const { usdPerMillion = { input: 0.5, output: 2 }, ...rest } = others
  const { input, output } = usdPerMillion
  const slash = id.indexOf('/')
  return {
    id: modelId(id),
    vendor: id.slice(0, slash),
    vendorName: id.slice(slash + 1),
    prices: { input, cachedRead: input, cacheWrite: input, output },
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    capabilities: new Set(capabilities),
    benchmarks: {},
    speed: { firstTokenMs: 400, tokensPerSecond: 100 },
    verbosity: 1,
    simulated: false,
    ...rest,
  }
}

/** A candidate for `acme/small`. `quality` and `usd` are the means; `usd: null` is an unknown price. */
export function aCandidate(
  changes: {
    readonly id?: string
    readonly model?: Model
    readonly quality?: number
    readonly qualityDeviation?: number
    readonly usd?: number | null
    readonly latencyMs?: number
    readonly outputTokens?: number
  } = {},
): Candidate {
  const {
    quality = 0.8,
    qualityDeviation = 0.05,
    usd = 0.001,
    latencyMs = 1000,
    outputTokens = 200,
  } = changes
  const model = changes.model ?? aModel(changes.id === undefined ? {} : { id: changes.id })
  return {
    id: model.id,
    model,
    quality: { mean: quality, deviation: qualityDeviation },
    cost:
      usd === null
        ? { kind: 'unknown', why: `no price is known for ${model.id}` }
        : { kind: 'known', usd: { mean: usd, deviation: usd / 4 } },
    latencyMs: { mean: latencyMs, deviation: latencyMs / 4 },
    outputTokens: { mean: outputTokens, deviation: outputTokens / 2 },
  }
}

/** A complete answer that says `text`. `parts` replaces it. */
export function anAnswer(changes: Partial<Answer> & { readonly text?: string } = {}): Answer {
  const { text = 'Paris.', ...rest } = changes
  const parts: readonly AssistantPart[] = [{ kind: 'text', text }]
  return {
    model: 'small',
    parts,
    finish: { kind: 'stop', raw: 'stop' },
    usage: {
      inputTokens: 12,
      cachedReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: Math.max(1, Math.ceil(text.length / 4)),
      reasoningTokens: 0,
      source: 'reported',
    },
    logprobs: [],
    ...rest,
  }
}

export function aSignals(changes: Partial<Signals> = {}): Signals {
  return {
    inputTokens: 12,
    taskType: 'chat',
    complexity: 0.3,
    subject: { name: 'general', probability: 0.9 },
    language: 'en',
    structure: {
      promptChars: 30,
      lastUserChars: 30,
      turns: 1,
      codeShare: 0,
      tools: 0,
      images: 0,
      jsonSchema: false,
    },
    ...changes,
  }
}

/** A turn over a small and a large candidate. `seed` seeds its `draw`. */
export function aTurn(
  changes: Partial<Omit<Turn, 'candidates' | 'draw'>> & {
    readonly candidates?: readonly Candidate[]
    readonly seed?: string
  } = {},
): Turn {
  const { candidates, seed = 'turn', ...rest } = changes
  const two = [
    aCandidate({ id: 'acme/small', quality: 0.7, usd: 0.0005 }),
    aCandidate({ id: 'acme/large', quality: 0.95, usd: 0.01, latencyMs: 3000 }),
  ]
  return {
    request: aRequest(),
    signals: aSignals(),
    vector: new Float32Array(8),
    candidates: (candidates ?? two) as unknown as NonEmpty<Candidate>,
    objective: { lambda: 10, mu: 0, maxCostUsd: null, statedAs: 'lambda 10' },
    session: null,
    wins: null,
    asked: nothingAsked,
    advisers: [],
    nested: {},
    budget: null,
    embedder: null,
    draw: seededDraw(seed),
    ...rest,
  }
}
