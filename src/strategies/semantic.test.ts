import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey, acmeModel } from '../../test/support/acme-config.ts'
import { aCandidate, aModel, anAnswer, aRequest, aTurn, aUserMessage } from '../../test/support/builders.ts'
import { anEmbeddingsServer } from '../../test/support/an-embeddings-server.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { lastUserText, type Request, textOf } from '../domain/request.ts'
import type { TextEmbedder } from '../domain/strategy.ts'
import { waysOver } from '../domain/ways.ts'
import { simulate } from '../engine/simulate.ts'
import { semantic } from './semantic.ts'
import { orderOf } from './strategies.contract.ts'

const small = aCandidate({ id: 'acme/small' })
const large = aCandidate({ id: 'acme/large' })
const reader = aCandidate({ id: 'acme/reader' })

const routes = {
  refunds: {
    utterances: [
      'I want my money back',
      'refund my order please',
      'how do I get a refund',
      'return and refund',
    ],
    to: 'acme/large',
  },
  cards: {
    utterances: ['my card is lost', 'block my card', 'order a new card', 'the card was stolen'],
    to: 'acme/small',
  },
}

/** Directions by what a text is about: a stand-in for an encoder that knows meanings. */
const about = [/money|refund|reimburse/, /card|plastic/]
const embedder: TextEmbedder = {
  id: 'topics',
  vectorOf: (text) => {
    const vector = new Float32Array(4)
    about.forEach((topic, place) => {
      if (topic.test(text)) vector[place] = 1
    })
    if (vector.every((value) => value === 0)) vector[2] = 1
    vector[3] = 0.1
    const norm = Math.hypot(...vector)
    return vector.map((value) => value / norm)
  },
}

type Setting = {
  readonly written?: object
  readonly request?: Request
  readonly embedder?: TextEmbedder | null
  readonly vector?: Float32Array
  readonly advisers?: readonly Candidate[]
  /** What the reader says; absent: its call fails. */
  readonly read?: string
}

function run(text: string, setting: Setting = {}) {
  const options = semantic.options.parse({ routes, default: 'acme/small', ...setting.written })
  const read = setting.embedder === undefined ? embedder : setting.embedder
  const request = setting.request ?? aRequest({ text })
  const vector = setting.vector ?? read?.vectorOf(lastUserText(request)) ?? new Float32Array(8)
  const aids = { to: waysOver(new Map()), prepared: semantic.prepare!(options, read) }
  const turn = aTurn({
    candidates: [small, large],
    request,
    embedder: read,
    vector,
    advisers: setting.advisers ?? [reader],
  })
  const asked: Request[] = []
  const driven = simulate(
    (one) => semantic.choose(one, options, aids),
    turn,
    (candidate, sent) => {
      asked.push(sent)
      return candidate === reader && setting.read === undefined
        ? { kind: 'failed', candidate, failure: failure('timed-out', 'late') }
        : {
            kind: 'answered',
            candidate,
            answer: anAnswer({ text: setting.read ?? 'ok' }),
            usd: 0,
            latencyMs: 1,
          }
    },
  )
  return { ...driven, asked, because: driven.verdict.because, model: orderOf(driven.verdict)[0] }
}

const systemTexts = (request: Request | undefined) =>
  (request?.messages ?? []).filter(({ role }) => role === 'system').map(textOf)

