import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anAnswer, aRequest, aUserMessage } from '../../test/support/builders.ts'
import type { Answer } from '../domain/answer.ts'
import { modelId } from '../domain/model.ts'
import { noRoutingOptions } from '../domain/routing-options.ts'
import { type KeyId, nobody } from '../domain/virtual-key.ts'
import type { Clock } from '../domain/transport.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import {
  type CacheHandle,
  type CacheQuestion,
  type CacheReport,
  createResponseCache,
  type Found,
  type ResponseCacheParts,
} from './response-cache.ts'
import type { ExactRules, SemanticRules } from './rules.ts'

const aClock: Clock = { now: () => 0, wall: () => new Date(0) }
const exact: ExactRules = {
  seconds: 60,
  scope: 'key',
  maxBytes: 10_000,
  toolCalls: false,
  anyTemperature: false,
  waitMs: 5_000,
  maxWaiters: 10,
}
const semantic: SemanticRules = {
  seconds: 60,
  scope: 'key',
  maxBytes: 10_000,
  similarity: 0.8,
  guard: 'words',
  maxTemperature: 0,
  verify: 0,
  maxFalseHits: 0.02,
  maxEntries: 100,
}
const small = modelId('acme/small')
const stays = new AbortController().signal
const says = (text: string): Answer => ({
  ...anAnswer(),
  parts: [{ kind: 'text', text }],
  finish: { kind: 'stop', raw: 'stop' },
})

function aCache(parts: Partial<ResponseCacheParts> = {}, textBytes = 1_000_000) {
  const reports: CacheReport[] = []
  let time = 0
  const state = openMemoryState({ clock: aClock, report: () => {}, bounds: { textBytes } })
  const cache = createResponseCache({
    state,
    wall: () => time,
    now: () => time,
    report: (report) => reports.push(report),
    ...parts,
  })
  const results = () =>
    reports.flatMap((one) => (one.kind === 'result' ? [`${one.cache} ${one.result}`] : ['off']))
  const later = (ms: number) => {
    time += ms
  }
  return { cache, results, later }
}

function question(text: string, changes: Partial<CacheQuestion> = {}): CacheQuestion {
  return {
    rules: { exact, semantic: null },
    policy: { name: 'auto', version: 'v1' },
    askedModel: 'auto',
    format: 'openai-chat',
    request: aRequest({ text }),
    options: noRoutingOptions,
    body: null,
    caller: { ...nobody, key: 'k1' as KeyId },
    models: [],
    vector: Float32Array.of(1, 0),
    encoder: 'built-in',
    language: 'en',
    waitAtMostMs: 5_000,
    mayServe: () => true,
    draw: () => 0.5,
    ...changes,
  }
}

function missOf(found: Found | null): CacheHandle {
  if (found?.kind !== 'miss') throw new Error(`${found?.kind ?? 'nothing'} is no miss`)
  return found.handle
}
const textOf = (found: Found | null) => {
  if (found?.kind !== 'hit') return found?.kind ?? 'none'
  const [part] = found.entry.answer.parts
  return part?.kind === 'text' ? `${found.cache}: ${part.text}` : 'no text'
}

