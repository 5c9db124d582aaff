import type { IncomingHttpHeaders } from 'node:http'
import { type Failure, failure } from '../domain/failure.ts'
import type { RoutingOptions } from '../domain/routing-options.ts'
import type { Served } from '../gateway/gateway.ts'

/** `x-fairlead-*` of a request, over what its body says. A header that can't be read is the caller's fault, and is named. */
export function withRoutingHeaders(
  options: RoutingOptions,
  headers: IncomingHttpHeaders,
): RoutingOptions | Failure {
  const text = (name: string): string | null => {
    const value = headers[`x-fairlead-${name}`]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const maxCostUsd = number(text('max-cost-usd'))
  const quality = number(text('quality'))
  if (maxCostUsd !== null && !(maxCostUsd > 0 && Number.isFinite(maxCostUsd)))
    return badHeader('max-cost-usd', 'a number of dollars above 0, as in 0.01')
  if (quality !== null && !(quality > 0 && quality <= 1))
    return badHeader('quality', 'a share above 0 and up to 1, as in 0.95')
  const tags = text('tags')
  return {
    ...options,
    session: text('session') ?? options.session,
    step: text('step') ?? options.step,
    user: text('user') ?? options.user,
    tier: text('tier') ?? options.tier,
    tags: tags === null ? options.tags : tags.split(',').map((tag) => tag.trim()),
    maxCostUsd: maxCostUsd ?? options.maxCostUsd,
    quality: quality ?? options.quality,
  }
}

/** Text that is no number becomes NaN, which no check lets through. */
const number = (text: string | null): number | null => (text === null ? null : Number(text))

const badHeader = (name: string, wanted: string): Failure =>
  failure('rejected', `The header x-fairlead-${name} must be ${wanted}.`, {
    code: 'invalid_header',
    param: `x-fairlead-${name}`,
  })

/** What the response's headers tell of a decision. */
export function decisionHeaders({ decision, model, failedModels, usd }: Served): Record<string, string> {
  const headers: Record<string, string> = {
    'x-fairlead-decision': decision.id,
    'x-fairlead-policy': headerText(decision.policy),
    'x-fairlead-reason': headerText(decision.because),
  }
  if (model !== null) headers['x-fairlead-model'] = headerText(model)
  if (usd !== null) headers['x-fairlead-cost-usd'] = usd.toFixed(6)
  if (failedModels.length > 0) headers['x-fairlead-fallback'] = headerText(failedModels.join(', '))
  return headers
}

/** A header holds printable ASCII on one line. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 400)