describe('a request goes the way of the route that it is most like', () => {
  test('with its score, the threshold and the runner-up', () => {
    const { model, because } = run('can you reimburse me')
    expect(model).toBe('acme/large')
    expect(because).toMatch(
      /^route refunds 0\.\d\d, its threshold -?\d\.\d\d, next cards -?\d\.\d\d: to acme\/large$/,
    )
    expect(run('where is my card').model).toBe('acme/small')
  })

  test('and the default way where none is near enough', () => {
    const otherwise = { default: 'acme/large' }
    const { model, because } = run('write a poem about the sea', { written: otherwise })
    expect(model).toBe('acme/large')
    expect(because).toMatch(/^no route is near enough: (refunds|cards) /)
  })

  test('the default way without any text, such as of a picture alone', () => {
    const request = aRequest({
      messages: [{ role: 'user', content: [{ kind: 'image', url: 'data:,', detail: null }], name: null }],
    })
    expect(run('', { request }).because).toBe('no text to go by: to acme/small')
    expect(run('', { request: aRequest({ messages: [] }) }).because).toContain('no text to go by')
  })

  test('by the last thing said, not by the names of tools that the turn has read as well', () => {
    const tools = [{ name: 'block_card', description: null, parameters: null, strict: null }]
    const request = aRequest({ text: 'my money back', tools })
    const misled = embedder.vectorOf('card')!
    expect(run('', { request, vector: misled }).model).toBe('acme/large')
  })

  test('a threshold of its own holds, zero and below too', () => {
    const always = { refunds: { ...routes.refunds, threshold: -1 }, cards: routes.cards }
    const never = { refunds: { ...routes.refunds, threshold: 1 }, cards: routes.cards }
    expect(run('refund it', { written: { routes: never } }).because).toContain('no route is near enough')
    const zero = { refunds: { ...routes.refunds, threshold: 0 } }
    expect(run('tax return', { written: { routes: zero } }).because).toContain('its threshold 0.00')
    expect(run('refunds', { written: { routes: always } }).because).toContain('its threshold -1.00')
  })
})

describe('without vectors words decide, and that is said', () => {
  test.each([
    ['nothing can read texts', { embedder: null }],
    ['no utterance was read', { embedder: { id: 'mute', vectorOf: () => null } }],
    ['the request was read by another encoder', { vector: new Float32Array(7), embedder: forUtterances() }],
  ])('where %s', (_name, setting) => {
    const { model, because } = run('please refund my order', setting)
    expect(model).toBe('acme/large')
    expect(because).toContain('by words alone, for want of vectors')
  })
})

/** Knows the utterances, and no other text. */
function forUtterances(): TextEmbedder {
  const known = new Set(Object.values(routes).flatMap(({ utterances }) => utterances))
  return { id: 'some', vectorOf: (text) => (known.has(text) ? embedder.vectorOf(text) : null) }
}

describe('a system prompt', () => {
  const prompted = {
    refunds: { ...routes.refunds, systemPrompt: 'Be kind about money.' },
    cards: routes.cards,
  }

  test("stands among the system messages, after the client's own, and nothing else is changed", () => {
    const own = { role: 'system', content: [{ kind: 'text', text: 'Own.' }], name: null } as const
    const request = aRequest({ messages: [own, aUserMessage('my money back')], stream: true })
    const { verdict } = run('', { request, written: { routes: prompted } })
    const rewritten = verdict.kind === 'forward' ? verdict.request : null
    expect(systemTexts(rewritten ?? undefined)).toEqual(['Own.', 'Be kind about money.'])
    expect(rewritten).toMatchObject({ stream: true, messages: [{}, {}, { role: 'user' }] })
    expect(request.messages).toHaveLength(2)
  })

  test('is not given to requests of other routes', () => {
    expect(run('block my card', { written: { routes: prompted } }).verdict).toMatchObject({ request: null })
  })
})

