/** Errors as vendors' OpenAI-compatible endpoints send them. */

import type { FailureKind } from '../../../src/domain/failure.ts'

export type VendorErrorCase = {
  readonly vendor: string
  readonly what: string
  readonly status: number
  /** A text goes out as a page, anything else as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly kind: FailureKind
}

const error = (fields: object) => ({ error: fields })

export const vendorErrors: readonly VendorErrorCase[] = [
  {
    vendor: 'OpenAI',
    what: 'rate limit',
    status: 429,
    headers: { 'retry-after-ms': '20' },
    body: error({
      message:
        'Rate limit reached for gpt-5-mini in organization org-1 on requests per min (RPM): Limit 3, Used 3, Requested 1.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    }),
    kind: 'rate-limited',
  },
  {
    vendor: 'OpenAI',
    what: 'no credit',
    status: 429,
    body: error({
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
    }),
    kind: 'quota',
  },
  {
    vendor: 'OpenAI',
    what: 'server error',
    status: 500,
    body: error({
      message: 'The server had an error while processing your request. Sorry about that!',
      type: 'server_error',
      param: null,
      code: null,
    }),
    kind: 'unavailable',
  },
  {
    vendor: 'OpenAI',
    what: 'unknown parameter',
    status: 400,
    body: error({
      message: 'Unrecognized request argument supplied: temperatur',
      type: 'invalid_request_error',
      param: null,
      code: null,
    }),
    kind: 'rejected',
  },
  {
    vendor: 'OpenAI',
    what: 'prompt too long',
    status: 400,
    body: error({
      message:
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    }),
    kind: 'context-exceeded',
  },
  {
    vendor: 'Anthropic',
    what: 'overloaded',
    status: 529,
    body: {
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
      request_id: 'req_1',
    },
    kind: 'overloaded',
  },
  {
    vendor: 'Anthropic',
    what: 'bad key',
    status: 401,
    body: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
    kind: 'credential',
  },
  {
    vendor: 'Google',
    what: 'quota of a minute',
    status: 429,
    body: [
      error({
        code: 429,
        message: 'Resource has been exhausted (e.g. check quota).',
        status: 'RESOURCE_EXHAUSTED',
      }),
    ],
    kind: 'rate-limited',
  },
  {
    vendor: 'Google',
    what: 'overloaded',
    status: 503,
    body: [
      error({
        code: 503,
        message: 'The model is overloaded. Please try again later.',
        status: 'UNAVAILABLE',
      }),
    ],
    kind: 'overloaded',
  },
  {
    vendor: 'Azure',
    what: 'rate limit',
    status: 429,
    headers: { 'retry-after-ms': '20' },
    body: error({
      code: '429',
      message:
        'Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded token rate limit of your current pricing tier.',
    }),
    kind: 'rate-limited',
  },
  {
    vendor: 'Azure',
    what: 'content filter',
    status: 400,
    body: error({
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { violence: { filtered: true, severity: 'medium' } },
      },
    }),
    kind: 'content-filtered',
  },
  {
    vendor: 'Groq',
    what: 'tokens of a minute',
    status: 429,
    body: error({
      message:
        'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): Limit 12000, Used 2542, Requested 9855. Please try again in 20ms.',
      type: 'tokens',
      code: 'rate_limit_exceeded',
    }),
    kind: 'rate-limited',
  },
  {
    vendor: 'Groq',
    what: 'request larger than a minute',
    status: 413,
    body: error({
      message:
        'Request too large for model `llama-3.3-70b-versatile` on tokens per minute (TPM): Limit 12000, Requested 14137, please reduce your message size and try again.',
      type: 'tokens',
      code: 'rate_limit_exceeded',
    }),
    kind: 'context-exceeded',
  },
  {
    vendor: 'Mistral',
    what: 'rate limit',
    status: 429,
    body: {
      object: 'error',
      message: 'Rate limit exceeded',
      type: 'rate_limited',
      param: null,
      code: '1300',
      raw_status_code: 429,
    },
    kind: 'rate-limited',
  },
  {
    vendor: 'Mistral',
    what: 'no capacity',
    status: 429,
    body: {
      object: 'error',
      message: 'Service tier capacity exceeded for this model.',
      type: 'invalid_request_error',
      param: null,
      code: null,
    },
    kind: 'overloaded',
  },
  {
    vendor: 'Ollama',
    what: 'model not pulled',
    status: 404,
    body: error({
      message: 'model "qwen3" not found, try pulling it first',
      type: 'api_error',
      param: null,
      code: null,
    }),
    kind: 'unavailable',
  },
  {
    vendor: 'OpenRouter',
    what: 'provider rate limit',
    status: 429,
    body: error({
      message: 'Provider returned error',
      code: 429,
      metadata: { raw: 'The model is temporarily rate-limited upstream.', provider_name: 'Example' },
    }),
    kind: 'rate-limited',
  },
  {
    vendor: 'OpenRouter',
    what: 'no credit',
    status: 402,
    body: error({ message: 'Insufficient credits. Add more credits and retry the request.', code: 402 }),
    kind: 'quota',
  },
  {
    vendor: 'DeepSeek',
    what: 'no balance',
    status: 402,
    body: error({
      message: 'Insufficient Balance',
      type: 'unknown_error',
      param: null,
      code: 'invalid_request_error',
    }),
    kind: 'quota',
  },
  {
    vendor: 'vLLM',
    what: 'prompt too long',
    status: 400,
    body: {
      object: 'error',
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens in the messages.",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    kind: 'context-exceeded',
  },
  {
    vendor: 'a proxy',
    what: 'a page with status 502',
    status: 502,
    body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
    kind: 'unavailable',
  },
]

/** Errors inside a stream that began with status 200. */
export const vendorErrorEvents: readonly { readonly vendor: string; readonly event: string }[] = [
  {
    vendor: 'OpenAI, vLLM',
    event:
      'data: {"error":{"message":"The server had an error","type":"server_error","param":null,"code":500}}\n\n',
  },
  {
    vendor: 'Anthropic',
    event:
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  },
  {
    vendor: 'OpenRouter',
    event:
      'data: {"id":"gen-1","object":"chat.completion.chunk","created":1700000000,"model":"small","error":{"code":"server_error","message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n',
  },
  { vendor: 'Ollama', event: 'data: {"error":"model runner has unexpectedly stopped"}\n\n' },
]
