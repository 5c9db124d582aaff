import { type Answer, noUsage, type Usage } from '../../domain/answer.ts'
import { type AssistantPart, type Request, textOf } from '../../domain/request.ts'
import { unreachable } from '../../domain/unreachable.ts'

/** Bytes per token are near four in every current vocabulary, for English text; only for what nobody counted. */
export const charsPerToken = 4

/** The tokens of a call whose vendor reported none: the prompt, and what was seen of the answer. */
export const estimatedUsage = (promptTokens: number, outputChars: number): Usage => ({
  ...noUsage,
  inputTokens: promptTokens,
  outputTokens: Math.ceil(outputChars / charsPerToken),
})

/** What two calls used together; one that was estimated makes the sum an estimate. */
export const sumOfUsage = (first: Usage | null, second: Usage): Usage =>
  first === null
    ? second
    : {
        inputTokens: first.inputTokens + second.inputTokens,
        cachedReadTokens: first.cachedReadTokens + second.cachedReadTokens,
        cacheWriteTokens: first.cacheWriteTokens + second.cacheWriteTokens,
        ...longWrites(first, second),
        outputTokens: first.outputTokens + second.outputTokens,
        reasoningTokens: first.reasoningTokens + second.reasoningTokens,
        source: first.source === 'estimated' ? 'estimated' : second.source,
      }

function longWrites(first: Usage, second: Usage): Pick<Usage, 'longCacheWriteTokens'> {
  const sum = (first.longCacheWriteTokens ?? 0) + (second.longCacheWriteTokens ?? 0)
  return sum === 0 ? {} : { longCacheWriteTokens: sum }
}

export function usageOfAnswer({ usage, parts }: Answer, promptTokens: number): Usage {
  if (usage.source === 'reported') return usage
  let chars = 0
  for (const part of parts) chars += charsOf(part)
  return estimatedUsage(promptTokens, chars)
}

function charsOf(part: AssistantPart): number {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text.length
    case 'tool-call':
      return part.name.length + part.argumentsText.length
    // What a vendor's own tool brought in was not written by the model.
    case 'opaque':
      return 0
    default:
      return unreachable(part)
  }
}

/** Estimated tokens of a prompt that a strategy wrote. */
export function promptTokensOf({ messages }: Request): number {
  let chars = 0
  for (const message of messages) chars += textOf(message).length
  return Math.ceil(chars / charsPerToken)
}
