/** A stream that breaks off after its first content, with another model that may go on. */

import { describe, expect, test } from 'vitest'
import { aVendor, anEngine, aJob, aTarget } from '../../../../test/support/an-engine.ts'
import { aCandidate, aModel, aRequest } from '../../../../test/support/builders.ts'
import { looksComplete, type ReadChatStream, readChatStream } from '../../../../test/support/chat-stream.ts'
import { aFaultServer, type Behaviour, type FaultServer } from '../../../../test/support/fault-server.ts'
import type { OnContinuation } from '../../../../test/support/faults/behaviour.ts'
import type { FaultServerOptions } from '../../../../test/support/faults/server.ts'
import type { Candidate } from '../../../domain/candidate.ts'
import type { NonEmpty } from '../../../domain/non-empty.ts'
import type { StreamRecovery } from '../../../domain/policy.ts'
import type { Request } from '../../../domain/request.ts'
import type { VendorQuirks } from '../../../domain/vendor.ts'
import type { AttemptEngine } from '../attempt-engine.ts'
import { defaultStreamRules, type StreamRules } from '../call-target.ts'
import { type Forwarded, forwardTo } from '../forward.ts'
import type { EngineLimits } from '../limits.ts'

const price = { usdPerMillion: { input: 1, output: 10 } }
const models = ['acme/small', 'acme/middle', 'acme/large'].map((id) => aModel({ id, ...price }))
const candidates = models.map((model) => aCandidate({ model })) as unknown as NonEmpty<Candidate>
const limits = { firstContentMs: 2_000, answerMs: 2_000, idleMs: 500, sameTargetRetries: 0 }

/** Long enough for its last words not to be all of it. */
const words = Array.from({ length: 24 }, (_, index) => `word${index + 1}${index % 7 === 6 ? ',\n' : ' '}`)
const whole = words.join('')

type Setting = {
  readonly recovery?: StreamRecovery
  readonly rules?: Partial<StreamRules>
  readonly prefill?: VendorQuirks['prefill']
  readonly request?: Partial<Request>
  readonly server?: FaultServerOptions
  readonly limits?: Partial<EngineLimits>
}

type Opened = {
  readonly server: FaultServer
  readonly engine: AttemptEngine
  readonly forwarded: Forwarded
  readonly client: AbortController
}

async function open(
  script: Readonly<Record<string, readonly Behaviour[]>>,
  setting: Setting,
): Promise<Opened> {
  const { recovery = 'continue', rules, prefill, request } = setting
  const server = await aFaultServer(script, { said: { words }, ...setting.server })
  const quirks = {
    streamUsageOption: true,
    maxTokensField: 'max_tokens',
    ...(prefill && { prefill }),
  } as const
  const engine = anEngine({
    baseUrl: server.baseUrl,
    models,
    limits: { ...limits, ...setting.limits },
    parts: {
      targetsOf: (id) =>
        models
          .filter((model) => model.id === id)
          .map((model) => aTarget({ id, model, baseUrl: server.baseUrl, vendor: aVendor({ quirks }) })),
    },
  })
  const job = aJob({
    request: aRequest({ stream: true, ...request }),
    streamRules: { ...defaultStreamRules, recovery, ...rules },
  })
  const client = new AbortController()
  const forwarded = await forwardTo(engine, candidates, job, client.signal)
  return { server, engine, forwarded, client }
}

type Got = ReadChatStream & {
  readonly server: FaultServer
  readonly engine: AttemptEngine
  readonly attempts: Forwarded['attempts']
  readonly asked: readonly string[]
}

async function get(
  script: Readonly<Record<string, readonly Behaviour[]>>,
  setting: Setting = {},
): Promise<Got> {
  const { server, engine, forwarded } = await open(script, setting)
  if (forwarded.kind !== 'stream') throw new Error(`no stream but ${JSON.stringify(forwarded)}`)
  let text = ''
  for await (const frame of forwarded.frames) text += Buffer.from(frame).toString()
  await forwarded.done
  const asked = server.seen.map(({ model }) => model)
  return { ...readChatStream(text), server, engine, attempts: forwarded.attempts, asked }
}

const cutAfter = (afterWords: number): Behaviour => ({ kind: 'cut', afterWords, how: 'close' })
const answers = (asked: OnContinuation): Behaviour => ({ kind: 'answer', asked })

/** What the client sees where the answer came whole, by whomever. */
const wholeAnswer = {
  content: whole,
  ids: ['chatcmpl-1'],
  models: ['small'],
  createds: [1_700_000_005],
  roles: 1,
  finishes: ['stop'],
  error: null,
  endMarked: true,
}

