/** Which vendors may serve a request: all that is said here must hold of them. */
export type VendorConditions = {
  /** By name; `null`: all. */
  readonly only: readonly string[] | null
  readonly ignore: readonly string[]
  readonly data: DataPolicy
  /** `null`: anywhere. */
  readonly regions: readonly string[] | null
}

/** What a vendor may do with what it is sent, at most. */
export const dataPolicies = ['any', 'no-training', 'zero-retention'] as const
export type DataPolicy = (typeof dataPolicies)[number]

export const cacheWishes = ['off', 'refresh'] as const
export type CacheWish = (typeof cacheWishes)[number]

/** What a client may say about one request, in headers (`x-fairlead-*`) or in the body's `fairlead` object. */
export type RoutingOptions = {
  /** Models to try when the chosen one fails, in order: OpenRouter's `models`, LiteLLM's `fallbacks`. */
  readonly fallbacks: readonly string[]
  readonly session: string | null
  /** What the steps of an agent's task have in common; absent: nothing is said of it. */
  readonly episode?: string | null
  readonly step: string | null
  readonly user: string | null
  readonly tier: string | null
  readonly tags: readonly string[]
  /** Of the request, by lower-case name: those that a policy reads, and no others. */
  readonly headers?: Readonly<Record<string, string>>
  readonly maxCostUsd: number | null
  /** `off`: no response cache takes part. `refresh`: a model is asked, and its answer stored. Absent: the policy says. */
  readonly cache?: CacheWish | null
  /** Which vendors may serve; absent: any. */
  readonly vendors?: VendorConditions
  /** Overrides the policy's objective: keep this share of the best model's quality. */
  readonly quality: number | null
}

export const noRoutingOptions: RoutingOptions = {
  fallbacks: [],
  session: null,
  step: null,
  user: null,
  tier: null,
  tags: [],
  maxCostUsd: null,
  quality: null,
}
