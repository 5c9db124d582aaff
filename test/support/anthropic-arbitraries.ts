/** Requests, answers and streams that the Messages API can express. */
import fc from 'fast-check'
import type { Answer, Finish, StreamPart, Usage } from '../../src/domain/answer.ts'
import type {
  AssistantPart,
  CacheHint,
  ContentPart,
  Message,
  Request,
  ResponseFormat,
  Tool,
  ToolCall,
} from '../../src/domain/request.ts'
import { aText } from './wire-arbitraries.ts'

const format = 'anthropic-messages' as const

/** With a visible character, and no half of a surrogate pair: the vendor refuses other texts. */
export const aWord = aText
  .map((text) => text.replace(/\p{Surrogate}/gu, '?'))
  .filter((text) => text.trim() !== '')
const aName = fc.stringMatching(/^[a-zA-Z][\w-]{0,20}$/)
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const aShare = fc.double({ min: 0, max: 1, noNaN: true }).map((number) => number + 0)
const aCache = fc.constantFrom<{ readonly cache?: CacheHint }>(
  {},
  {},
  { cache: { ttl: '5m' } },
  { cache: { ttl: '1h' } },
)
const aJsonObject = fc
  .dictionary(aWord, fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }), { maxKeys: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)

const ownTo = (fields: Record<string, unknown>) => ({ own: { format, fields } })
const withCache = <T extends object>(arbitrary: fc.Arbitrary<T>) =>
  fc.tuple(arbitrary, aCache).map(([value, cache]) => ({ ...value, ...cache }))

const aTextPart = withCache(aWord.map((text) => ({ kind: 'text' as const, text })))
const aDataUrl = (mediaType: string) =>
  fc.base64String().map((base64) => `data:${mediaType};base64,${base64}`)

const aContentPart: fc.Arbitrary<ContentPart> = fc.oneof(
  { arbitrary: aTextPart, weight: 3 },
  withCache(
    fc.record({
      kind: fc.constant('image' as const),
      url: fc.oneof(aDataUrl('image/png'), fc.constant('https://example.org/a.png')),
      detail: fc.constant(null),
    }),
  ),
  withCache(
    fc.record({
      kind: fc.constant('file' as const),
      fileId: fc.constant(null),
      filename: orNull(aWord),
      base64: aDataUrl('application/pdf'),
    }),
  ),
  fc.record({
    kind: fc.constant('file' as const),
    fileId: aName,
    filename: orNull(aWord),
    base64: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant('file' as const),
    fileId: fc.constant(null),
    filename: fc.constant(null),
    base64: fc.constant(null),
    url: fc.constant('https://example.org/a.pdf'),
  }),
  fc
    .tuple(aTextPart, aWord)
    .map(([part, title]) => ({ ...part, ...ownTo({ citations: [{ cited_text: title }] }) })),
)

const aThought: fc.Arbitrary<AssistantPart> = fc
  .tuple(aWord, fc.base64String({ minLength: 4 }), fc.boolean())
  .map(([text, data, redacted]) => ({
    kind: 'reasoning',
    text: redacted ? '' : text,
    sealed: { format, data, id: null, redacted },
  }))

const aSearch: fc.Arbitrary<AssistantPart> = fc.tuple(aName, aWord).map(([id, query]) => ({
  kind: 'opaque',
  format,
  value: { type: 'server_tool_use', id: `srvtoolu_${id}`, name: 'web_search', input: { query } },
}))

type Turn = { readonly calls: readonly ToolCall[]; readonly messages: readonly Message[] }

/** A user's turn, an assistant's with calls of tools whose ids are its own, and their results. */
const aTurn = (index: number): fc.Arbitrary<Turn> =>
  fc
    .record({
      asked: fc.array(aContentPart, { minLength: 1, maxLength: 3 }),
      thoughts: fc.array(aThought, { maxLength: 2 }),
      texts: fc.array(aTextPart, { minLength: 1, maxLength: 2 }),
      searches: fc.array(aSearch, { maxLength: 1 }),
      inputs: fc.array(fc.tuple(aName, aJsonObject, aCache), { maxLength: 2 }),
      results: fc.array(fc.tuple(fc.array(aContentPart, { maxLength: 2 }), fc.boolean(), aCache), {
        minLength: 2,
        maxLength: 2,
      }),
    })
    .map(({ asked, thoughts, texts, searches, inputs, results }) => {
      const calls = inputs.map(
        ([name, input, cache], place): ToolCall => ({
          kind: 'tool-call',
          id: `toolu_${index}_${place}`,
          name,
          argumentsText: JSON.stringify(input),
          ...cache,
        }),
      )
      const messages: Message[] = [
        { role: 'user', content: asked, name: null },
        { role: 'assistant', content: [...thoughts, ...texts, ...searches, ...calls], name: null },
      ]
      calls.forEach(({ id }, place) => {
        const [content, isError, cache] = results[place]!
        messages.push({ role: 'tool', toolCallId: id, content, ...(isError && { isError }), ...cache })
      })
      return { calls, messages }
    })

