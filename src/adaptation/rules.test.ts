import { describe, expect, test } from 'vitest'
import { aJob, anEngine, aVendor, aTarget, aTransport } from '../../test/support/an-engine.ts'
import { aCandidate, aModel, aRequest } from '../../test/support/builders.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'
import { anthropicMessagesSpoken } from '../../test/support/faults/anthropic-messages.ts'
import { openaiChatSpoken } from '../../test/support/faults/openai-chat.ts'
import { openaiResponsesSpoken } from '../../test/support/faults/openai-responses.ts'
import type { WireFormatName } from '../domain/vendor.ts'
import { forwardTo } from '../engine/attempts/forward.ts'
import { wireFormat } from '../wire/index.ts'
import { adaptCall, type PromptAdaptation, promptAdaptation, type PromptRule, systemHash } from './rules.ts'
import { variantName } from './variant.ts'

const aRule = (changes: Partial<PromptRule> = {}): PromptRule => ({
  policy: null,
  model: { kind: 'model', id: 'acme/small' },
  when: { systemHash: null, tags: [], taskType: null },
  variant: {
    system: { kind: 'around', prepend: null, append: 'Be exact.' },
    template: { before: 'Q: ', after: '' },
  },
  ...changes,
})

const facts = { policy: 'auto', tags: ['a', 'b'], taskType: 'chat' }
const small = aModel({ id: 'acme/small' })
const large = aModel({ id: 'acme/large' })

describe('which variant a request gets', () => {
  const when = aRule().when

  test.each<readonly [string, Partial<PromptRule>, boolean]>([
    ['its model', {}, true],
    ['another model', { model: { kind: 'model', id: 'acme/large' } }, false],
    ['its vendor', { model: { kind: 'vendor', vendor: 'acme' } }, true],
    ['another vendor', { model: { kind: 'vendor', vendor: 'globex' } }, false],
    ['its policy', { policy: 'auto' }, true],
    ['another policy', { policy: 'support' }, false],
    ['its tags', { when: { ...when, tags: ['b'] } }, true],
    ['a tag that it lacks', { when: { ...when, tags: ['b', 'c'] } }, false],
    ['its type', { when: { ...when, taskType: 'chat' } }, true],
    ['another type', { when: { ...when, taskType: 'code' } }, false],
    ['its system prompt', { when: { ...when, systemHash: systemHash(aRequest()) } }, true],
    ['another system prompt', { when: { ...when, systemHash: '0123456789abcdef' } }, false],
  ])('a rule for %s', (_name, changes, applies) => {
    const adapted = promptAdaptation([aRule(changes)], facts)?.(aRequest(), small) ?? null
    expect(adapted?.variant ?? null).toEqual(applies ? aRule().variant : null)
  })

  test('the first rule that fits decides', () => {
    const other = aRule({ variant: { system: { kind: 'replace', text: 'Other.' }, template: null } })
    expect(promptAdaptation([other, aRule()], facts)!(aRequest(), small)?.variant).toBe(other.variant)
  })

  test('a model of no rule gets the request as it is, and so does everybody where no rule can fit', () => {
    expect(promptAdaptation([aRule()], facts)!(aRequest(), large)).toBeNull()
    expect(promptAdaptation([], facts)).toBeNull()
    expect(promptAdaptation([aRule({ policy: 'support' })], facts)).toBeNull()
  })

  test('tokens that it adds are estimated', () => {
    const { addedTokens } = promptAdaptation([aRule()], facts)!(aRequest(), small)!
    expect(addedTokens).toBe(Math.ceil(('Be exact.'.length + 'Q: '.length) / 4))
  })
})

type AdaptedJob = ReturnType<typeof aJob> & { readonly adapt: PromptAdaptation | null }

const spoken = {
  'openai-chat': openaiChatSpoken,
  'openai-responses': openaiResponsesSpoken,
  'anthropic-messages': anthropicMessagesSpoken,
}

/** What each format's client writes, with fields that Fairlead does not know. */
const bodies = {
  'openai-chat': {
    model: 'auto',
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hello' },
    ],
    temperature: 0.5,
    future_option: { deep: [1, 2] },
  },
  'openai-responses': {
    model: 'auto',
    instructions: 'Be kind.',
    input: 'Hello',
    temperature: 0.5,
    future_option: { deep: [1, 2] },
  },
  'anthropic-messages': {
    model: 'auto',
    max_tokens: 100,
    system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: 'Hello' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'c2lnbmVk' },
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { a: 1 } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'found' }] },
    ],
    tools: [{ name: 'look', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } }],
    temperature: 0.5,
    future_option: { deep: [1, 2] },
  },
} as const

