import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { incoming, resolvedIn, say } from '../../test/support/a-gateway.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { aClock, aJob, anEngine } from '../../test/support/an-engine.ts'
import { aCandidate, aModel, anAnswer, aTarget } from '../../test/support/builders.ts'
import { anAttempt } from '../../test/support/a-decision.ts'
import { aFaultServer, type Behaviour, wholeText } from '../../test/support/fault-server.ts'
import { anEnvelope, anyStream } from '../../test/support/wire-arbitraries.ts'
import type { CacheHandle } from '../caching/response-cache.ts'
import type { CacheRules } from '../caching/rules.ts'
import { cacheSchema } from '../config/cache-fields.ts'
import { type Answer, answerText, type StreamPart } from '../domain/answer.ts'
import type { Attempt } from '../domain/attempt.ts'
import { failure } from '../domain/failure.ts'
import { modelId } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import { nobody } from '../domain/virtual-key.ts'
import { type Forwarded, forwardTo } from '../engine/attempts/forward.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import type { TelemetryEvent } from '../telemetry/events.ts'
import { wireFormat, wireFormats } from '../wire/index.ts'
import { openaiCompletions } from '../wire/openai-completions/index.ts'
import type { WireFormat } from '../wire/wire-format.ts'
import { openDecider } from './open-deciders.ts'
import type { Incoming } from './gateway.ts'
import { type Cached, createCacheDesk, keepForwarded, serveCached } from './response-cache.ts'

