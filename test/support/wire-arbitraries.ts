/** Requests, answers and streams that every wire format can carry. */
import fc from 'fast-check'
import type { Answer, Finish, StreamPart, TokenLogprob, Usage } from '../../src/domain/answer.ts'
import { consequences, type FailureKind, failure } from '../../src/domain/failure.ts'
import type {
  ContentPart,
  Message,
  Request,
  ResponseFormat,
  Tool,
  ToolCall,
} from '../../src/domain/request.ts'
import type { Envelope } from '../../src/wire/wire-format.ts'

/** Texts with what breaks codecs: quotes, line ends, half surrogate pairs, control characters, event syntax. */
export const aText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(
    '\n\ndata: [DONE]\n\n',
    '\r\n',
    '\ud83d',
    'x\udc00',
    '"\\"',
    '\u2028',
    '\0',
    'data:',
    '{"error":1}',
  ),
)
const aName = fc.stringMatching(/^[a-zA-Z][\w-]{0,20}$/)
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
// JSON writes -0 as 0.
const aNumber = fc.double({ min: -10, max: 10, noNaN: true }).map((number) => number + 0)
const aJsonObject = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)

const aTextPart = aText.map((text) => ({ kind: 'text' as const, text }))

const aContentPart: fc.Arbitrary<ContentPart> = fc.oneof(
  { arbitrary: aTextPart, weight: 3 },
  fc.record({
    kind: fc.constant('image' as const),
    url: aText,
    detail: orNull(fc.constantFrom('low', 'high')),
  }),
  fc.record({ kind: fc.constant('audio' as const), base64: fc.base64String(), format: fc.constant('wav') }),
  fc.record({
    kind: fc.constant('file' as const),
    fileId: orNull(aName),
    filename: orNull(aText),
    base64: orNull(fc.base64String()),
  }),
)

const aToolCall: fc.Arbitrary<ToolCall> = fc.record({
  kind: fc.constant('tool-call' as const),
  id: aName,
  name: aName,
  argumentsText: fc.oneof(
    aJsonObject.map((value) => JSON.stringify(value)),
    fc.constantFrom('', '{', 'no json'),
  ),
})

const aMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constantFrom('system' as const, 'developer' as const, 'user' as const),
    content: fc.array(aContentPart, { maxLength: 3 }),
    name: orNull(aName),
  }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: fc
      .tuple(
        fc.array(aTextPart, { maxLength: 2 }),
        fc.array(
          aText.map((text) => ({ kind: 'refusal' as const, text })),
          { maxLength: 1 },
        ),
        fc.array(aToolCall, { maxLength: 2 }),
      )
      .map(([texts, refusals, calls]) => [...texts, ...refusals, ...calls]),
    name: orNull(aName),
  }),
  fc.record({
    role: fc.constant('tool' as const),
    toolCallId: aName,
    content: fc.array(aTextPart, { maxLength: 2 }),
  }),
)

const aTool: fc.Arbitrary<Tool> = fc.record({
  name: aName,
  description: orNull(aText),
  parameters: orNull(aJsonObject),
  strict: orNull(fc.boolean()),
})

const aResponseFormat: fc.Arbitrary<ResponseFormat> = fc.oneof(
  fc.constantFrom<ResponseFormat>({ kind: 'text' }, { kind: 'json' }),
  fc.record({
    kind: fc.constant('json-schema' as const),
    name: aName,
    description: orNull(aText),
    schema: aJsonObject,
    strict: orNull(fc.boolean()),
  }),
)

/** `extra` has fields that no format knows. */
export const anyRequest: fc.Arbitrary<Request> = fc.record({
  messages: fc.array(aMessage, { minLength: 1, maxLength: 4 }),
  tools: fc.array(aTool, { maxLength: 2 }),
  toolChoice: orNull(
    fc.oneof(
      fc.constantFrom({ kind: 'auto' as const }, { kind: 'none' as const }, { kind: 'required' as const }),
      fc.record({ kind: fc.constant('named' as const), name: aName }),
    ),
  ),
  parallelToolCalls: orNull(fc.boolean()),
  responseFormat: aResponseFormat,
  sampling: fc.record({
    temperature: orNull(aNumber),
    topP: orNull(aNumber),
    maxOutputTokens: orNull(fc.integer({ min: 1 })),
    stop: fc.array(aText, { maxLength: 2 }),
    seed: orNull(fc.integer()),
    frequencyPenalty: orNull(aNumber),
    presencePenalty: orNull(aNumber),
    answers: fc.integer({ min: 1, max: 3 }),
  }),
  reasoningEffort: orNull(fc.constantFrom('low', 'high')),
  topLogprobs: orNull(fc.nat({ max: 5 })),
  stream: fc.boolean(),
  user: orNull(aText),
  extra: fc.dictionary(
    aName.map((name) => `x_${name}`),
    fc.constantFrom<unknown>(null, 1, 'two', [3], { four: 4 }),
    {
      maxKeys: 3,
    },
  ),
})

