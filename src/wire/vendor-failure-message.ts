import type { FailureKind } from '../domain/failure.ts'
import { vendorText } from './vendor-text.ts'

type Explanation = { readonly what: string; readonly remedy: string }

const explanations: Readonly<Record<FailureKind, Explanation>> = {
  'rate-limited': { what: 'The vendor limits the rate of requests', remedy: 'Send fewer, or wait.' },
  'timed-out': { what: 'The vendor did not answer in time', remedy: 'Try again.' },
  unavailable: { what: 'The vendor could not serve the model', remedy: 'Try again, or use another model.' },
  overloaded: { what: 'The vendor has no capacity left', remedy: 'Try again later, or use another model.' },
  'context-exceeded': {
    what: 'The request is too large for the model',
    remedy: 'Shorten it, or use a model with a larger context window.',
  },
  'content-filtered': {
    what: "The vendor's content filter refused the prompt",
    remedy: 'Change the prompt.',
  },
  credential: {
    what: "The vendor refused Fairlead's key",
    remedy: 'Check the key that is configured for this vendor.',
  },
  quota: {
    what: "The vendor's account has no credit or quota left",
    remedy: 'Raise its limit, or use another vendor.',
  },
  rejected: {
    what: 'The vendor rejected the request',
    remedy: 'Mend the request; it was not tried elsewhere.',
  },
  truncated: { what: 'The vendor broke its answer off', remedy: 'Try again.' },
  unreadable: { what: "The vendor's reply can't be read", remedy: 'Check its base URL.' },
  'budget-exhausted': { what: 'The budget is used up', remedy: 'Raise it.' },
  cancelled: { what: 'The request was cancelled', remedy: 'Send it again.' },
}

/** What a vendor's failure means, its own words quoted, and what to do. `vendorStatus`: of HTTP; `null`: it began with 200. `own`: what a format words otherwise. */
export function vendorFailureMessage(
  kind: FailureKind,
  vendorStatus: number | null,
  text: string,
  own: Partial<Readonly<Record<FailureKind, Explanation>>> = {},
): string {
  const { what, remedy } = own[kind] ?? explanations[kind]
  const status = vendorStatus === null ? '' : ` (HTTP ${vendorStatus})`
  const said = vendorText(text)
  const quoted = said === '' ? '' : `: ${said}`
  const stop = /[.!?…]$/.test(quoted) ? '' : '.'
  return `${what}${status}${quoted}${stop} ${remedy}`
}