const breaks: readonly (readonly [string, Behaviour])[] = [
  ['cut', cutAfter(9)],
  ['reset', { kind: 'cut', afterWords: 9, how: 'reset' }],
  ['stalled', { kind: 'stall', afterWords: 9 }],
  ['an error event', { kind: 'error-event', afterWords: 9 }],
  ['half an event', { kind: 'malformed-event', afterWords: 9, rest: true }],
  ['an event too large to follow', { kind: 'huge-event', afterWords: 9, bytes: 9 * 1024 * 1024 }],
]

describe('in the mode continue another model goes on in the name of the first', () => {
  describe.each(breaks)('after a break: %s', (_name, behaviour) => {
    test.each<readonly [string, OnContinuation, VendorQuirks['prefill']]>([
      ['from a prefill', 'go-on', 'last-message'],
      ['from an instruction where a prefill is refused', 'refuse-prefill', 'last-message'],
      ['from an instruction', 'go-on', undefined],
      ['by saying all of it again', 'repeat', undefined],
      ['by giving a prefill back first', 'repeat', 'prefix-field'],
    ])('%s', async (_way, asked, prefill) => {
      const got = await get({ small: [behaviour], middle: [answers(asked)] }, { prefill })
      expect(got).toMatchObject(wholeAnswer)
      expect(got.comments).toEqual(['acme/middle goes on after acme/small broke off'])
    })
  })

  test('the request says how: by prefill', async () => {
    const { server } = await get(
      { small: [cutAfter(9)], middle: [answers('go-on')] },
      {
        prefill: 'continue-final-message',
        request: { sampling: { ...aRequest().sampling, maxOutputTokens: 100 } },
      },
    )
    const body = JSON.parse(server.seen[1]!.text)
    expect(body.messages.slice(1)).toEqual([
      { role: 'assistant', content: words.slice(0, 9).join('').trimEnd() },
    ])
    expect(body).toMatchObject({ continue_final_message: true, add_generation_prompt: false })
    expect(body.max_tokens).toBe(100 - Math.ceil(words.slice(0, 9).join('').length / 4))
  })

  test('the request says how: by an instruction with the last words', async () => {
    const { server } = await get({ small: [cutAfter(20)], middle: [answers('go-on')] })
    const [, assistant, user] = JSON.parse(server.seen[1]!.text).messages
    const sent = words.slice(0, 20).join('').trimEnd()
    expect(assistant).toEqual({ role: 'assistant', content: sent })
    const anchor = user.content.split(':\n').at(-1)
    expect(sent.endsWith(anchor)).toBe(true)
    expect(anchor.length).toBeGreaterThan(40)
  })

  test('the client gets the sum of what was used, and each attempt is booked', async () => {
    const got = await get({ small: [cutAfter(9)], middle: [answers('repeat')] })
    const [first, second] = got.attempts
    expect(got.attempts).toHaveLength(2)
    expect(first).toMatchObject({
      model: 'acme/small',
      usage: { inputTokens: 12, source: 'estimated' },
      outcome: { kind: 'failed', failure: 'truncated' },
    })
    expect(second).toMatchObject({
      model: 'acme/middle',
      usage: { inputTokens: 40, outputTokens: 10 },
      outcome: { kind: 'answered' },
    })
    expect(got.usages).toEqual([
      expect.objectContaining({
        prompt_tokens: 52,
        completion_tokens: 10 + first!.usage.outputTokens,
      }),
    ])
  })

  test('a second break is gone on from as well', async () => {
    const script = { small: [cutAfter(5)], middle: [cutAfter(14)], large: [answers('repeat')] }
    const got = await get(script)
    expect(got).toMatchObject(wholeAnswer)
    expect(got.asked).toEqual(['small', 'middle', 'large'])
    expect(got.comments).toHaveLength(2)
  })

  test('one that fails or says something else is passed over', async () => {
    const script = {
      small: [cutAfter(9)],
      middle: [{ kind: 'status', status: 503, body: {} }],
      large: [answers('go-on')],
    } as const
    expect(await get(script)).toMatchObject({ ...wholeAnswer, asked: ['small', 'middle', 'large'] })
    const other = { small: [cutAfter(9)], middle: [answers('other')], large: [answers('go-on')] }
    const got = await get(other)
    expect(got).toMatchObject({ ...wholeAnswer, asked: ['small', 'middle', 'large'] })
  })

  test('one that refuses the changed request is passed over: the client is not at fault', async () => {
    const refusing: Behaviour = { kind: 'status', status: 400, body: { error: { message: 'no such field' } } }
    const got = await get({ small: [cutAfter(9)], middle: [refusing], large: [answers('go-on')] })
    expect(got).toMatchObject(wholeAnswer)
  })

  test.each([3, 2])('each way to go on counts against the budget of %i attempts', async (maxAttempts) => {
    const got = await get(
      { small: [cutAfter(9)], middle: [answers('refuse-prefill')], large: [answers('go-on')] },
      { prefill: 'last-message', limits: { maxAttempts } },
    )
    expect(got.attempts).toHaveLength(maxAttempts)
    expect(got.asked).toHaveLength(maxAttempts)
    if (maxAttempts === 3) expect(got).toMatchObject(wholeAnswer)
    else expect(got.error).toMatchObject({ code: 'upstream_truncated' })
  })

  test('the time that it takes to find where the answer goes on is none of the target’s latencies', async () => {
    const { engine } = await get({ small: [cutAfter(9)], middle: [answers('repeat')] })
    const latencies = models.map(({ id }) => engine.targets(id).known[0]!.health.load.firstContents.total)
    expect(latencies).toEqual([1, 0, 0])
  })

  test('where nobody can go on, it ends with the error that broke it', async () => {
    const got = await get({ small: [cutAfter(9)], middle: [answers('other')], large: [answers('other')] })
    expect(got).toMatchObject({ content: words.slice(0, 9).join(''), asked: ['small', 'middle', 'large'] })
    expect(got.error?.message).toMatch(/acme\/small truncated.*acme\/middle/)
    expect(looksComplete(got)).toBe(false)
  })

  test('an answer in a fixed format is gone on with only by the very same text', async () => {
    const request = { responseFormat: { kind: 'json' } } as const
    const same = await get({ small: [cutAfter(9)], middle: [answers('repeat')] }, { request })
    expect(same).toMatchObject(wholeAnswer)
    expect(JSON.parse(same.server.seen[1]!.text).messages).toHaveLength(1)
    const script = {
      small: [cutAfter(9)],
      middle: [{ kind: 'answer', text: '{}' }],
      large: [answers('repeat')],
    } as const
    expect(await get(script, { request })).toMatchObject(wholeAnswer)
  })

  test('the same model is asked the same again where it says the same again', async () => {
    const got = await get(
      { small: [cutAfter(9), answers('go-on')] },
      {
        request: { sampling: { ...aRequest().sampling, temperature: 0 } },
        limits: { sameTargetRetries: 1, backoffMs: 1 },
      },
    )
    expect(got).toMatchObject({ ...wholeAnswer, asked: ['small', 'small'] })
    expect(JSON.parse(got.server.seen[1]!.text).messages).toHaveLength(1)
  })

  test.each(['error', 'continue', 'buffer'] as const)(
    'a content filter is not led elsewhere (%s)',
    async (recovery) => {
      const event = 'data: {"error":{"message":"flagged by the filter","code":"content_filter"}}\n\n'
      const script = {
        small: [{ kind: 'error-event', afterWords: 3, event }],
        middle: [answers('repeat')],
      } as const
      const got = await get(script, { recovery })
      expect(got.asked).toEqual(['small'])
      expect(got.error?.code).toBe('content_filter')
      expect(looksComplete(got)).toBe(false)
    },
  )
})