describe('a dynamic route', () => {
  const parameters = { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] }
  const dynamic = {
    extractor: 'acme/reader',
    routes: {
      ...routes,
      refunds: { ...routes.refunds, systemPrompt: 'The order is {{order}}.', parameters },
    },
  }

  test('reads its parameters with the model for that, and puts them into its prompt', () => {
    const { verdict, because, asked } = run('refund my order 77', {
      written: dynamic,
      read: '{"order":"77"}',
    })
    expect(because).toContain('acme/reader read its parameters')
    expect(asked[0]!.responseFormat).toMatchObject({ kind: 'json-schema', schema: parameters })
    expect(verdict.kind === 'forward' && systemTexts(verdict.request ?? undefined)).toEqual([
      'The order is "77".',
    ])
  })

  test.each<readonly [string, Setting, string]>([
    ['fails', {}, 'acme/reader failed: timed-out'],
    ['says something else', { read: '{"order":77}' }, '$.order is not of type string'],
    ['may not serve', { advisers: [] }, 'acme/reader may not read this request'],
  ])('goes on without them where that model %s', (_name, setting, why) => {
    const { verdict, because } = run('refund my order', { written: dynamic, ...setting })
    expect(because).toContain(why)
    expect(verdict.kind === 'forward' && systemTexts(verdict.request ?? undefined)).toEqual([
      'The order is (not given).',
    ])
  })

  test('asks nobody where another route is taken', () => {
    expect(run('block my card', { written: dynamic }).trace.steps).toEqual([])
  })
})

describe('a policy is told what is wrong with it', () => {
  const faults = (written: object) =>
    semantic.faults!(semantic.options.parse({ default: 'acme/small', ...written })).map(({ path, message }) =>
      [path.join('.'), message].join(': '),
    )
  const one = (route: object) => ({ routes: { a: { utterances: ['hello'], ...route } } })
  const parameters = { type: 'object', properties: { order: { type: 'string' } } }

  test.each<readonly [object, string]>([
    [
      { routes: { a: { utterances: ['Hi'] }, b: { utterances: ['x', 'hi '] } } },
      'routes.b.utterances.1: "hi" is an utterance of the route a',
    ],
    [
      one({ systemPrompt: 'For {{order}}' }),
      'has the placeholder {{order}}, and the route has no parameters',
    ],
    [one({ systemPrompt: 'For {{ordr}}', parameters, extractor: 'a/b' }), 'none of the parameters order'],
    [one({ systemPrompt: 'For {{order}}', parameters }), 'need a model that reads them out'],
    [one({ systemPrompt: 'Hello', parameters, extractor: 'a/b' }), 'nothing uses them'],
    [
      one({ systemPrompt: '{{a}}', parameters: { type: 'string' }, extractor: 'a/b' }),
      'no JSON Schema of an object',
    ],
    [
      {
        routes: Object.fromEntries(
          Array.from({ length: 6 }, (_, r) => [
            `r${r}`,
            { utterances: Array.from({ length: 1000 }, (_, u) => `${r} ${u}`) },
          ]),
        ),
      },
      'has 6000 utterances, over 5000',
    ],
  ])('%#', (written, expected) => {
    expect(faults(written).some((fault) => fault.includes(expected))).toBe(true)
  })

  test('and of one that is right, nothing', () => {
    expect(faults(one({ systemPrompt: '{{order}}', parameters, extractor: 'a/b' }))).toEqual([])
    expect(semantic.options.safeParse({ routes: {}, default: 'a/b' }).success).toBe(false)
    expect(semantic.options.safeParse({ ...one({ utterances: [] }), default: 'a/b' }).success).toBe(false)
  })

  test('names ways, advisers and texts', () => {
    const options = semantic.options.parse({
      default: 'general',
      outOfScope: ['sing a song'],
      ...one({ systemPrompt: '{{order}}', parameters, extractor: 'a/b', to: 'c/d' }),
    })
    expect(semantic.ways!(options)).toEqual(['c/d', 'general'])
    expect(semantic.advisers!(options)).toEqual(['a/b'])
    expect(semantic.texts!(options)).toEqual(['hello', 'sing a song'])
  })
})

