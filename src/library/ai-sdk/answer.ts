/** An answer of Fairlead's own form as the SDK's content, finish reason and usage. */

import type {
  JSONObject,
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3Usage,
  SharedV3ProviderMetadata,
} from '@ai-sdk/provider'
import type { Answer, Finish, Usage } from '../../domain/answer.ts'
import type { AssistantPart, SealedReasoning } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { DecisionFacts } from '../decision-facts.ts'

export const encodeContent = ({ parts }: Answer): LanguageModelV3Content[] => parts.flatMap(encodePart)

function encodePart(part: AssistantPart): LanguageModelV3Content[] {
  switch (part.kind) {
    case 'text':
    // The SDK has no refusals: what the model says in one is what it says.
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning':
      return [{ type: 'reasoning', text: part.text, ...(part.sealed && sealMetadata(part.sealed)) }]
    case 'tool-call':
      return [
        {
          type: 'tool-call',
          toolCallId: part.id,
          toolName: part.name,
          input: part.argumentsText || '{}',
        },
      ]
    // Of tools that a vendor runs itself, which no call of the SDK's asks for.
    case 'opaque':
      return []
    default:
      return unreachable(part)
  }
}

/** The SDK gives it back with the reasoning, in the next turn. */
export const sealMetadata = (
  sealed: SealedReasoning,
): { readonly providerMetadata: SharedV3ProviderMetadata } => ({
  providerMetadata: { fairlead: { sealed: { ...sealed } } },
})

export const encodeFinish = ({ kind, raw }: Finish): LanguageModelV3FinishReason => ({ unified: kind, raw })

const unknownUsage: LanguageModelV3Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}

/** `null`, or estimated at nothing: nobody said. */
export function encodeUsage(usage: Usage | null): LanguageModelV3Usage {
  if (usage === null || (usage.source === 'estimated' && usage.inputTokens + usage.outputTokens === 0))
    return unknownUsage
  const { inputTokens, cachedReadTokens, cacheWriteTokens, outputTokens, reasoningTokens, source } = usage
  return {
    inputTokens: {
      total: inputTokens,
      noCache: Math.max(0, inputTokens - cachedReadTokens - cacheWriteTokens),
      cacheRead: cachedReadTokens,
      cacheWrite: cacheWriteTokens,
    },
    outputTokens: {
      total: outputTokens,
      text: Math.max(0, outputTokens - reasoningTokens),
      reasoning: reasoningTokens,
    },
    raw: { source },
  }
}

/** `providerMetadata.fairlead`. */
export function decisionMetadata(facts: Partial<DecisionFacts>): SharedV3ProviderMetadata {
  const { id, ...others } = facts
  const known = Object.entries({ decision: id, ...others }).filter(([, value]) => value !== undefined)
  return { fairlead: Object.fromEntries(known) as JSONObject }
}
