import { describe, expect, test } from 'vitest'
import {
  aListingServer,
  ollamaPages,
  openrouterPages,
  type Pages,
} from '../../../test/support/a-listing-server.ts'
import { Secret } from '../../domain/secret.ts'
import { type Askable, discover } from './discover.ts'

const patienceMs = 5_000

async function asked(
  pages: Pages,
  { path = '/v1', ...changes }: Partial<Askable['vendor']> & { path?: string } = {},
) {
  const server = await aListingServer(pages)
  const vendor = {
    name: 'acme',
    title: 'Acme',
    baseUrl: server.root + path,
    auth: { kind: 'bearer' },
    local: false,
    ...changes,
  } as const
  const discovery = await discover(
    { vendor, credential: new Secret('key-1'), headers: { 'X-Team': new Secret('blue') } },
    patienceMs,
  )
  return { discovery, ...server }
}

describe("servers on one's own hardware", () => {
  const local = { local: true, auth: { kind: 'none' } } as const

  test('Ollama: what each model can do, and the window that it really has', async () => {
    const { discovery, root } = await asked(ollamaPages, local)
    expect(discovery).toMatchObject({
      kind: 'listed',
      url: `${root}/api/tags`,
      models: [
        {
          name: 'llama3.2:latest',
          kind: 'chat',
          contextWindow: 8_192,
          capabilities: ['tools', 'json-schema'],
          note: null,
        },
        {
          name: 'qwen3-vl:8b',
          contextWindow: 16_384,
          capabilities: ['images', 'tools', 'reasoning', 'json-schema'],
        },
        { name: 'nomic-embed-text:latest', kind: 'embeddings' },
      ],
    })
  })

  test('Ollama: a window that nobody has set may be shorter than the model allows', async () => {
    const { discovery } = await asked({ ...ollamaPages, '/api/ps': { models: [] } }, local)
    expect(discovery).toMatchObject({
      models: [
        { note: null },
        { contextWindow: 262_144, note: expect.stringContaining('OLLAMA_CONTEXT_LENGTH') },
        {},
      ],
    })
  })

  test('Ollama of before capabilities were listed', async () => {
    const show = () => ({
      parameters: '',
      model_info: { 'general.architecture': 'llama', 'llama.context_length': 8_192 },
    })
    const { discovery } = await asked({ ...ollamaPages, '/api/show': show }, local)
    expect(discovery).toMatchObject({
      models: [{ kind: 'chat', contextWindow: 8_192, capabilities: null }, {}, {}],
    })
  })

  test('LM Studio: kinds, states, and the window of a model that is loaded', async () => {
    const entry = (id: string, type: string, more: object) => ({
      id,
      object: 'model',
      type,
      publisher: 'mlx-community',
      arch: 'qwen2_vl',
      compatibility_type: 'mlx',
      quantization: '4bit',
      max_context_length: 32_768,
      ...more,
    })
    const { discovery, root } = await asked(
      {
        '/api/v0/models': {
          object: 'list',
          data: [
            entry('qwen2-vl-7b-instruct', 'vlm', { state: 'not-loaded' }),
            entry('qwen3-8b', 'llm', {
              state: 'loaded',
              loaded_context_length: 4_096,
              capabilities: ['tool_use'],
            }),
            entry('text-embedding-nomic', 'embeddings', { state: 'not-loaded' }),
          ],
        },
      },
      local,
    )
    expect(discovery).toMatchObject({
      url: `${root}/api/v0/models`,
      models: [
        {
          contextWindow: 32_768,
          capabilities: ['tools', 'images', 'json-schema'],
          note: expect.stringContaining('not loaded'),
        },
        { contextWindow: 4_096, capabilities: ['tools', 'json-schema'], note: null },
        { kind: 'embeddings' },
      ],
    })
  })

  test('llama.cpp: the window of a slot, not that of the model', async () => {
    const { discovery } = await asked(
      {
        '/props': {
          default_generation_settings: { id: 0, n_ctx: 4_096, params: {} },
          total_slots: 4,
          model_path: '/models/gemma.gguf',
          chat_template: '{% if tools %}{{ tools }}{% endif %}',
          modalities: { vision: true, audio: false },
        },
        '/v1/models': {
          object: 'list',
          data: [
            {
              id: 'gemma',
              object: 'model',
              owned_by: 'llamacpp',
              meta: { n_ctx_train: 131_072, n_embd: 2_048 },
            },
          ],
        },
      },
      local,
    )
    expect(discovery).toMatchObject({
      models: [{ name: 'gemma', contextWindow: 4_096, capabilities: ['tools', 'images', 'json-schema'] }],
    })
  })

  test('vLLM: the window that it was started with', async () => {
    const model = {
      id: 'Qwen/Qwen3-8B',
      object: 'model',
      created: 1,
      owned_by: 'vllm',
      root: 'Qwen/Qwen3-8B',
      parent: null,
      max_model_len: 16_384,
      permission: [],
    }
    const { discovery } = await asked({ '/v1/models': { object: 'list', data: [model] } }, local)
    expect(discovery).toMatchObject({
      models: [{ name: 'Qwen/Qwen3-8B', contextWindow: 16_384, capabilities: null, prices: null }],
    })
  })
})