const someMessages: fc.Arbitrary<Message[]> = fc
  .record({
    system: fc.array(aTextPart, { maxLength: 2 }),
    first: aTurn(0),
    second: aTurn(1),
    last: fc.array(aContentPart, { minLength: 1, maxLength: 2 }),
    turns: fc.nat({ max: 2 }),
  })
  .map(({ system, first, second, last, turns }) => [
    ...(system.length > 0 ? [{ role: 'system' as const, content: system, name: null }] : []),
    ...[first, second].slice(0, turns).flatMap(({ messages }) => messages),
    { role: 'user', content: last, name: null },
  ])

const aTool: fc.Arbitrary<Tool> = withCache(
  fc.record({
    name: aName,
    description: orNull(aWord),
    parameters: aJsonObject.map((schema) => ({ type: 'object', properties: schema })),
    strict: orNull(fc.boolean()),
  }),
)

const someTools = fc
  .record({
    tools: fc.array(aTool, { minLength: 1, maxLength: 2 }),
    hosted: fc.boolean(),
    choice: orNull(
      fc.oneof(
        fc.constantFrom({ kind: 'auto' as const }, { kind: 'none' as const }, { kind: 'required' as const }),
        fc.record({ kind: fc.constant('named' as const), name: aName }),
      ),
    ),
    parallel: orNull(fc.boolean()),
  })
  .map(({ tools, hosted, choice, parallel }) => {
    const definition = { type: 'web_search_20250305', name: 'web_search', max_uses: 3 }
    const hostedTools = [{ format, type: definition.type, definition }]
    const counted = choice !== null && choice.kind !== 'none'
    return {
      tools,
      ...(hosted && { hostedTools }),
      toolChoice: choice,
      parallelToolCalls: counted ? parallel : null,
    }
  })

const aResponseFormat: fc.Arbitrary<ResponseFormat> = fc.constantFrom<ResponseFormat>(
  { kind: 'text' },
  {
    kind: 'json-schema',
    name: 'answer',
    description: null,
    schema: {
      type: 'object',
      properties: { sum: { type: 'number' } },
      required: ['sum'],
      additionalProperties: false,
    },
    strict: true,
  },
  {
    kind: 'json-schema',
    name: 'answer',
    description: null,
    schema: { type: 'object', properties: { sum: { type: 'number' } }, additionalProperties: false },
    strict: null,
  },
)

const aReasoning = fc.constantFrom<Pick<Request, 'reasoning'>>(
  {},
  {},
  { reasoning: { enabled: false } },
  { reasoning: { enabled: 'adaptive' } },
  { reasoning: { enabled: 'adaptive', summary: 'omitted' } },
)

/** `extra` has fields that no format knows. */
export const anyMessagesRequest: fc.Arbitrary<Request> = fc
  .record({
    messages: someMessages,
    toolset: someTools,
    responseFormat: aResponseFormat,
    sampling: fc.record({
      temperature: orNull(aShare),
      topP: orNull(aShare),
      maxOutputTokens: fc.integer({ min: 1, max: 128_000 }),
      stop: fc.array(aWord, { maxLength: 2 }),
      seed: fc.constant(null),
      frequencyPenalty: fc.constant(null),
      presencePenalty: fc.constant(null),
      answers: fc.constant(1),
    }),
    topK: fc.option(fc.nat({ max: 100 }), { nil: undefined }),
    reasoning: aReasoning,
    reasoningEffort: orNull(fc.constantFrom('low', 'high')),
    stream: fc.boolean(),
    user: orNull(aWord),
    extra: fc.dictionary(
      aName.map((name) => `x_${name}`),
      fc.constantFrom<unknown>(null, 1, 'two', [3], { four: 4 }),
      { maxKeys: 3 },
    ),
  })
  .map(({ toolset, topK, reasoning, sampling, ...request }) => ({
    ...request,
    ...toolset,
    ...reasoning,
    sampling: { ...sampling, ...(topK !== undefined && { topK }) },
    topLogprobs: null,
    from: format,
  }))