describe('a call of a tool', () => {
  const toolCall = { name: 'look_up', argumentsPieces: ['{"city": ', '"Paris"', '}'] }
  const server = { said: { words: words.slice(0, 3), toolCall } }
  // The role, three words, the call's beginning, and the first piece of its arguments.
  const inTheCall: Behaviour = { kind: 'cut-events', after: 6 }

  test('that breaks off is not seen by the client, and the next model makes it whole', async () => {
    const got = await get(
      { small: [inTheCall], middle: [answers('go-on')] },
      { server, prefill: 'last-message' },
    )
    expect(got).toMatchObject({
      content: words.slice(0, 3).join(''),
      toolArguments: ['{"city": "Paris"}'],
      finishes: ['tool_calls'],
      endMarked: true,
      error: null,
    })
  })

  test('without any text before it is made anew', async () => {
    const alone = { said: { words: [], toolCall } }
    const got = await get(
      { small: [{ kind: 'cut-events', after: 4 }], middle: [answers('repeat')] },
      { server: alone },
    )
    expect(got).toMatchObject({ toolArguments: ['{"city": "Paris"}'], models: ['middle'], endMarked: true })
    expect(got.comments).toEqual([])
  })

  test('in the mode error streams as it comes, and never ends as if it were whole', async () => {
    const { forwarded } = await open({ small: [inTheCall] }, { server, recovery: 'error' })
    if (forwarded.kind !== 'stream') {
      // All of it came in one piece, so that it failed before the client saw anything.
      expect(forwarded.kind).toBe('failed')
      return
    }
    let text = ''
    for await (const frame of forwarded.frames) text += Buffer.from(frame).toString()
    expect(looksComplete(readChatStream(text))).toBe(false)
  })
})

