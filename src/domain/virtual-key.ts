import type { Brand } from './brand.ts'
import type { RateLimits, SpendLimit } from './limits.ts'

export type KeyId = Brand<string, 'KeyId'>

/** What a key or a group may use. */
export type Access = {
  /** Policies by name; `null`: all. */
  readonly policies: readonly string[] | null
  /** Models by id, or by vendor as `vendor/*`; `null`: all. Holds for whatever a policy chooses as well. */
  readonly models: readonly string[] | null
  /** Tools of MCP servers, as `server/tool` or `server/*`; `null`: all. */
  readonly tools: readonly string[] | null
}

/** Whether a list names something by `kind/name`, or all of its kind by `kind/*`; `null` names everything. */
export const permits = (list: readonly string[] | null, name: string): boolean =>
  list === null ||
  list.includes(name) ||
  list.some((one) => one.endsWith('*') && name.startsWith(one.slice(0, -1)))

export const fullAccess: Access = { policies: null, models: null, tools: null }

/** One of the secrets of a key: only its hash is kept. While a key is rotated, it has two. */
export type KeySecret = {
  /** SHA-256 of the whole secret, in hex. Secrets are random (256 bits): they need no slow hash. */
  readonly hash: string
  /** Its first characters, to tell keys apart in lists. */
  readonly hint: string
  /** ISO 8601, UTC; `null`: it holds as long as its key. */
  readonly expiresAt: string | null
}

/** What clients of Fairlead show in place of a vendor's key. Times are ISO 8601, UTC. */
export type VirtualKey = Access & {
  readonly id: KeyId
  readonly name: string
  readonly secrets: readonly KeySecret[]
  /** A group of kind `project`, or of kind `team`; `null`: none. */
  readonly group: string | null
  /** Whose requests they are, where the request names nobody. */
  readonly user: string | null
  /** Given to each of its requests beside the request's own. */
  readonly tags: readonly string[]
  readonly spendLimits: readonly SpendLimit[]
  readonly rateLimits: RateLimits
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

/** A team, or a project within one: what holds for all their keys together. */
export type KeyGroup = Access & {
  readonly id: string
  readonly kind: 'team' | 'project'
  readonly name: string
  /** The team of a project; `null`: a team, or a project of its own. */
  readonly team: string | null
  readonly spendLimits: readonly SpendLimit[]
  readonly rateLimits: RateLimits
  readonly createdAt: string
}

/** Who sent a request, as its decision records it. */
export type Caller = {
  readonly key: KeyId | null
  readonly team: string | null
  readonly project: string | null
  readonly user: string | null
  readonly tags: readonly string[]
  readonly session: string | null
  readonly episode: string | null
}

export const nobody: Caller = {
  key: null,
  team: null,
  project: null,
  user: null,
  tags: [],
  session: null,
  episode: null,
}
