/** What makes two requests one: everything that could change the answer, or who may have it. */

import type { Request } from '../domain/request.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { Caller } from '../domain/virtual-key.ts'
import { canonicalHash } from './canonical.ts'
import type { CacheScope, CacheWish } from './rules.ts'

export type Questioned = {
  /** Of the configuration, and what its choice hangs on. */
  readonly policy: { readonly name: string; readonly version: string }
  /** What the client wrote in `model`. */
  readonly askedModel: string
  /** The client's wire format: what a format has of its own means nothing in another. */
  readonly format: string
  readonly request: Request
  readonly options: RoutingOptions & CacheWish
  /**
   * The client's own body as a value, where it is sent on as it stands: it may hold fields that the request does not show.
   * `null`: it is not.
   */
  readonly body: Readonly<Record<string, unknown>> | null
  readonly caller: Caller
  /** The models that the caller may use, of the key and its groups; `null`: all. */
  readonly models: readonly (readonly string[] | null)[]
}

/** How an answer is brought, and who counts what: neither changes what it says. */
const ofDelivery = new Set(['stream', 'stream_options', 'fairlead', 'metadata', 'prompt_cache_key', 'store'])

/** Equal for requests that may be given one answer, and for no others. */
export function requestKey(asked: Questioned, scope: CacheScope): string {
  const { policy, askedModel, format, request, options, body } = asked
  const { stream: _, extra, ...question } = request
  return canonicalHash({
    tenant: tenantOf(asked, scope),
    policy,
    askedModel,
    format,
    question,
    extra: withoutDelivery(extra),
    options: choosing(options),
    body: body && withoutDelivery(body),
  })
}

/**
 * Whose answers are kept together. Keys that may use other models are apart even where everybody shares: what one was given, the
 * other may not be allowed to have.
 */
export function tenantOf(
  { caller, models }: Pick<Questioned, 'caller' | 'models'>,
  scope: CacheScope,
): string {
  const limited = models.filter((list) => list !== null)
  const own = scope === 'key' ? ['key', caller.key] : scope === 'team' ? teamOf(caller) : ['shared']
  return canonicalHash([own, limited])
}

const teamOf = ({ key, team, project }: Caller): readonly (string | null)[] =>
  team !== null ? ['team', team] : project !== null ? ['project', project] : ['key', key]

export function withoutDelivery(
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !ofDelivery.has(name)))
}

/** What policies choose by. The conversation that a request belongs to stands in its messages. */
export function choosing({ session: _, episode: __, cache: ___, ...others }: Questioned['options']): object {
  return others
}