/** What a handle was told. */
function aHandle(maxBytes = 100_000) {
  const ends: (Answer | 'abandoned' | 'withheld')[] = []
  const of: (string | null)[] = []
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const handle: CacheHandle = {
    maxBytes,
    store: (answer, model, usd) => {
      ends.push(answer)
      of.push(`${model} $${usd}`)
      end()
    },
    abandon: () => {
      ends.push('abandoned')
      end()
    },
    withhold: () => {
      ends.push('withheld')
      end()
    },
  }
  return { handle, ends, of, ended }
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const candidate = aCandidate({ id: 'acme/small' })
const encoded = (format: WireFormat, parts: readonly StreamPart[], whole = true): Buffer => {
  const encoder = format.encodeStream(anEnvelope(), { usage: true })
  const text = parts.map(encoder.part).join('')
  return Buffer.from(whole ? text + encoder.end() : text)
}

function aStream(bytes: Uint8Array, changes: { end?: Attempt; told?: boolean } = {}) {
  const { end = anAttempt(), told = true } = changes
  return {
    kind: 'stream',
    attempts: [end],
    candidate,
    target: aTarget(),
    frames: chunksOf(bytes, 7) as AsyncIterableIterator<Uint8Array>,
    done: Promise.resolve(end),
    told: Promise.resolve(told ? null : failure('truncated', 'cut')),
  } satisfies Forwarded
}

async function drained(forwarded: Forwarded): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  if (forwarded.kind === 'stream') for await (const chunk of forwarded.frames) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** One of the formats has no place for refusals, and tells them as text. */
const said = (parts: readonly StreamPart[]) =>
  parts
    .flatMap((part) => (part.kind === 'text-delta' || part.kind === 'refusal-delta' ? [part.text] : []))
    .join('')
const told = ({ parts }: Answer) =>
  parts.flatMap((part) => (part.kind === 'text' || part.kind === 'refusal' ? [part.text] : [])).join('')
const argumentsSaid = (parts: readonly StreamPart[]) =>
  parts.flatMap((part) => (part.kind === 'tool-call-delta' ? [part.argumentsText] : [])).join('')

describe.each(wireFormats.map((format) => [format.name, format] as const))(
  'a stream to a client of %s',
  (_, format) => {
    /** The stream is over only when it has been read: as it is of the engine's. */
    async function kept(bytes: Uint8Array, end?: Attempt) {
      const { handle, ends, ended } = aHandle()
      let over: (end: null) => void = () => {}
      const told = new Promise<null>((resolve) => {
        over = resolve
      })
      const forwarded = keepForwarded(handle, { ...aStream(bytes, end && { end }), told }, format)
      const got = await drained(forwarded)
      over(null)
      await ended
      return { ends, got }
    }

    it('reaches the client as it is, and is stored as what it says', async () => {
      await fc.assert(
        fc.asyncProperty(anyStream, async (parts) => {
          const bytes = encoded(format, parts)
          const { ends, got } = await kept(bytes)
          expect(got.equals(bytes)).toBe(true)
          const [answer] = ends
          if (answer === undefined || typeof answer === 'string') throw new Error(String(answer))
          expect(told(answer)).toBe(said(parts))
          const calls = answer.parts.flatMap((part) =>
            part.kind === 'tool-call' ? [part.argumentsText] : [],
          )
          expect(calls.join('')).toBe(argumentsSaid(parts))
          expect(answer.finish.kind).toBe(
            parts.flatMap((part) => (part.kind === 'finish' ? [part.finish.kind] : []))[0],
          )
        }),
        { numRuns: 30 },
      )
    })

    it('is not stored where it never finishes, though nobody says so', async () => {
      const parts: StreamPart[] = [
        { kind: 'start', model: 'small' },
        { kind: 'text-delta', text: 'Par' },
      ]
      const { ends } = await kept(encoded(format, parts, false))
      expect(ends).toEqual(['withheld'])
    })

    it('is not stored where the client was told of a failure', async () => {
      const { handle, ends, ended } = aHandle()
      const whole = encoded(format, [
        { kind: 'start', model: 'small' },
        { kind: 'text-delta', text: 'Paris' },
        { kind: 'finish', finish: { kind: 'stop', raw: 'stop' } },
      ])
      await drained(keepForwarded(handle, aStream(whole, { told: false }), format))
      await ended
      expect(ends).toEqual(['abandoned'])
    })

    it('is not stored where another model has ended it', async () => {
      const whole = encoded(format, [
        { kind: 'start', model: 'small' },
        { kind: 'text-delta', text: 'Paris' },
        { kind: 'finish', finish: { kind: 'stop', raw: 'stop' } },
      ])
      const { ends } = await kept(whole, anAttempt({ model: modelId('acme/large') }))
      expect(ends).toEqual(['withheld'])
    })
  },
)

describe('a stream to a client of a format that can’t be read back', () => {
  it('is withheld at once, so that nobody waits for it', async () => {
    const { handle, ends } = aHandle()
    const bytes = Buffer.from('data: {}\n\n')
    const forwarded = keepForwarded(handle, aStream(bytes), openaiCompletions)
    expect(ends).toEqual(['withheld'])
    expect((await drained(forwarded)).equals(bytes)).toBe(true)
  })
})

describe('what the engine serves', () => {
  const models: NonEmpty<ReturnType<typeof aCandidate>> = [
    aCandidate({ model: aModel({ id: 'acme/small' }) }),
  ]
  async function served(
    behaviour: Behaviour,
    stream: boolean,
    client = new AbortController(),
    leave = false,
  ) {
    const server = await aFaultServer({ small: [behaviour] })
    const engine = anEngine({
      baseUrl: server.baseUrl,
      models: models.map(({ model }) => model),
      limits: { firstContentMs: 300, answerMs: 300, idleMs: 300, sameTargetRetries: 0 },
    })
    const { handle, ends, of, ended } = aHandle()
    const forwarded = await forwardTo(engine, models, aJob({ stream }), client.signal)
    const kept = keepForwarded(handle, forwarded, wireFormat('openai-chat'))
    if (kept.kind === 'stream') {
      for await (const _ of kept.frames) if (leave) break
    }
    await ended
    return { ends, of }
  }

  it.each([false, true])('is stored with its model and its price (stream: %s)', async (stream) => {
    const { ends, of } = await served({ kind: 'answer' }, stream)
    expect(ends).toHaveLength(1)
    expect(answerText(ends[0] as Answer)).toBe(wholeText)
    expect((ends[0] as Answer).usage.outputTokens).toBeGreaterThan(0)
    expect(of[0]).toMatch(/^acme\/small \$0\.\d+/)
  })

  it.each([false, true])('is not stored where it fails (stream: %s)', async (stream) => {
    const { ends } = await served({ kind: 'status', status: 500, body: {}, headers: {} }, stream)
    expect(ends).toEqual(['abandoned'])
  })

  it('is not stored where its client stops reading', async () => {
    const { ends } = await served({ kind: 'answer' }, true, new AbortController(), true)
    expect(ends).toEqual(['abandoned'])
  })

  it('is not stored where it is larger than it may be', async () => {
    const { handle, ends, ended } = aHandle(10)
    const bytes = encoded(wireFormat('openai-chat'), [
      { kind: 'text-delta', text: 'x'.repeat(50) },
      { kind: 'finish', finish: { kind: 'stop', raw: 'stop' } },
    ])
    let over: (end: null) => void = () => {}
    const told = new Promise<null>((resolve) => {
      over = resolve
    })
    const got = await drained(keepForwarded(handle, { ...aStream(bytes), told }, wireFormat('openai-chat')))
    over(null)
    await ended
    expect([got.length, ends]).toEqual([bytes.length, ['withheld']])
  })
})

const toldOf = ({ asked }: Incoming) => ({
  operation: 'chat' as const,
  request: asked.request,
  traceparent: null,
  prompt: null,
})

describe('a request that a cache has the answer to', () => {
  const rules: CacheRules = {
    exact: {
      seconds: 60,
      scope: 'key',
      maxBytes: 10_000,
      toolCalls: false,
      anyTemperature: false,
      waitMs: 1_000,
      maxWaiters: 5,
    },
    semantic: null,
  }
  async function aDesk(ruled = rules) {
    const config = await resolvedIn(
      aFolder(),
      acmeConfig('http://127.0.0.1:1/v1', { policies: smallThen('acme/large') }),
      acmeKey,
    )
    const decider = await openDecider(config)
    const events: TelemetryEvent[] = []
    const state = openMemoryState({ clock: aClock, report: () => {} })
    const desk = createCacheDesk(state, aClock, { emit: (event) => events.push(event) })
    const ask = async (body: object) => {
      const asked = incoming({ model: 'auto', ...body })
      const consideration = decider.consider(asked.asked)
      if (consideration.kind === 'failed') throw new Error(consideration.failure.message)
      const { considered } = consideration
      const found = await desk.lookup(ruled, asked, considered, { access: [] }, new AbortController().signal)
      return { asked, considered, found }
    }
    return { ask, events, desk }
  }
  const hitOf = (found: Cached | null) => {
    if (found?.kind !== 'hit') throw new Error(found?.kind ?? 'none')
    return found
  }

  it('is answered in the client’s format, streamed or not, and its decision says so', async () => {
    const { ask, events } = await aDesk()
    const first = await ask({ messages: say('Why?') })
    if (first.found?.kind !== 'miss') throw new Error('no miss')
    first.found.handle.store(anAnswer({ text: 'So.' }), modelId('acme/large'), 0.5)
    for (const stream of [false, true]) {
      const { asked, considered, found } = await ask({ messages: say('Why?'), stream })
      const parts = { events: { emit: (event: TelemetryEvent) => events.push(event) }, clock: aClock }
      const hit = hitOf(found)
      const reply = serveCached(parts, asked, considered, hit, toldOf(asked), aClock.now())
      if (reply.kind === 'failed') throw new Error(reply.failure.message)
      expect(reply.served).toMatchObject({ model: 'acme/large', attempts: [], usd: 0 })
      expect(reply.served?.decision).toMatchObject({
        cache: 'exact',
        chosen: 'acme/large',
        propensity: 1,
        trace: { steps: [], end: { kind: 'reply', model: 'acme/large' } },
      })
      expect(reply.kind).toBe(stream ? 'stream' : 'buffered')
      const text =
        reply.kind === 'buffered'
          ? Buffer.from(reply.bytes).toString()
          : Buffer.from((await reply.frames[Symbol.asyncIterator]().next()).value).toString()
      expect(text).toContain('So.')
      expect(text).toContain('"model":"large"')
    }
    expect(events.flatMap((event) => (event.kind === 'cache' ? [event.result] : []))).toEqual([
      'miss',
      'stored',
      'hit',
      'hit',
    ])
    const finished = events.flatMap((event) => (event.kind === 'finished' ? [event] : []))
    expect(
      finished.map(({ outcome }) => [outcome.status, outcome.model, outcome.cost, outcome.attempts]),
    ).toEqual(Array(2).fill(['answered', 'acme/large', 0, []]))
  })

  it('raises an alarm where hits by meaning were false too often, and clears it when they are counted anew', async () => {
    const semantic = cacheSchema.parse({ semantic: { seconds: 60, verify: 1 } }).semantic
    const { ask, events, desk } = await aDesk({ exact: null, semantic })
    for (let number = 0; number < 30; number++) {
      const { found } = await ask({ messages: say(`${'please '.repeat(number)}How do I reset my password?`) })
      if (found?.kind === 'miss')
        found.handle.store(
          anAnswer({ text: number % 2 ? 'Press it.' : 'Call us.' }),
          modelId('acme/small'),
          0,
        )
      await new Promise((resolve) => setImmediate(resolve))
    }
    const alarms = () => events.flatMap((event) => (event.kind === 'alarm' ? [event] : []))
    expect(alarms()).toMatchObject([{ name: 'semantic-cache-off', subject: 'auto', state: 'raised' }])
    expect(alarms()[0]?.message).toContain('would have been false')
    expect(desk.semantic.status()).toMatchObject([{ policy: 'auto', on: false }])
    expect([desk.semantic.reset('auto'), desk.semantic.reset('unknown')]).toEqual([true, false])
    expect(alarms().map(({ state }) => state)).toEqual(['raised', 'cleared'])
  })

  it('is none where only the body shows the difference', async () => {
    const { ask } = await aDesk()
    const first = await ask({ messages: [{ role: 'user', content: 'Why?', x_hint: 1 }] })
    if (first.found?.kind !== 'miss') throw new Error('no miss')
    first.found.handle.store(anAnswer({ text: 'So.' }), modelId('acme/small'), 0.5)
    expect((await ask({ messages: [{ x_hint: 1, content: 'Why?', role: 'user' }] })).found?.kind).toBe('hit')
    expect((await ask({ messages: [{ role: 'user', content: 'Why?', x_hint: 2 }] })).found?.kind).toBe('miss')
  })

  it('is asked of a model where the one that answered may not serve it', async () => {
    const { ask } = await aDesk()
    const first = await ask({ messages: say('Why?') })
    if (first.found?.kind !== 'miss') throw new Error('no miss')
    first.found.handle.store(anAnswer({ text: 'So.' }), modelId('acme/gone'), 0.5)
    expect(first.considered.caller).toBe(nobody)
    expect((await ask({ messages: say('Why?') })).found?.kind).toBe('miss')
  })
})
