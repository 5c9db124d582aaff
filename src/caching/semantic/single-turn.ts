/** The requests that can be answered by meaning: one question, in text, and what it is asked under. */

import type { Request } from '../../domain/request.ts'
import { textOf } from '../../domain/request.ts'
import { canonicalHash } from '../canonical.ts'
import { choosing, type Questioned, tenantOf, withoutDelivery } from '../request-key.ts'
import type { SemanticRules } from '../rules.ts'

/** Longer prompts hold texts to work on, where each word may matter. */
const mostChars = 2_000

/** The one thing that the user says; `null`: the request is not that simple. */
export function singlePrompt({ messages, sampling }: Request, maxTemperature: number): string | null {
  if ((sampling.temperature ?? 0) > maxTemperature) return null
  let prompt: string | null = null
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') continue
    if (message.role !== 'user' || prompt !== null) return null
    if (message.content.some(({ kind, own }) => kind !== 'text' || own !== undefined)) return null
    prompt = textOf(message)
  }
  return prompt === null || prompt.trim() === '' || prompt.length > mostChars ? null : prompt
}

/** The fields of a body that hold the prompt, and those by which two askings of it may differ. */
const ofPrompt = new Set(['messages', 'input', 'temperature', 'seed'])

/** What must be equal, word for word, beside the prompt: everything but the user's own message. */
export function partitionOf(
  asked: Questioned,
  { scope }: Pick<SemanticRules, 'scope'>,
  encoder: string,
): string {
  const { policy, askedModel, format, request, options, body } = asked
  const { messages, stream: _, extra, sampling, ...rest } = request
  const { temperature: __, seed: ___, ...limits } = sampling
  const around = Object.entries(withoutDelivery(body ?? {})).filter(([name]) => !ofPrompt.has(name))
  return canonicalHash({
    tenant: tenantOf(asked, scope),
    policy,
    askedModel,
    format,
    instructions: messages.filter(({ role }) => role !== 'user'),
    rest,
    limits,
    extra: withoutDelivery(extra),
    body: Object.fromEntries(around),
    options: choosing(options),
    encoder,
  })
}