const aUsage: fc.Arbitrary<Usage> = fc
  .tuple(fc.nat(5000), fc.nat(5000), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([inputTokens, outputTokens, share]) => ({
    inputTokens,
    outputTokens,
    cachedReadTokens: Math.floor(inputTokens * share),
    cacheWriteTokens: inputTokens - Math.floor(inputTokens * share),
    reasoningTokens: Math.floor(outputTokens * share),
    source: 'reported' as const,
  }))

const aLogprob = fc.double({ min: -50, max: 0, noNaN: true }).map((number) => number + 0)
const aTokenLogprob: fc.Arbitrary<TokenLogprob> = fc.record({
  token: aText,
  logprob: aLogprob,
  top: fc.array(fc.record({ token: aText, logprob: aLogprob }), { maxLength: 2 }),
})

const aFinishOf = (hasToolCalls: boolean): fc.Arbitrary<Finish> =>
  fc
    .constantFrom(
      ...(hasToolCalls
        ? (['tool-calls', 'length'] as const)
        : (['stop', 'length', 'content-filter'] as const)),
    )
    .map((kind) => ({ kind, raw: kind }))

/** Parts stand in the one order that all formats keep: reasoning, text, refusal, tool calls. */
export const anyAnswer: fc.Arbitrary<Answer> = fc
  .record({
    reasoning: fc.array(aText, { maxLength: 1 }),
    text: fc.array(aText, { maxLength: 1 }),
    refusal: fc.array(aText, { maxLength: 1 }),
    calls: fc.array(aToolCall, { maxLength: 2 }),
    usage: aUsage,
    logprobs: fc.array(aTokenLogprob, { maxLength: 2 }),
  })
  .chain(({ reasoning, text, refusal, calls, usage, logprobs }) =>
    aFinishOf(calls.length > 0).map((finish) => ({
      model: 'small',
      parts: [
        ...reasoning.map((value) => ({ kind: 'reasoning' as const, text: value })),
        ...text.map((value) => ({ kind: 'text' as const, text: value })),
        ...refusal.map((value) => ({ kind: 'refusal' as const, text: value })),
        ...calls,
      ],
      finish,
      usage,
      logprobs,
    })),
  )

const aSpokenDelta: fc.Arbitrary<StreamPart> = fc.oneof(
  aText.map((text) => ({ kind: 'text-delta' as const, text })),
  aText.map((text) => ({ kind: 'reasoning-delta' as const, text })),
  aText.map((text) => ({ kind: 'refusal-delta' as const, text })),
  fc
    .array(aTokenLogprob, { minLength: 1, maxLength: 2 })
    .map((tokens) => ({ kind: 'logprobs' as const, tokens })),
)

const aStreamedCall = fc.record({ id: aName, name: aName, deltas: fc.array(aText, { maxLength: 3 }) })

/** A complete stream: start, deltas, tool calls one after the other, finish, usage. */
export const anyStream: fc.Arbitrary<StreamPart[]> = fc
  .tuple(fc.array(aSpokenDelta, { maxLength: 6 }), fc.array(aStreamedCall, { maxLength: 2 }), aUsage)
  .chain(([deltas, calls, usage]) =>
    aFinishOf(calls.length > 0).map((finish) => [
      { kind: 'start' as const, model: 'small' },
      ...deltas,
      ...calls.flatMap(({ id, name, deltas: texts }, index): StreamPart[] => [
        { kind: 'tool-call-start', index, id, name },
        ...texts.map((argumentsText) => ({ kind: 'tool-call-delta' as const, index, argumentsText })),
      ]),
      { kind: 'finish' as const, finish },
      { kind: 'usage' as const, usage },
    ]),
  )

export const anyFailure = fc
  .tuple(fc.constantFrom(...(Object.keys(consequences) as FailureKind[])), aText)
  .map(([kind, message]) => failure(kind, message))

export const anEnvelope = (changes: Partial<Envelope> = {}): Envelope => ({
  id: 'd1',
  created: 1_751_500_800,
  model: 'acme/small',
  ...changes,
})
