/** Names a vendor's error: by its structured code, then by a pattern in its sentence, then by its type, then by the HTTP status. */
import type { FailureKind } from '../../domain/failure.ts'

export type VendorError = {
  readonly message: string
  /** `error.details.error_code`, or another gateway's own code. */
  readonly code: string
  /** `error.type`. */
  readonly type: string
  readonly param: string | null
}

export function failureKind({ code, type, message }: VendorError, status: number): FailureKind {
  const text = message.slice(0, 4000)
  const pattern = patterns.find(
    ({ types, words }) => types.includes(type || statusType(status)) && words.test(text),
  )
  return kindOfCode.get(code.toLowerCase()) ?? pattern?.kind ?? kindOfType.get(type) ?? kindOfStatus(status)
}

const codes: Partial<Record<FailureKind, readonly string[]>> = {
  'context-exceeded': ['context_length_exceeded', 'prompt_too_long', 'context_window_exceeded'],
  'content-filtered': ['content_filter', 'content_policy_violation'],
  quota: ['insufficient_quota', 'credit_balance_too_low', 'upstream_quota', 'enterprise_spend_limit_reached'],
  'rate-limited': ['rate_limit_exceeded'],
  overloaded: ['upstream_overloaded', 'compaction_unavailable'],
  unavailable: ['model_not_found', 'upstream_unavailable', 'upstream_credential'],
  'timed-out': ['upstream_timeout'],
}

const kindOfCode: ReadonlyMap<string, FailureKind> = new Map(
  Object.entries(codes).flatMap(([kind, list]) => list.map((code) => [code, kind as FailureKind] as const)),
)

type Pattern = { readonly kind: FailureKind; readonly types: readonly string[]; readonly words: RegExp }

const requestFaults = ['invalid_request_error', 'permission_error', 'billing_error', 'request_too_large']

/** The vendor gives one type to all that is wrong with a request; which of it, only the sentence tells. */
const patterns: readonly Pattern[] = [
  {
    kind: 'quota',
    types: [...requestFaults, 'rate_limit_error'],
    words:
      /credit balance is too low|insufficient (?:credits?|balance|quota|funds)|(?:spend(?:ing)?|usage) limits?.{0,60}(?:reached|exceeded)|reached your specified .{0,20}usage limits|purchase credits|out of credits/i,
  },
  {
    kind: 'context-exceeded',
    types: [...requestFaults, 'api_error'],
    words:
      /prompt is too long|exceeds? (?:the )?context (?:limit|window|length)|context[ _-](?:length|window|limit)|input is too long|max_tokens: \d+ > \d+|too many (?:images|total text bytes|tokens)|maximum (?:allowed )?number of (?:pdf pages|output tokens)|image exceeds/i,
  },
  {
    kind: 'content-filtered',
    types: [...requestFaults, 'api_error'],
    words:
      /blocked by (?:content filter|our (?:safety|usage))|content filter(?:ing)? policy|usage polic|violat\w+.{0,60}(?:polic|guideline|terms)|safety (?:system|classifier)/i,
  },
  {
    kind: 'credential',
    types: ['invalid_request_error', 'api_error'],
    words:
      /(?:invalid|missing|incorrect|expired|revoked) (?:x-)?api[ _-]?key|organization has been disabled/i,
  },
  {
    kind: 'rate-limited',
    types: ['api_error', 'overloaded_error'],
    words: /rate[ _-]?limit|too many requests/i,
  },
  { kind: 'overloaded', types: ['api_error', 'rate_limit_error'], words: /overloaded|at capacity/i },
]

/** See https://platform.claude.com/docs/en/api/errors. `invalid_request_error` stands for other faults of the request too. */
const kindOfType: ReadonlyMap<string, FailureKind> = new Map([
  ['authentication_error', 'credential'],
  ['permission_error', 'credential'],
  ['billing_error', 'quota'],
  // A model that is gone, here or for this key: another model can give an answer.
  ['not_found_error', 'unavailable'],
  ['request_too_large', 'context-exceeded'],
  ['rate_limit_error', 'rate-limited'],
  ['timeout_error', 'timed-out'],
  ['overloaded_error', 'overloaded'],
  ['api_error', 'unavailable'],
  ['invalid_request_error', 'rejected'],
])

/** The type that goes with a status, for the errors of proxies, which have none. */
const statusType = (status: number): string =>
  status >= 500 || status === 200
    ? 'api_error'
    : status === 429
      ? 'rate_limit_error'
      : 'invalid_request_error'

function kindOfStatus(status: number): FailureKind {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'credential'
    case 402:
      return 'quota'
    case 404:
    case 409:
    case 410:
      return 'unavailable'
    case 408:
    case 504:
    case 522:
    case 524:
      return 'timed-out'
    case 413:
      return 'context-exceeded'
    case 429:
      return 'rate-limited'
    case 503:
    case 529:
      return 'overloaded'
    default:
      return status >= 400 && status < 500 ? 'rejected' : 'unavailable'
  }
}