export const aMessagesUsage: fc.Arbitrary<Usage> = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), aShare, aShare)
  .map(([inputTokens, outputTokens, share, longShare]) => {
    const cachedReadTokens = Math.floor(inputTokens * share)
    const cacheWriteTokens = Math.floor((inputTokens - cachedReadTokens) * share)
    const longCacheWriteTokens = Math.floor(cacheWriteTokens * longShare)
    return {
      inputTokens,
      cachedReadTokens,
      cacheWriteTokens,
      ...(longCacheWriteTokens > 0 && { longCacheWriteTokens }),
      outputTokens,
      reasoningTokens: Math.floor(outputTokens * share),
      source: 'reported' as const,
    }
  })

const aFinishOf = (hasToolCalls: boolean): fc.Arbitrary<Finish> =>
  fc
    .constantFrom(
      ...(hasToolCalls
        ? (['tool-calls', 'length'] as const)
        : (['stop', 'length', 'content-filter'] as const)),
    )
    .map((kind) => ({ kind, raw: kind }))

const aCall = fc.record({
  kind: fc.constant('tool-call' as const),
  id: aName,
  name: aName,
  argumentsText: aJsonObject.map((value) => JSON.stringify(value)),
})

export const anyMessagesAnswer: fc.Arbitrary<Answer> = fc
  .record({
    thoughts: fc.array(aThought, { maxLength: 2 }),
    text: fc.array(aText, { maxLength: 2 }),
    searches: fc.array(aSearch, { maxLength: 1 }),
    calls: fc.array(aCall, { maxLength: 2 }),
    usage: aMessagesUsage,
  })
  .chain(({ thoughts, text, searches, calls, usage }) =>
    aFinishOf(calls.length > 0).map((finish) => ({
      model: 'small',
      parts: [
        ...thoughts,
        ...text.map((value) => ({ kind: 'text' as const, text: value })),
        ...searches,
        ...calls,
      ],
      finish,
      usage,
      logprobs: [],
    })),
  )

const aSpoken: fc.Arbitrary<StreamPart[]> = fc.oneof(
  aText.map((text): StreamPart[] => [{ kind: 'text-delta', text }]),
  aText.map((text): StreamPart[] => [{ kind: 'reasoning-delta', text }]),
  fc
    .tuple(aText, fc.base64String({ minLength: 4 }), fc.boolean())
    .map(([text, data, redacted]): StreamPart[] => [
      ...(redacted ? [] : [{ kind: 'reasoning-delta' as const, text }]),
      { kind: 'reasoning-seal', sealed: { format, data, id: null, redacted } },
    ]),
  aWord.map((query): StreamPart[] => [
    {
      kind: 'opaque',
      format,
      value: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query } },
    },
  ]),
  aWord.map((cited_text): StreamPart[] => [
    { kind: 'text-delta', text: 'See' },
    {
      kind: 'opaque',
      format,
      value: { type: 'citations_delta', citation: { type: 'char_location', cited_text } },
    },
  ]),
)

const aStreamedCall = fc.record({ id: aName, name: aName, input: aJsonObject, cut: fc.nat() })

function deltasOf(text: string, cut: number): readonly string[] {
  const at = cut % (text.length + 1)
  return [text.slice(0, at), text.slice(at)].filter((piece) => piece !== '')
}

/** A complete stream: start, deltas, tool calls one after the other, finish, usage. */
export const anyMessagesStream: fc.Arbitrary<StreamPart[]> = fc
  .tuple(fc.array(aSpoken, { maxLength: 5 }), fc.array(aStreamedCall, { maxLength: 2 }), aMessagesUsage)
  .chain(([spoken, calls, usage]) =>
    aFinishOf(calls.length > 0).map((finish) => [
      { kind: 'start' as const, model: 'small' },
      ...spoken.flat(),
      ...calls.flatMap(({ id, name, input, cut }, index): StreamPart[] => [
        { kind: 'tool-call-start', index, id, name },
        ...deltasOf(JSON.stringify(input), cut).map((argumentsText) => ({
          kind: 'tool-call-delta' as const,
          index,
          argumentsText,
        })),
      ]),
      { kind: 'finish' as const, finish },
      { kind: 'usage' as const, usage },
    ]),
  )
