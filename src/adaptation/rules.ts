/** Which variant a request gets that goes to a model: a function of the model, the policy and the system prompt, and of nothing that was drawn. */

import { createHash } from 'node:crypto'
import type { Model } from '../domain/model.ts'
import { type Request, textOf } from '../domain/request.ts'
import { leadingSystem, rewriteRequest } from './rewrite.ts'
import { rewriteText } from './rewrite-text.ts'
import { type PromptVariant, variantName } from './variant.ts'

export type ModelPattern =
  | { readonly kind: 'model'; readonly id: string }
  /** All of a vendor's. */
  | { readonly kind: 'vendor'; readonly vendor: string }

export type PromptRule = {
  /** `null`: whichever policy chose the model. */
  readonly policy: string | null
  readonly model: ModelPattern
  readonly when: RuleConditions
  readonly variant: PromptVariant
}

/** All that is said must hold; `null`: nothing is said. */
export type RuleConditions = {
  /** See `systemHash`. */
  readonly systemHash: string | null
  /** The request must have each of these. */
  readonly tags: readonly string[]
  readonly taskType: string | null
}

/** What is known of a request beside its words. */
export type RequestFacts = {
  readonly policy: string
  readonly tags: readonly string[]
  readonly taskType: string
}

export type Adapted = {
  readonly request: Request
  readonly variant: PromptVariant
  /** Estimated tokens that the prompt has grown by; negative where it has shrunk. */
  readonly addedTokens: number
}

/** How a request is worded for a model; `null`: as the client wrote it. */
export type PromptAdaptation = (request: Request, model: Model) => Adapted | null

/** The first rule that fits decides. `null`: none of them can fit, whichever model is asked. */
export function promptAdaptation(
  rules: readonly PromptRule[],
  { policy, tags, taskType }: RequestFacts,
): PromptAdaptation | null {
  const possible = rules.filter(
    ({ policy: wanted, when }) =>
      (wanted === null || wanted === policy) &&
      (when.taskType === null || when.taskType === taskType) &&
      when.tags.every((tag) => tags.includes(tag)),
  )
  if (possible.length === 0) return null
  return (request, model) => {
    const rule = possible.find((one) => isFor(one.model, model) && speaksOf(one, request))
    if (rule === undefined) return null
    const rewritten = rewriteRequest(rule.variant, request)
    if (rewritten === request) return null
    return {
      request: rewritten,
      variant: rule.variant,
      addedTokens: Math.ceil((textLength(rewritten) - textLength(request)) / charsPerToken),
    }
  }
}

export const isFor = (pattern: ModelPattern, { id, vendor }: Pick<Model, 'id' | 'vendor'>): boolean =>
  pattern.kind === 'model' ? pattern.id === id : pattern.vendor === vendor

const speaksOf = ({ when }: PromptRule, request: Request): boolean =>
  when.systemHash === null || when.systemHash === systemHash(request)

/** The first 16 hexadecimal digits of the SHA-256 of the system prompt's text; that of '' where there is none. */
export const systemHash = ({ messages }: Request): string =>
  createHash('sha256').update(leadingSystem(messages).map(textOf).join('\n')).digest('hex').slice(0, 16)

/** Near four in every current vocabulary, for English text. */
const charsPerToken = 4

const textLength = ({ messages }: Request): number =>
  messages.reduce((sum, message) => sum + textOf(message).length, 0)

/** As far as an attempt's call has to be known to word it for its target. */
export type AdaptableCall = {
  readonly job: {
    readonly request: Request
    readonly original: { readonly format: string; readonly text: string } | null
    readonly promptTokens: number
    /** `null` or absent: whoever is asked gets the request as it is. */
    readonly adapt?: PromptAdaptation | null
    readonly variant?: string
  }
  readonly target: { readonly model: Model }
}

/**
 * The call in the words of its model's variant. The client's own text is reworded beside the request, for a vendor of its format;
 * where that can't be, the vendor gets Fairlead's encoding of the request.
 */
export function adaptCall<Call extends AdaptableCall>(call: Call): Call {
  const { job, target } = call
  const adapted = job.adapt?.(job.request, target.model) ?? null
  if (adapted === null) return call
  const { request, variant, addedTokens } = adapted
  const promptTokens = Math.max(1, job.promptTokens + addedTokens)
  const original = rewordedOriginal(variant, job.original)
  return {
    ...call,
    job: { ...job, adapt: null, request, original, promptTokens, variant: variantName(variant) },
  }
}

function rewordedOriginal(
  variant: PromptVariant,
  original: AdaptableCall['job']['original'],
): AdaptableCall['job']['original'] {
  const text = original && rewriteText(variant, original.format, original.text)
  return original !== null && text !== null ? { ...original, text } : null
}
