/** Expected failures are values. The kinds are DESIGN.md 8's; what follows from each is one table below. */
export type FailureKind =
  | 'rate-limited'
  | 'timed-out'
  | 'unavailable'
  | 'overloaded'
  | 'context-exceeded'
  | 'content-filtered'
  | 'credential'
  | 'quota'
  | 'rejected'
  | 'truncated'
  | 'unreadable'
  | 'budget-exhausted'
  | 'cancelled'

export type Failure = {
  readonly kind: FailureKind
  /** What happened and what to do about it, for the person who reads it. Never holds a secret. */
  readonly message: string
  /** A stable code for programs; the table's, unless something more exact is known. */
  readonly code: string
  /** The vendor's own HTTP status, where there was one. */
  readonly vendorStatus: number | null
  /** How long the vendor asked to be left alone. */
  readonly retryAfterMs: number | null
  /** The request field at fault, in the client's own format. */
  readonly param: string | null
}

/** How much a failure speaks for: one key, one key on one model, or one endpoint whatever the key. */
export type BreakerScope = 'credential' | 'rate' | 'target'

type Consequence = {
  /** May the same target be tried again within this request? */
  readonly retryHere: boolean
  /** May another target of the same model be tried? */
  readonly otherTarget: boolean
  /** May another model be tried? */
  readonly otherModel: boolean
  /** Which breaker the failure counts against; a target's failures count against its vendor as well. */
  readonly breaker: BreakerScope | 'none'
  /** HTTP status and code that the client sees when this failure is the last word. */
  readonly status: number
  readonly code: string
}

export const consequences: Readonly<Record<FailureKind, Consequence>> = {
  'rate-limited': {
    retryHere: true,
    otherTarget: true,
    otherModel: true,
    breaker: 'rate',
    status: 429,
    code: 'rate_limit_exceeded',
  },
  'timed-out': {
    retryHere: false,
    otherTarget: true,
    otherModel: true,
    breaker: 'target',
    status: 504,
    code: 'upstream_timeout',
  },
  unavailable: {
    retryHere: true,
    otherTarget: true,
    otherModel: true,
    breaker: 'target',
    status: 502,
    code: 'upstream_unavailable',
  },
  overloaded: {
    retryHere: true,
    otherTarget: true,
    otherModel: true,
    breaker: 'target',
    status: 503,
    code: 'upstream_overloaded',
  },
  'context-exceeded': {
    retryHere: false,
    otherTarget: false,
    otherModel: true,
    breaker: 'none',
    status: 400,
    code: 'context_length_exceeded',
  },
  'content-filtered': {
    retryHere: false,
    otherTarget: false,
    otherModel: false,
    breaker: 'none',
    status: 400,
    code: 'content_filter',
  },
  credential: {
    retryHere: false,
    otherTarget: true,
    otherModel: true,
    breaker: 'credential',
    status: 502,
    code: 'upstream_credential',
  },
  quota: {
    retryHere: false,
    otherTarget: true,
    otherModel: true,
    breaker: 'credential',
    status: 502,
    code: 'upstream_quota',
  },
  rejected: {
    retryHere: false,
    otherTarget: false,
    otherModel: false,
    breaker: 'none',
    status: 400,
    code: 'invalid_request',
  },
  truncated: {
    retryHere: true,
    otherTarget: true,
    otherModel: true,
    breaker: 'target',
    status: 502,
    code: 'upstream_truncated',
  },
  unreadable: {
    retryHere: false,
    otherTarget: true,
    otherModel: true,
    breaker: 'target',
    status: 502,
    code: 'upstream_unreadable',
  },
  'budget-exhausted': {
    retryHere: false,
    otherTarget: false,
    otherModel: false,
    breaker: 'none',
    status: 402,
    code: 'budget_exhausted',
  },
  cancelled: {
    retryHere: false,
    otherTarget: false,
    otherModel: false,
    breaker: 'none',
    status: 499,
    code: 'cancelled',
  },
}

/** Codes whose status says more than that of their kind. */
const exactStatuses: Partial<Record<FailureKind, Readonly<Record<string, number>>>> = {
  rejected: {
    api_key_required: 401,
    invalid_api_key: 401,
    api_key_expired: 401,
    api_key_revoked: 401,
    policy_not_allowed: 403,
    model_not_allowed: 403,
    not_found: 404,
    model_not_found: 404,
    conflict: 409,
    body_too_large: 413,
    unsupported_encoding: 415,
  },
  unavailable: { internal_error: 500 },
}

/** The HTTP status that a client sees. */
export const statusOf = ({ kind, code }: Failure): number =>
  exactStatuses[kind]?.[code] ?? consequences[kind].status

export function failure(
  kind: FailureKind,
  message: string,
  details: Partial<Omit<Failure, 'kind' | 'message'>> = {},
): Failure {
  return {
    kind,
    message,
    code: consequences[kind].code,
    vendorStatus: null,
    retryAfterMs: null,
    param: null,
    ...details,
  }
}