describe('reasoning', () => {
  const server = { said: { words, reasoning: ['Let me ', 'think. '] } }

  test('that breaks off is followed by that of the next model, and its answer', async () => {
    const script = { small: [{ kind: 'stall', afterWords: 0 }], middle: [answers('repeat')] } as const
    const got = await get(script, { server })
    expect(got).toMatchObject({ ...wholeAnswer, reasoning: 'Let me think. \n\nLet me think. ' })
  })

  test('does not come again behind the text that it led to', async () => {
    const got = await get({ small: [cutAfter(9)], middle: [answers('go-on')] }, { server })
    expect(got).toMatchObject({ ...wholeAnswer, reasoning: 'Let me think. ' })
  })
})

describe('in the mode buffer', () => {
  test.each(breaks)(
    '%s: the client gets the next answer as if there had been no other',
    async (_name, behaviour) => {
      const got = await get({ small: [behaviour], middle: [answers('repeat')] }, { recovery: 'buffer' })
      expect(got).toMatchObject({
        content: whole,
        models: ['middle'],
        roles: 1,
        finishes: ['stop'],
        endMarked: true,
      })
      expect(got.usages).toMatchObject([{ prompt_tokens: 40, completion_tokens: 10 }])
    },
  )

  test('comments show that it lives, and nothing else comes before it is whole', async () => {
    const got = await get(
      { small: [{ kind: 'trickle', everyMs: 20 }] },
      { recovery: 'buffer', rules: { keepAliveMs: 50 } },
    )
    expect(got.content).toBe(whole)
    expect(got.comments.length).toBeGreaterThan(2)
    expect(new Set(got.comments)).toEqual(new Set(['keep-alive']))
  })
})

describe('the mode error', () => {
  test.each(breaks)('%s: asks nobody else and ends with an error', async (_name, behaviour) => {
    const got = await get({ small: [behaviour], middle: [answers('repeat')] }, { recovery: 'error' })
    expect(got).toMatchObject({ content: words.slice(0, 9).join(''), asked: ['small'] })
    expect(got.error).not.toBeNull()
    expect(looksComplete(got)).toBe(false)
  })
})

describe('a floor of throughput', () => {
  const rules = { minTokensPerSecond: 100, paceWindowMs: 100 }

  test('a stream that trickles counts as broken off', async () => {
    const script = { small: [{ kind: 'trickle', everyMs: 40 }], middle: [answers('go-on')] } as const
    const got = await get(script, { rules })
    expect(got).toMatchObject({ ...wholeAnswer, asked: ['small', 'middle'] })
    expect(got.attempts[0]!.outcome).toMatchObject({
      failure: 'timed-out',
      message: /slower than 100 tokens/,
    })
  })

  test('time in which the client does not read does not count', async () => {
    const { forwarded } = await open({ small: [{ kind: 'trickle', everyMs: 2 }] }, { rules })
    if (forwarded.kind !== 'stream') throw new Error(forwarded.kind)
    let text = ''
    for await (const frame of forwarded.frames) {
      text += Buffer.from(frame).toString()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(readChatStream(text)).toMatchObject({ content: whole, error: null })
  })
})

describe('a client that leaves', () => {
  const stuck = {
    small: [cutAfter(9)],
    middle: [{ kind: 'never-answer' }],
    large: [answers('go-on')],
  } as const

  test.each(['aborts', 'stops reading'] as const)(
    'and %s while another model is asked: nobody else is',
    async (how) => {
      const { server, forwarded, client } = await open(stuck, {})
      if (forwarded.kind !== 'stream') throw new Error(forwarded.kind)
      const reading = (async () => {
        for await (const _ of forwarded.frames);
      })()
      await server.whenSeen(2)
      if (how === 'aborts') client.abort()
      else await forwarded.frames.return!()
      await Promise.all([reading, forwarded.done])
      expect(await server.seen[1]!.over).toBe('aborted')
      expect(server.seen).toHaveLength(2)
      expect(forwarded.attempts).toMatchObject([
        { outcome: { failure: 'truncated' } },
        { model: 'acme/middle', outcome: { failure: 'cancelled' } },
      ])
    },
  )

  test('in the middle of a stream that is held back closes it', async () => {
    const { server, forwarded } = await open(
      { small: [{ kind: 'stall', afterWords: 3 }] },
      { recovery: 'buffer', rules: { keepAliveMs: 20 } },
    )
    if (forwarded.kind !== 'stream') throw new Error(forwarded.kind)
    expect(Buffer.from((await forwarded.frames.next()).value).toString()).toBe(': keep-alive\n\n')
    await forwarded.frames.return!()
    expect(await server.seen[0]!.over).toBe('aborted')
    expect(await forwarded.told).toMatchObject({ kind: 'cancelled' })
    expect(forwarded.attempts).toMatchObject([{ outcome: { failure: 'cancelled' } }])
  })
})
