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
import type { WireFormat } from '../wire/wire-format.ts'
import { openDecider } from './open-gateway.ts'
import { encodeAnswerInHand } from './hand-on.ts'
import { type Cached, cachedDecision, createCacheDesk, keepForwarded } from './response-cache.ts'

/** What a handle was told. */
function aHandle(maxBytes = 100_000) {
  const ends: (Answer | 'abandoned')[] = []
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

const said = (parts: readonly StreamPart[]) =>
  parts.flatMap((part) => (part.kind === 'text-delta' ? [part.text] : [])).join('')
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
          if (answer === undefined || answer === 'abandoned') throw new Error(String(answer))
          expect(answerText(answer)).toBe(said(parts))
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
      expect(ends).toEqual(['abandoned'])
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
      expect(ends).toEqual(['abandoned'])
    })
  },
)

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
    expect([got.length, ends]).toEqual([bytes.length, ['abandoned']])
  })
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
  async function aDesk() {
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
      const found = await desk.lookup(rules, asked, considered, { access: [] }, new AbortController().signal)
      return { asked, considered, found }
    }
    return { ask, events }
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
      const hit = hitOf(found)
      const decision = cachedDecision(considered, hit, { wall: new Date(0), decidedInMicros: 5 })
      expect(decision).toMatchObject({
        cache: 'exact',
        chosen: 'acme/large',
        propensity: 1,
        trace: { steps: [], end: { kind: 'reply', model: 'acme/large' } },
      })
      const served = { decision, model: hit.candidate.id, failedModels: [], attempts: [], usd: 0 }
      const reply = encodeAnswerInHand(hit.entry.answer, hit.candidate, asked, decision, served)
      expect(reply.kind).toBe(stream ? 'stream' : 'buffered')
      const text =
        reply.kind === 'buffered'
          ? Buffer.from(reply.bytes).toString()
          : Buffer.from((await reply.frames[Symbol.asyncIterator]().next()).value).toString()
      expect(text).toContain('So.')
      expect(text).toContain('"model":"large"')
    }
    expect(events.map((event) => event.kind === 'cache' && event.result)).toEqual([
      'miss',
      'stored',
      'hit',
      'hit',
    ])
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
