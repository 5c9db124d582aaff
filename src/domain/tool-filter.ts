/** How many of a request's tools to keep. */
export type KeptTools =
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'count'; readonly count: number }

/** What a policy says of requests with many tools. */
export type ToolFilterRules = {
  /** Requests with no more tools than this keep all of them. */
  readonly above: number
  readonly keep: KeptTools
  /** Names of tools that are never dropped; one that ends in `*` stands for all that begin so. */
  readonly always: readonly string[]
}