/** The request of a client of one format, sent to a vendor of another whose models are small and large. */
async function sent(
  from: WireFormatName,
  to: WireFormatName,
  {
    stream,
    adapt,
    models = ['small'],
  }: {
    readonly stream: boolean
    readonly adapt: PromptAdaptation | null
    readonly models?: readonly string[]
  },
) {
  const script = Object.fromEntries(
    models.map((model, index) => [
      model,
      [
        index === models.length - 1
          ? { kind: 'answer' as const }
          : { kind: 'status' as const, status: 503, body: {} },
      ],
    ]),
  )
  const server = await aFaultServer(script, { format: spoken[to] })
  const text = JSON.stringify({ ...bodies[from], stream })
  const decoded = wireFormat(from).decodeRequest(JSON.parse(text))
  if (decoded.kind === 'failed') throw new Error(decoded.failure.message)
  const candidates = models.map((name) => aCandidate({ model: aModel({ id: `acme/${name}` }) }))
  const engine = anEngine({
    baseUrl: server.baseUrl,
    models: candidates.map(({ model }) => model),
    transport: aTransport(),
    limits: { sameTargetRetries: 0 },
    parts: {
      targetsOf: (id) => [
        aTarget({ model: aModel({ id }), baseUrl: server.baseUrl, vendor: aVendor({ format: to }) }),
      ],
    },
  })
  const adapting = {
    ...engine,
    callTarget: (call: Parameters<typeof engine.callTarget>[0], attempt: AbortController) =>
      engine.callTarget(adaptCall(call), attempt),
  }
  const job: AdaptedJob = {
    ...aJob({
      request: decoded.value.request,
      original: { format: from, text },
      clientFormat: wireFormat(from),
      envelope: ({ vendorName }) => ({
        id: 'one',
        created: 1,
        model: vendorName,
        request: decoded.value.request,
      }),
    }),
    adapt,
  }
  const forwarded = await forwardTo(adapting, candidates as never, job, new AbortController().signal)
  if (forwarded.kind === 'stream') for await (const _ of forwarded.frames);
  expect(forwarded.kind).toBe(stream ? 'stream' : 'buffered')
  return {
    text,
    seen: server.seen.map((one) => ({
      text: one.text,
      body: JSON.parse(one.text) as Record<string, unknown>,
    })),
  }
}

const adapt = promptAdaptation([aRule()], facts)
const formats = Object.keys(bodies) as WireFormatName[]

describe.each(formats)('a client of %s', (from) => {
  describe.each([false, true])('stream: %s', (stream) => {
    test.each(formats)('has its request worded anew for a model behind %s', async (to) => {
      const { seen } = await sent(from, to, { stream, adapt })
      expect(seen).toHaveLength(1)
      const { text, body } = seen[0]!
      expect(text).toContain('Be kind.\\n\\nBe exact.')
      expect(text).toContain('Q: Hello')
      expect(body.temperature).toBe(0.5)
      expect(body.future_option).toEqual(from === to ? { deep: [1, 2] } : undefined)
    })

    test('has its own bytes passed on where no variant is for the model', async () => {
      const { seen, text } = await sent(from, from, { stream, adapt: null })
      const none = promptAdaptation([aRule({ model: { kind: 'model', id: 'acme/large' } })], facts)
      const other = await sent(from, from, { stream, adapt: none })
      expect(other.seen[0]!.text).toBe(seen[0]!.text)
      expect(seen[0]!.text.replace('"small"', '"auto"').startsWith(text.slice(0, 40))).toBe(true)
    })
  })

  test('reaches a fallback without the variant of the model before it', async () => {
    const { seen } = await sent(from, from, { stream: false, adapt, models: ['small', 'large'] })
    expect(seen.map(({ text }) => text.includes('Be exact.'))).toEqual([true, false])
    expect(seen[1]!.body).toMatchObject({ ...bodies[from], model: 'large' })
  })
})

test('a request with signed reasoning, tool calls and cache hints keeps all of them', async () => {
  const { seen } = await sent('anthropic-messages', 'anthropic-messages', { stream: false, adapt })
  const { messages, tools } = bodies['anthropic-messages']
  const { body } = seen[0]!
  expect(body.system).toEqual([
    { type: 'text', text: 'Be kind.\n\nBe exact.', cache_control: { type: 'ephemeral' } },
  ])
  const sentMessages = body.messages as { readonly role: string; readonly content: unknown }[]
  expect(sentMessages[1]).toEqual(messages[1])
  expect(sentMessages[2]).toMatchObject({
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }],
  })
  expect(body.tools).toMatchObject(tools)
})

test('a call is worded once, and knows by which variant and how long it has become', () => {
  const call = { job: { ...aJob({ promptTokens: 10 }), adapt }, target: { model: small } }
  const once = adaptCall(call)
  expect(once.job).toMatchObject({ original: null, promptTokens: 13, variant: variantName(aRule().variant) })
  expect(adaptCall(once)).toBe(once)
  const other = { ...call, target: { model: large } }
  expect(adaptCall(other)).toBe(other)
})
