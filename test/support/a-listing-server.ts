import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A page by its path: a value is sent as JSON, a text as it is; a function is asked with the request's body. `null`: never answered. */
export type Pages = Readonly<Record<string, unknown>>

export type SeenPage = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** A server with these pages and no others. Closed with the test. */
export async function aListingServer(
  pages: Pages,
): Promise<{ readonly root: string; readonly seen: readonly SeenPage[] }> {
  const seen: SeenPage[] = []
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { url: path = '', method = '', headers } = request
    seen.push({ method, path, headers })
    const text = Buffer.concat(chunks).toString('utf8')
    const page = pages[path]
    if (page === null) return
    const said = typeof page === 'function' ? page(text === '' ? null : JSON.parse(text)) : page
    if (said === undefined) response.writeHead(404).end('404 page not found')
    else if (typeof said === 'string') response.end(said)
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** What servers of several kinds list, in the shapes of their documentation. */
export const ollamaPages: Pages = {
  '/api/tags': {
    models: [
      listedByOllama('llama3.2:latest', 'llama', '3.2B'),
      listedByOllama('qwen3-vl:8b', 'qwen3vl', '8.8B'),
      listedByOllama('nomic-embed-text:latest', 'nomic-bert', '137M'),
    ],
  },
  '/api/ps': {
    models: [
      {
        name: 'qwen3-vl:8b',
        model: 'qwen3-vl:8b',
        size: 9_000_000_000,
        size_vram: 9_000_000_000,
        context_length: 16_384,
      },
    ],
  },
  '/api/show': ({ model }: { model: string }) => shownByOllama[model],
  '/v1/models': {
    object: 'list',
    data: [{ id: 'llama3.2:latest', object: 'model', created: 1_700_000_000, owned_by: 'library' }],
  },
}

function listedByOllama(name: string, family: string, size: string) {
  const details = {
    parent_model: '',
    format: 'gguf',
    family,
    families: [family],
    parameter_size: size,
    quantization_level: 'Q4_K_M',
  }
  return {
    name,
    model: name,
    modified_at: '2026-10-01T10:00:00Z',
    size: 2_019_393_189,
    digest: 'a80c4f17acd5',
    details,
  }
}

const shownByOllama: Readonly<Record<string, object>> = {
  'llama3.2:latest': {
    parameters: 'num_ctx                        8192\nstop                           "<|eot_id|>"',
    model_info: { 'general.architecture': 'llama', 'llama.context_length': 131_072 },
    capabilities: ['completion', 'tools'],
  },
  'qwen3-vl:8b': {
    parameters: 'temperature                    1',
    model_info: { 'general.architecture': 'qwen3vl', 'qwen3vl.context_length': 262_144 },
    capabilities: ['completion', 'vision', 'tools', 'thinking'],
  },
  'nomic-embed-text:latest': {
    model_info: {
      'general.architecture': 'nomic-bert',
      'nomic-bert.context_length': 2048,
      'nomic-bert.embedding_length': 768,
    },
    capabilities: ['embedding'],
  },
}

export const openrouterPages: Pages = {
  '/api/v1/models': {
    data: [
      listedByOpenrouter('acme/quick', {
        prompt: '0.0000001',
        completion: '0.0000004',
        input_cache_read: '0.000000025',
      }),
      listedByOpenrouter('acme/free:free', { prompt: '0', completion: '0', request: '0' }),
      listedByOpenrouter('openrouter/auto', { prompt: '-1', completion: '-1' }),
      listedByOpenrouter('acme/searching', { prompt: '0.000001', completion: '0.000001', request: '0.005' }),
      {
        ...listedByOpenrouter('acme/painter', { prompt: '0.0000003', completion: '0.0000025' }),
        architecture: { modality: 'text->image', input_modalities: ['text'], output_modalities: ['image'] },
      },
    ],
  },
}

function listedByOpenrouter(id: string, pricing: object) {
  return {
    id,
    canonical_slug: id,
    name: id,
    created: 1_760_000_000,
    description: 'A model.',
    context_length: 200_000,
    architecture: {
      modality: 'text+image->text',
      input_modalities: ['text', 'image', 'file'],
      output_modalities: ['text'],
      tokenizer: 'Other',
      instruct_type: null,
    },
    pricing,
    top_provider: { context_length: 128_000, max_completion_tokens: 16_384, is_moderated: false },
    per_request_limits: null,
    supported_parameters: ['max_tokens', 'reasoning', 'structured_outputs', 'tools'],
  }
}
