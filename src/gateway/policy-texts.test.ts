import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import {
  anEmbeddingsServer,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  vectorsFor,
} from '../../test/support/an-embeddings-server.ts'
import { failure } from '../domain/failure.ts'
import { forward } from '../domain/strategy.ts'
import type { SentenceEncoder } from '../domain/text-model.ts'
import { defineStrategy } from '../strategies/strategy.ts'
import { readPolicyTexts } from './policy-texts.ts'

/** Says which encoder read its texts, and whether they can be compared with the request. */
const comparing = defineStrategy({
  name: 'comparing',
  summary: 'says what it compares with, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ with: z.array(z.string()) }),
  models: () => null,
  texts: (options) => options.with,
  prepare: (options, embedder) => options.with.map((text) => embedder?.vectorOf(text) ?? null),
  *choose({ candidates, vector, embedder }, _, { prepared }) {
    const lengths = prepared.map((one) => one?.length ?? 0)
    return forward(candidates, `${embedder?.id.split('-')[0]} ${vector.length}: ${lengths.join(' ')}`)
  },
})

async function opened(reply: (request: EmbeddingsRequest) => EmbeddingsReply, texts: readonly string[]) {
  const { baseUrl, seen } = await anEmbeddingsServer(reply)
  const { gateway } = await aGateway({
    config: {
      ...acmeConfig('http://127.0.0.1:9/v1'),
      encoder: { kind: 'embeddings', baseUrl, model: 'embed', timeoutMs: 2000 },
      policies: { auto: { strategy: 'comparing', with: texts }, other: { strategy: 'cheapest' } },
    },
    variables: acmeKey,
    strategies: [comparing],
  })
  const decided = async (text: string, model = 'auto') => {
    const { asked } = incoming({ model, messages: say(text) })
    const routed = gateway.route(asked, (await gateway.readText?.(asked)) ?? null)
    if (routed.kind === 'failed') throw new Error(routed.failure.message)
    return { because: routed.decision.because, warnings: routed.decision.signals.warnings }
  }
  return { decided, seen }
}

const refusing = (refused: string) => (request: EmbeddingsRequest) =>
  request.input.includes(refused) ? ({ kind: 'status', status: 400 } as const) : vectorsFor(request)

describe('texts of policies, with an encoder outside', () => {
  test('are read in one call when the gateway opens, and looked up from then on', async () => {
    const { decided, seen } = await opened(vectorsFor, ['one', 'two', 'one'])
    expect(seen.map(({ input }) => input)).toEqual([['one', 'two']])
    expect(await decided('Which?')).toEqual({ because: 'embeddings embed 3: 3 3 3', warnings: undefined })
    expect(seen).toHaveLength(2)
  })

  test('that the encoder refuses have no vector, and its decisions say so', async () => {
    const { decided } = await opened(refusing('two'), ['one', 'two', 'three'])
    const { because, warnings } = await decided('Which?')
    expect(because).toBe('embeddings embed 3: 3 0 3')
    expect(warnings).toEqual([
      expect.stringMatching(/^encoder: 1 of the 3 texts of the policy could not be read: /),
    ])
    expect((await decided('Which?', 'other')).warnings).toBeUndefined()
  })

  test('are read by the built-in encoder where that outside fails on a request: never one by each', async () => {
    const { decided } = await opened(refusing('Which?'), ['one', 'two'])
    const [failing, sound] = [await decided('Which?'), await decided('What?')]
    const [, request, ...texts] = failing.because.replace(':', '').split(' ')
    expect(failing.because).toMatch(/^n \d+: /)
    expect(texts).toEqual([request, request])
    expect(failing.warnings).toEqual([expect.stringMatching(/^encoder: /)])
    expect(sound).toEqual({ because: 'embeddings embed 3: 3 3', warnings: undefined })
  })

  test('an encoder that is down leaves the gateway to open, with the built-in one', async () => {
    const { decided } = await opened(() => ({ kind: 'status', status: 500 }), ['one'])
    expect((await decided('Which?')).because).toMatch(/^n (\d+): \1$/)
  })
})

describe('reading them', () => {
  const limits = { textsPerCall: 2, callMs: 20, allMs: 1_000, retryAfterMs: 100 }
  const texts = ['a', 'b', 'c', 'd', 'e']

  function anEncoder(reads: (texts: readonly string[]) => boolean | 'never') {
    const asked: (readonly string[])[] = []
    const model: SentenceEncoder = {
      id: 'an encoder',
      read: async (some, signal) => {
        asked.push(some)
        const answer = reads(some)
        if (answer === true) return { kind: 'read', values: some.map(() => Float32Array.of(1)) }
        if (answer === false) return { kind: 'failed', failure: failure('rejected', 'no') }
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return { kind: 'failed', failure: failure('timed-out', 'too late') }
      },
      close: async () => {},
    }
    return { model, asked }
  }

  test('goes by parts; of a part that is refused each text is tried by itself', async () => {
    const { model, asked } = anEncoder((some) => !some.includes('c'))
    const { embedder: current, warningOf } = await readPolicyTexts(model, texts, 0, limits)
    const embedder = current()
    expect(asked).toEqual([['a', 'b'], ['c', 'd'], ['c'], ['d'], ['e']])
    expect(texts.filter((text) => embedder.vectorOf(text) === null)).toEqual(['c'])
    expect(embedder.id).toBe('an encoder')
    expect(warningOf(['a', 'c'])).toContain('1 of the 2 texts')
    expect(warningOf(['a', 'd'])).toBeNull()
  })

  test('ends with the first part that does not come in time', async () => {
    const { model, asked } = anEncoder((some) => (some.includes('c') ? 'never' : true))
    const { embedder: current, warningOf } = await readPolicyTexts(model, texts, 0, limits)
    const embedder = current()
    expect(asked).toHaveLength(2)
    expect(texts.map((text) => embedder.vectorOf(text) !== null)).toEqual([true, true, false, false, false])
    expect(warningOf(texts)).toContain('3 of the 5 texts of the policy could not be read')
  })

  test('is tried again after a while, once at a time, and what was prepared before keeps what it had', async () => {
    let down = true
    const { model, asked } = anEncoder((some) => !(down && some.includes('c')))
    const read = await readPolicyTexts(model, texts, 0, limits)
    const before = read.embedder()
    asked.length = 0
    down = false
    read.retry(99)
    expect(asked).toEqual([])
    read.retry(100)
    read.retry(300)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(asked).toEqual([['c']])
    expect(read.warningOf(texts)).toBeNull()
    expect(before.vectorOf('c')).toBeNull()
    expect(read.embedder().vectorOf('c')).not.toBeNull()
    expect(read.embedder().vectorOf('a')).toBe(before.vectorOf('a'))
    read.retry(1_000)
    expect(asked).toHaveLength(1)
  })
})