describe('the exact cache', () => {
  it('gives an answer again, with its model and what it cost', async () => {
    const { cache, results } = aCache()
    missOf(await cache.lookup(question('Why?'), stays)).store(says('So.'), small, 0.5)
    const found = await cache.lookup(question('Why?'), stays)
    expect(found).toMatchObject({ kind: 'hit', cache: 'exact', entry: { model: small, usd: 0.5 } })
    expect(textOf(found)).toBe('exact: So.')
    expect(results()).toEqual(['exact miss', 'exact stored', 'exact hit'])
    expect(cache.flights()).toBe(0)
  })

  it('never gives it to another key', async () => {
    const { cache } = aCache()
    missOf(await cache.lookup(question('Why?'), stays)).store(says('So.'), small, 0.5)
    const other = question('Why?', { caller: { ...nobody, key: 'k2' as KeyId } })
    expect(textOf(await cache.lookup(other, stays))).toBe('miss')
  })

  it('gives it no longer than it may', async () => {
    const { cache, later } = aCache()
    missOf(await cache.lookup(question('Why?'), stays)).store(says('So.'), small, 0.5)
    later(59_999)
    expect(textOf(await cache.lookup(question('Why?'), stays))).toBe('exact: So.')
    later(1)
    expect(textOf(await cache.lookup(question('Why?'), stays))).toBe('miss')
  })

  it('gives it to nobody whom its model may not serve, and lets a new answer take its place', async () => {
    const { cache } = aCache()
    missOf(await cache.lookup(question('Why?'), stays)).store(says('So.'), small, 0.5)
    const found = await cache.lookup(question('Why?', { mayServe: (model) => model !== small }), stays)
    missOf(found).store(says('Thus.'), modelId('acme/large'), 1)
    expect(textOf(await cache.lookup(question('Why?'), stays))).toBe('exact: Thus.')
  })

  it('is left out where the client says `off`, and asked anew where it says `refresh`', async () => {
    const { cache } = aCache()
    missOf(await cache.lookup(question('Why?'), stays)).store(says('So.'), small, 0.5)
    const wish = (wanted: 'off' | 'refresh') =>
      question('Why?', { options: { ...noRoutingOptions, cache: wanted } })
    expect(await cache.lookup(wish('off'), stays)).toBeNull()
    missOf(await cache.lookup(wish('refresh'), stays)).store(says('Newer.'), small, 0.5)
    expect(textOf(await cache.lookup(question('Why?'), stays))).toBe('exact: Newer.')
  })

  it('takes no part in a request that is none for it', async () => {
    const { cache } = aCache()
    const warm = aRequest({ text: 'Why?', sampling: { temperature: 0.7 } })
    expect(await cache.lookup(question('Why?', { request: warm }), stays)).toBeNull()
  })

  it.each<readonly [string, Answer]>([
    ['was cut off', { ...says('So'), finish: { kind: 'length', raw: 'length' } }],
    ['is larger than it may be', says('x'.repeat(20_000))],
  ])('stores no answer that %s', async (_, answer) => {
    const { cache, results } = aCache()
    missOf(await cache.lookup(question('Why?'), stays)).store(answer, small, 0.5)
    expect(textOf(await cache.lookup(question('Why?'), stays))).toBe('miss')
    expect(results()).toContain('exact refused')
  })

  it('stores no seal', async () => {
    const { cache } = aCache()
    const sealed = { format: 'anthropic-messages', data: 'proof', id: null, redacted: false } as const
    const answer: Answer = {
      ...says('So.'),
      parts: [
        { kind: 'reasoning', text: 'hm', sealed },
        { kind: 'text', text: 'So.' },
      ],
    }
    missOf(await cache.lookup(question('Why?'), stays)).store(answer, small, 0.5)
    expect(JSON.stringify(await cache.lookup(question('Why?'), stays))).not.toContain('proof')
  })

  it('lets go of what was not read for longest where its state is full', async () => {
    const { cache } = aCache({}, 20_000)
    for (let number = 0; number < 40; number++)
      missOf(await cache.lookup(question(`Why ${number}?`), stays)).store(says(`So ${number}.`), small, 0.5)
    expect(textOf(await cache.lookup(question('Why 0?'), stays))).toBe('miss')
    expect(textOf(await cache.lookup(question('Why 39?'), stays))).toBe('exact: So 39.')
  })
})