test('a gateway sends the rewritten request to the model of the route, with what the reader found', async () => {
  const vendor = await aFaultServer({
    small: [{ kind: 'answer', text: '{"order":"A 77"}' }],
    large: [{ kind: 'answer', text: 'Refunded.' }],
  })
  const parameters = { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] }
  const policies = {
    auto: {
      strategy: 'semantic',
      default: 'acme/other',
      extractor: 'acme/small',
      routes: {
        ...routes,
        refunds: { ...routes.refunds, systemPrompt: 'It is about {{order}}.', parameters },
        cards: { ...routes.cards, to: 'acme/other' },
      },
    },
  }
  const config = acmeConfig(vendor.baseUrl, { policies, models: [acmeModel('other', 1)] })
  const { gateway, stored } = await aGateway({ config, variables: acmeKey })
  const reply = await gateway.chat(
    incoming({ model: 'auto', messages: say('I want a refund of my order A 77, my money back') }),
    new AbortController().signal,
  )
  expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/large' } })
  const [asked, sent] = vendor.seen
  expect(JSON.parse(asked!.text)).toMatchObject({ model: 'small', response_format: { type: 'json_schema' } })
  expect(JSON.parse(sent!.text).messages[0]).toMatchObject({ role: 'system', content: 'It is about "A 77".' })
  const [{ decision } = {}] = await stored()
  expect(decision?.because).toMatch(/^route refunds .*acme\/small read its parameters: to acme\/large$/)
})

test('the built-in encoder routes words that no utterance has, with simulated models', async () => {
  const policies = {
    auto: {
      strategy: 'semantic',
      default: 'simulated/mid',
      routes: {
        refunds: { ...routes.refunds, to: 'simulated/nano' },
        cards: { ...routes.cards, to: 'simulated/frontier' },
      },
    },
  }
  const { gateway } = await aGateway({ config: { ...atOnce, policies } })
  const decided = (content: string) => {
    const routed = gateway.route(incoming({ model: 'auto', messages: say(content) }).asked)
    return routed.kind === 'decided' ? routed.decision.chosen : null
  }
  expect(decided('somebody stole my cards')).toBe('simulated/frontier')
  expect(decided('please refund the order')).toBe('simulated/nano')
  expect(decided('Prove that there are infinitely many primes.')).toBe('simulated/mid')
})

test('an encoder of the configuration decides by its vectors, and words do where it is down', async () => {
  const vectorsOf = (input: readonly string[]) =>
    input.map((text, index) => ({ index, embedding: [...embedder.vectorOf(text)!] }))
  let down = false
  const encoder = await anEmbeddingsServer(({ input }) =>
    down ? { kind: 'status', status: 500 } : { kind: 'json', body: { data: vectorsOf(input) } },
  )
  const routesTo = {
    refunds: { ...routes.refunds, to: 'simulated/nano' },
    cards: { ...routes.cards, to: 'simulated/frontier' },
  }
  const { gateway } = await aGateway({
    config: {
      ...atOnce,
      encoder: { kind: 'embeddings', baseUrl: encoder.baseUrl, model: 'embed', timeoutMs: 2000 },
      policies: { auto: { strategy: 'semantic', default: 'simulated/mid', routes: routesTo } },
    },
  })
  const decided = async (content: string) => {
    const { asked } = incoming({ model: 'auto', messages: say(content) })
    const routed = gateway.route(asked, (await gateway.readText?.(asked)) ?? null)
    return routed.kind === 'decided' ? routed.decision : null
  }
  // No utterance has this word: only the encoder knows what it is about.
  expect(await decided('plastic')).toMatchObject({
    chosen: 'simulated/frontier',
    because: expect.not.stringContaining('by words alone'),
  })
  down = true
  expect((await decided('block my card, please'))?.chosen).toBe('simulated/frontier')
})

test('a model of no structured outputs may read parameters too', () => {
  const plain = aCandidate({ model: aModel({ id: 'acme/reader', capabilities: [] }) })
  const parameters = { type: 'object', properties: { order: { type: 'string' } } }
  const written = {
    extractor: 'acme/reader',
    routes: { refunds: { ...routes.refunds, systemPrompt: '{{order}}', parameters }, cards: routes.cards },
  }
  const { asked } = run('refund my order', { written, advisers: [plain], read: '{"order":"1"}' })
  expect(asked[0]!.responseFormat).toEqual({ kind: 'json' })
})