test('OpenRouter: prices per million tokens, and none where there is no price per token', async () => {
  const { discovery, seen } = await asked(openrouterPages, { path: '/api/v1' })
  expect(discovery).toMatchObject({
    models: [
      {
        name: 'acme/quick',
        contextWindow: 128_000,
        maxOutputTokens: 16_384,
        capabilities: ['tools', 'json-schema', 'reasoning', 'images', 'files'],
        prices: { input: 0.1, output: 0.4, cachedRead: 0.025 },
      },
      { name: 'acme/free:free', prices: { input: 0, output: 0 } },
      { name: 'openrouter/auto', prices: { input: 'unknown', output: 'unknown' } },
      {
        name: 'acme/searching',
        prices: { input: 'unknown', output: 'unknown' },
        note: expect.stringContaining('price per request'),
      },
      { name: 'acme/painter', kind: 'other' },
    ],
  })
  // A vendor elsewhere is asked for no local server's pages, and for its list once.
  expect(seen.map(({ path }) => path)).toEqual(['/api/v1/models'])
  expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer key-1', 'x-team': 'blue' })
})

test('OpenAI and those like it: names, and the window where they add it', async () => {
  const data = [
    { id: 'gpt-5-mini', object: 'model', created: 1_754_425_928, owned_by: 'system' },
    { id: 'text-embedding-3-small', object: 'model', created: 1, owned_by: 'system' },
    { id: 'whisper-1', object: 'model', created: 1, owned_by: 'openai-internal' },
    {
      id: 'llama-3.3-70b',
      object: 'model',
      owned_by: 'Meta',
      active: true,
      context_window: 131_072,
      max_completion_tokens: 32_768,
    },
    { object: 'model' },
  ]
  const { discovery } = await asked({ '/v1/models': { object: 'list', data } })
  expect(discovery).toMatchObject({
    models: [
      { name: 'gpt-5-mini', kind: 'chat', contextWindow: null, prices: null, capabilities: null },
      { kind: 'embeddings' },
      { kind: 'other' },
      { contextWindow: 131_072, maxOutputTokens: 32_768 },
    ],
  })
})

test('a list without its object, and one that comes in pages', async () => {
  const bare = await asked({
    '/v1/models': [
      { id: 'a', type: 'chat', context_length: 4_096 },
      { id: 'b', type: 'image' },
    ],
  })
  expect(bare.discovery).toMatchObject({
    models: [
      { name: 'a', contextWindow: 4_096 },
      { name: 'b', kind: 'other' },
    ],
  })
  const paged = await asked({
    '/v1/models': { data: [{ id: 'one', type: 'model' }], has_more: true },
    '/v1/models?limit=1000': {
      data: [
        { id: 'one', type: 'model' },
        { id: 'two', type: 'model' },
      ],
      has_more: false,
    },
  })
  expect(paged.discovery).toMatchObject({ models: [{ name: 'one' }, { name: 'two' }] })
})

describe('a vendor that says nothing of use', () => {
  test.each<readonly [string, Pages, string]>([
    ['no such page', {}, 'answered with status 404'],
    ['a page of HTML', { '/v1/models': '<html>' }, 'no list that Fairlead can read'],
    ['another kind of list', { '/v1/models': { models: 'none' } }, 'no list that Fairlead can read'],
  ])('%s', async (_what, pages, told) => {
    const { discovery } = await asked(pages)
    expect(discovery).toMatchObject({ kind: 'silent', why: expect.stringContaining(told) })
  })

  test('nobody listens there, and no password is told', async () => {
    const { root } = await aListingServer({})
    const { port } = new URL(root)
    const vendor = {
      name: 'acme',
      title: 'Acme',
      baseUrl: `http://me:secret-word@127.0.0.1:${Number(port) - 1}/v1`,
      auth: { kind: 'none' },
      local: false,
    } as const
    const discovery = await discover({ vendor, credential: null, headers: {} }, patienceMs)
    expect(discovery.kind).toBe('silent')
    expect(JSON.stringify(discovery)).not.toContain('secret-word')
  })

  test('a server that does not answer is not waited for, and half a list is none', async () => {
    const { root } = await aListingServer({ ...ollamaPages, '/api/show': null })
    const vendor = {
      name: 'acme',
      title: 'Acme',
      baseUrl: `${root}/v1`,
      auth: { kind: 'none' },
      local: true,
    } as const
    const discovery = await discover({ vendor, credential: null, headers: {} }, 100)
    expect(discovery).toMatchObject({ kind: 'silent', why: 'no list came within 100 ms' })
  })
})