describe('tenants', () => {
  it('never get what another was answered, whatever they ask in whatever order, in any scope', async () => {
    const anAsking = fc.record({
      key: fc.constantFrom('k1', 'k2', 'k3'),
      team: fc.constantFrom('t1', 't2', null),
      models: fc.constantFrom(null, ['acme/*']),
      text: fc.constantFrom('Why?', 'How do I reset my password?', 'how can I reset my password'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(anAsking, { maxLength: 15 }),
        fc.constantFrom('key' as const, 'team' as const, 'shared' as const),
        async (askings, scope) => {
          const { cache } = aCache()
          for (const { key, team, models, text } of askings) {
            const whose =
              scope === 'key' || (scope === 'team' && team === null) ? key : scope === 'team' ? team : ''
            const tenant = `${whose} ${models}`
            const found = await cache.lookup(
              question(text, {
                rules: { exact: { ...exact, scope }, semantic: { ...semantic, scope } },
                caller: { ...nobody, key: key as KeyId, team },
                models: [models],
              }),
              stays,
            )
            if (found?.kind === 'miss') found.handle.store(says(tenant), small, 0)
            else expect(textOf(found).replace(/^\w+: /, '')).toBe(tenant)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('equal requests at one time', () => {
  it('are answered by one, and all are hits but the first', async () => {
    const { cache } = aCache()
    const handle = missOf(await cache.lookup(question('Why?'), stays))
    const waiting = [1, 2, 3].map(() => cache.lookup(question('Why?'), stays))
    handle.store(says('So.'), small, 0.5)
    expect((await Promise.all(waiting)).map(textOf)).toEqual(['exact: So.', 'exact: So.', 'exact: So.'])
  })

  it('go on with the next one where the first fails', async () => {
    const { cache } = aCache()
    const first = missOf(await cache.lookup(question('Why?'), stays))
    const [second, third] = [cache.lookup(question('Why?'), stays), cache.lookup(question('Why?'), stays)]
    first.abandon()
    missOf(await second).store(says('So.'), small, 0.5)
    expect(textOf(await third)).toBe('exact: So.')
    expect(cache.flights()).toBe(0)
  })

  it('each ask for themselves where the answer is not one to share', async () => {
    const { cache } = aCache()
    const first = missOf(await cache.lookup(question('Why?'), stays))
    const waiting = [cache.lookup(question('Why?'), stays), cache.lookup(question('Why?'), stays)]
    first.store({ ...says('So'), finish: { kind: 'length', raw: 'length' } }, small, 0.5)
    expect((await Promise.all(waiting)).map(textOf)).toEqual(['miss', 'miss'])
  })

  it('each ask for themselves where the answer is withheld', async () => {
    const { cache } = aCache()
    const first = missOf(await cache.lookup(question('Why?'), stays))
    const waiting = [cache.lookup(question('Why?'), stays), cache.lookup(question('Why?'), stays)]
    first.withhold()
    expect((await Promise.all(waiting)).map(textOf)).toEqual(['miss', 'miss'])
  })

  it('share an answer that is too large to be stored', async () => {
    const { cache } = aCache()
    const first = missOf(await cache.lookup(question('Why?'), stays))
    const waiting = cache.lookup(question('Why?'), stays)
    first.store(says('x'.repeat(20_000)), small, 0.5)
    expect(textOf(await waiting)).toMatch(/^exact: xxx/)
  })

  it('give nothing to one whom the model may not serve', async () => {
    const { cache } = aCache()
    const first = missOf(await cache.lookup(question('Why?'), stays))
    const waiting = cache.lookup(question('Why?', { mayServe: () => false }), stays)
    first.store(says('So.'), small, 0.5)
    expect(textOf(await waiting)).toBe('miss')
  })

  it('do not wait longer than half of the deadline', async () => {
    const { cache } = aCache()
    missOf(await cache.lookup(question('Why?'), stays))
    expect(textOf(await cache.lookup(question('Why?', { waitAtMostMs: 5 }), stays))).toBe('miss')
  })

  it('are led by the next where the state fails under the first', async () => {
    let fails = true
    const { cache } = aCache()
    const state = openMemoryState({ clock: aClock, report: () => {} })
    const broken = createResponseCache({
      state: {
        ...state,
        read: async (key) => {
          if (fails && key.startsWith('cache ')) throw new Error('broken')
          return state.read(key)
        },
      },
      wall: () => 0,
      now: () => 0,
      report: () => {},
    })
    await expect(broken.lookup(question('Why?'), stays)).rejects.toThrow('broken')
    fails = false
    expect(textOf(await broken.lookup(question('Why?'), stays))).toBe('miss')
    expect(cache.flights()).toBe(0)
  })
})

describe('the semantic cache behind the exact one', () => {
  const rules = { exact, semantic }
  const ask = (text: string, changes: Partial<CacheQuestion> = {}) => question(text, { rules, ...changes })
  async function aWarmCache(parts: Partial<ResponseCacheParts> = {}) {
    const opened = aCache(parts)
    const handle = missOf(await opened.cache.lookup(ask('How do I reset my password?'), stays))
    handle.store(says('Press reset.'), small, 0.5)
    return opened
  }

  it('answers what means the same, and says that it did', async () => {
    const { cache, results } = await aWarmCache()
    expect(textOf(await cache.lookup(ask('how can I reset my password'), stays))).toBe(
      'semantic: Press reset.',
    )
    expect(results().slice(-2)).toEqual(['exact miss', 'semantic hit'])
    expect(textOf(await cache.lookup(ask('How do I reset my phone?'), stays))).toBe('miss')
    expect(results().at(-1)).toBe('semantic refused')
  })

  it('works without an exact one', async () => {
    const { cache } = aCache()
    const alone = { rules: { exact: null, semantic } }
    missOf(await cache.lookup(ask('Why does rain fall?', alone), stays)).store(says('So.'), small, 0.5)
    expect(textOf(await cache.lookup(ask('Why does rain fall?', alone), stays))).toBe('semantic: So.')
  })

  const system = (text: string) =>
    ({ role: 'system', content: [{ kind: 'text', text }], name: null }) as const
  const asked = aUserMessage('how can I reset my password')
  it.each<readonly [string, Partial<CacheQuestion>]>([
    ['another key', { caller: { ...nobody, key: 'k2' as KeyId } }],
    ['another system prompt', { request: aRequest({ messages: [system('Be brief.'), asked] }) }],
    ['another policy', { policy: { name: 'other', version: 'v1' } }],
    ['another model asked for', { askedModel: 'acme/large' }],
    [
      'other tools',
      {
        request: aRequest({
          messages: [asked],
          tools: [{ name: 'f', description: null, parameters: null, strict: null }],
        }),
      },
    ],
    [
      'another response format',
      { request: aRequest({ messages: [asked], responseFormat: { kind: 'json' } }) },
    ],
    ['a limit', { request: aRequest({ messages: [asked], sampling: { maxOutputTokens: 3 } }) }],
    ['another encoder', { encoder: 'mine' }],
    [
      'another language, by facts',
      { language: 'de', rules: { exact, semantic: { ...semantic, guard: 'facts' } } },
    ],
    ['a second turn', { request: aRequest({ messages: [aUserMessage('Hello'), asked] }) }],
    ['a temperature', { request: aRequest({ messages: [asked], sampling: { temperature: 0.1 } }) }],
    [
      'an image',
      {
        request: aRequest({
          messages: [
            {
              ...asked,
              content: [...asked.content, { kind: 'image', url: 'data:,', detail: null }],
            } as never,
          ],
        }),
      },
    ],
    ['no vector', { vector: null }],
    ['a vector of nothing', { vector: Float32Array.of(0, 0) }],
  ])('answers nothing under %s', async (_, changes) => {
    const { cache } = await aWarmCache()
    const found = await cache.lookup(ask('how can I reset my password', changes), stays)
    expect(found?.kind).not.toBe('hit')
  })

  it('gives nothing that has become too old, and forgets it', async () => {
    const { cache, later } = await aWarmCache()
    later(60_000)
    expect(textOf(await cache.lookup(ask('how can I reset my password'), stays))).toBe('miss')
  })

  it('has a share of its hits answered by a model, and compares', async () => {
    const verifying = { rules: { exact: null, semantic: { ...semantic, verify: 0.6 } }, draw: () => 0.59 }
    const { cache, results } = await aWarmCache()
    const again = () => cache.lookup(ask('how can I reset my password', verifying), stays)
    // Scope and partition are the same, so what the exact cache has stored is found by meaning.
    missOf(await again()).store(says('Press reset, please.'), small, 0.5)
    await Promise.resolve()
    expect(cache.semantic.status()).toMatchObject([{ verified: 1, falseHits: 0, on: true }])
    missOf(await again()).store(says('Write to our support.'), small, 0.5)
    await Promise.resolve()
    expect(cache.semantic.status()).toMatchObject([{ verified: 2, falseHits: 1 }])
    expect(results()).toContain('semantic false-hit')
  })

  it('turns itself off where a judge calls its hits false, says so once, and leaves the exact cache as it is', async () => {
    const verifying = { rules: { exact, semantic: { ...semantic, verify: 1 } } }
    const { cache, results } = await aWarmCache({ judge: async () => false })
    for (let number = 0; number < 30; number++) {
      const politely = 'please '.repeat(number + 1)
      const found = await cache.lookup(ask(`${politely}how can I reset my password`, verifying), stays)
      if (found?.kind === 'miss') found.handle.store(says('Press reset.'), small, 0.5)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(results().filter((result) => result === 'off')).toHaveLength(1)
    expect(cache.semantic.status()).toMatchObject([{ policy: 'auto', on: false }])
    expect(textOf(await cache.lookup(ask('How do I reset my password?'), stays))).toBe('exact: Press reset.')
    expect(textOf(await cache.lookup(ask('hi, how can I reset my password?'), stays))).toBe('miss')
  })

  it('counts nothing where the judge fails', async () => {
    const judge = async () => {
      throw new Error('no judge')
    }
    const { cache } = await aWarmCache({ judge })
    const verifying = { rules: { exact, semantic: { ...semantic, verify: 1 } } }
    missOf(await cache.lookup(ask('how can I reset my password', verifying), stays)).store(
      says('No.'),
      small,
      0.5,
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(cache.semantic.status()).toMatchObject([{ verified: 0 }])
  })
})
