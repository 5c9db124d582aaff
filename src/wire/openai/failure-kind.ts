/** Names a vendor's error: by its structured code, then by a pattern in its sentence, then by the HTTP status. */
import type { FailureKind } from '../../domain/failure.ts'
import type { VendorError } from './vendor-error.ts'

export function failureKind(error: VendorError, status: number): FailureKind {
  const text = error.message.slice(0, 4000)
  // Larger than a limit per minute: waiting never helps, though the code says `rate_limit_exceeded`.
  if (status === 413 || /request too large for/i.test(text)) return 'context-exceeded'
  if (error.flagged) return 'content-filtered'
  for (const word of error.words) {
    const kind = kindOfWord.get(word.toLowerCase())
    if (kind !== undefined) return kind
  }
  const pattern = patterns.find(({ statuses, words }) => statuses.includes(status) && words.test(text))
  return pattern?.kind ?? kindOfStatus(status)
}

// Words that say no more than the status does (`invalid_request_error`, `server_error`, `NOT_FOUND`) are left out.
const words: Partial<Record<FailureKind, readonly string[]>> = {
  'context-exceeded': [
    'context_length_exceeded',
    'context_window_exceeded',
    'exceed_context_size_error',
    'string_above_max_length',
    'request_too_large',
  ],
  'content-filtered': [
    'content_policy_violation',
    'content_filter',
    'content_filtered',
    'responsibleaipolicyviolation',
    'moderation_blocked',
    'image_content_policy_violation',
    'data_inspection_failed',
    'invalid_prompt',
  ],
  // In a response object no HTTP status says whose fault it is.
  rejected: [
    'invalid_image',
    'invalid_image_format',
    'invalid_base64_image',
    'invalid_image_url',
    'invalid_image_mode',
    'image_too_large',
    'image_too_small',
    'image_parse_error',
    'image_file_too_large',
    'unsupported_image_media_type',
    'empty_image_file',
    'failed_to_download_image',
    'image_file_not_found',
  ],
  quota: [
    'insufficient_quota',
    'insufficient_balance',
    'insufficient_credits',
    'billing_hard_limit_reached',
    'billing_not_active',
    'exceeded_current_quota_error',
    'payment_required',
    'budget_exhausted',
  ],
  credential: [
    'invalid_api_key',
    'incorrect_api_key',
    'api_key_invalid',
    'invalid_authentication_error',
    'authentication_error',
    'permission_error',
    'permission_denied',
    'unauthenticated',
    'account_deactivated',
    'organization_restricted',
  ],
  'rate-limited': [
    'rate_limit_exceeded',
    'rate_limit_error',
    'rate_limit_reached_error',
    'rate_limited',
    'too_many_requests',
    'resource_exhausted',
  ],
  overloaded: [
    'overloaded_error',
    'engine_overloaded',
    'engine_overloaded_error',
    'model_overloaded',
    'service_tier_capacity_exceeded',
    'capacity_exceeded',
    'slow_down',
    'unavailable',
  ],
  'timed-out': ['deadline_exceeded', 'request_timeout', 'timeout_error'],
  // A model that is gone, here or for this key. Not `credential`: that would stop the key's other models too; and not
  // `rejected`: the client asked Fairlead for an answer, and another model can give one.
  unavailable: [
    'model_not_found',
    'model_not_available',
    'model_decommissioned',
    'deploymentnotfound',
    'notfounderror',
  ],
}

const kindOfWord: ReadonlyMap<string, FailureKind> = new Map(
  Object.entries(words).flatMap(([kind, list]) => list.map((word) => [word, kind as FailureKind] as const)),
)

type Pattern = {
  readonly kind: FailureKind
  /** 200 stands for an error whose body names no status. */
  readonly statuses: readonly number[]
  readonly words: RegExp
}

const patterns: readonly Pattern[] = [
  {
    kind: 'context-exceeded',
    statuses: [200, 400, 404, 422, 500],
    words:
      /context[ _-]?(?:length|window|size|limit)|maximum prompt length|prompt (?:is|was)? ?too long|too (?:many|large).{0,40}tokens|input token count.{0,40}exceeds|tokens.{0,60}exceed.{0,40}(?:limit|maximum)|reduce the length of the|max_new_tokens. must be|max_(?:completion_)?tokens\W{0,3}is too large|input is too long/i,
  },
  {
    kind: 'content-filtered',
    statuses: [200, 400, 403, 422],
    words:
      /content (?:management )?policy|content[ _-]filter|flagged (?:as|by|for)|violat\w+.{0,60}(?:polic|guideline|terms)|safety (?:system|check)|content exists risk|inappropriate content/i,
  },
  {
    kind: 'quota',
    statuses: [200, 400, 402, 403, 429],
    words:
      /insufficient (?:credits?|balance|quota|funds)|exceeded your current quota|credit balance|used all available credits|spending limit|out of credits|more credits|check your plan and billing|billing/i,
  },
  {
    kind: 'credential',
    statuses: [200, 400, 500],
    words:
      /api[ _-]?key (?:is |was )?(?:not valid|invalid|missing|expired)|(?:in)?(?:correct|valid) api[ _-]?key|location is not supported/i,
  },
  {
    kind: 'overloaded',
    statuses: [200, 429, 500, 502],
    words:
      /overloaded|at capacity|capacity (?:is )?exceeded|no available (?:capacity|workers)|loading model/i,
  },
  { kind: 'rate-limited', statuses: [200, 400, 500, 503], words: /rate[ _-]?limit|too many requests/i },
  { kind: 'timed-out', statuses: [200, 500], words: /timed? ?out/i },
]

function kindOfStatus(status: number): FailureKind {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'credential'
    case 402:
      return 'quota'
    // 404 is also what a wrong base URL gives; 409 a conflict that passes.
    case 404:
    case 409:
    case 410:
      return 'unavailable'
    case 408:
    case 504:
    case 522:
    case 524:
      return 'timed-out'
    case 429:
      return 'rate-limited'
    // 498: Groq's flexible tier is full. 529: Anthropic's word, that others took over.
    case 498:
    case 503:
    case 529:
      return 'overloaded'
    default:
      return status >= 400 && status < 500 ? 'rejected' : 'unavailable'
  }
}
