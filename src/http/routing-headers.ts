import type { IncomingHttpHeaders } from 'node:http'
import { type Failure, failure } from '../domain/failure.ts'
import { cacheWishes, type RoutingOptions } from '../domain/routing-options.ts'
import { sessionHeaders } from '../wire/session-headers.ts'
import type { Served } from '../gateway/gateway.ts'

const prefix = 'x-fairlead-'

const noneRead: readonly string[] = []

/**
 * `x-fairlead-*` of a request, over what its body says, and the headers that policies go by. A header that can't be read is
 * the caller's fault, and is named.
 *
 * @param read names of the headers that some policy reads, in lower case; of the others nothing is kept
 */
export function withRoutingHeaders(
  options: RoutingOptions,
  headers: IncomingHttpHeaders,
  read: readonly string[] = noneRead,
): RoutingOptions | Failure {
  const routed = withOwnHeaders(options, headers)
  if (read.length === 0 || 'kind' in routed) return routed
  const found: Record<string, string> = {}
  for (const name of read) {
    const value = headers[name]
    if (value !== undefined) found[name] = String(value).slice(0, mostHeaderChars)
  }
  return { ...routed, headers: found }
}

/** Policies compare whole values: nobody writes one as long as this. */
const mostHeaderChars = 2_000

function withOwnHeaders(options: RoutingOptions, headers: IncomingHttpHeaders): RoutingOptions | Failure {
  if (!saysAnything(headers)) {
    const session = options.session ?? agentSession(headers)
    return session === options.session ? options : { ...options, session }
  }
  const text = (name: string): string | null => {
    const value = headers[`${prefix}${name}`]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const maxCostUsd = number(text('max-cost-usd'))
  const quality = number(text('quality'))
  if (maxCostUsd !== null && !(maxCostUsd > 0 && Number.isFinite(maxCostUsd)))
    return badHeader('max-cost-usd', 'a number of dollars above 0, as in 0.01')
  if (quality !== null && !(quality > 0 && quality <= 1))
    return badHeader('quality', 'a share above 0 and up to 1, as in 0.95')
  const wish = text('cache')
  const cache = cacheWishes.find((one) => one === wish) ?? options.cache ?? null
  if (wish !== null && cache !== wish) return badHeader('cache', cacheWishes.join(' or '))
  const tags = text('tags')
  return {
    ...options,
    session: text('session') ?? options.session ?? agentSession(headers),
    ...episodeOf(text('episode') ?? options.episode ?? null),
    ...(cache !== null && { cache }),
    step: text('step') ?? options.step,
    user: text('user') ?? options.user,
    tier: text('tier') ?? options.tier,
    tags: tags === null ? options.tags : tags.split(',').map((tag) => tag.trim()),
    maxCostUsd: maxCostUsd ?? options.maxCostUsd,
    quality: quality ?? options.quality,
  }
}

const episodeOf = (episode: string | null) => (episode === null ? {} : { episode })

/** The name that an agent or a client library gives its conversation. */
function agentSession(headers: IncomingHttpHeaders): string | null {
  for (const name of sessionHeaders) {
    const value = headers[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

/** Most requests have none, and need not pay for a look-up of each. */
function saysAnything(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith(prefix)) return true
  return false
}

/** Text that is no number becomes NaN, which no check lets through. */
const number = (text: string | null): number | null => (text === null ? null : Number(text))

const badHeader = (name: string, wanted: string): Failure =>
  failure('rejected', `The header x-fairlead-${name} must be ${wanted}.`, {
    code: 'invalid_header',
    param: `x-fairlead-${name}`,
  })

/** What the response's headers tell of a decision. */
export function decisionHeaders({
  decision,
  model,
  failedModels,
  usd,
  cache,
}: Served): Record<string, string> {
  const headers: Record<string, string> = {
    'x-fairlead-decision': decision.id,
    'x-fairlead-policy': headerText(decision.policy),
    'x-fairlead-reason': headerText(decision.because),
  }
  if (model !== null) headers['x-fairlead-model'] = headerText(model)
  if (usd !== null) headers['x-fairlead-cost-usd'] = usd.toFixed(6)
  if (decision.cache !== undefined) headers['x-fairlead-cache'] = 'hit'
  else if (cache !== undefined) headers['x-fairlead-cache'] = cache
  if (failedModels.length > 0) headers['x-fairlead-fallback'] = headerText(failedModels.join(', '))
  return headers
}

/** A header holds printable ASCII on one line. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 400)
