/** How much a model is to think, in the words that it takes. */
import type { ReasoningWish, Request } from '../../domain/request.ts'
import type { JsonObject } from '../lenient.ts'
import { effortFor, type KnownAbilities } from './model-abilities.ts'

export type EncodedThinking = { readonly thinking: JsonObject | null; readonly effort: string | null }

/**
 * The share of the answer's limit that an effort may spend on thinking, for models that want a budget: as OpenRouter shares it
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens).
 */
const shareOfEffort: ReadonlyMap<string, number> = new Map([
  ['minimal', 0.1],
  ['low', 0.2],
  ['medium', 0.5],
  ['high', 0.8],
  ['xhigh', 0.95],
  ['max', 0.95],
])

/** Of a word that nobody knows. */
const usualShare = 0.5

const leastBudget = 1024

/** What was asked for in this format goes as it is wherever the model takes it. */
export function encodeThinking(
  request: Pick<Request, 'reasoning' | 'reasoningEffort'>,
  own: boolean,
  abilities: KnownAbilities,
  maxTokens: number,
): EncodedThinking {
  const { reasoning, reasoningEffort } = request
  const effort = encodeEffort(reasoningEffort, own, abilities)
  if (reasoning === undefined && (own || reasoningEffort === null)) return { thinking: null, effort }
  const wish = reasoning ?? { enabled: reasoningEffort !== 'none' }
  const thinking = encodeWish(wish, reasoningEffort, abilities, maxTokens)
  return { thinking: thinking && { ...thinking, ...displayOf(wish, own) }, effort }
}

/** How thoughts are shown has this vendor's own words. */
const displayOf = ({ summary, enabled }: ReasoningWish, own: boolean): JsonObject =>
  own && summary !== undefined && enabled !== false ? { display: summary } : {}

/** A word of another format asks for a budget where the model knows no effort, and in any case where nothing is known of it. */
function encodeEffort(effort: string | null, own: boolean, abilities: KnownAbilities): string | null {
  if (effort === null) return null
  if (own) return abilities.known ? effortFor(abilities, effort) : effort
  return abilities.known && effort !== 'none' ? effortFor(abilities, effort) : null
}

function encodeWish(
  { enabled, budgetTokens }: ReasoningWish,
  effort: string | null,
  abilities: KnownAbilities,
  maxTokens: number,
): JsonObject | null {
  if (enabled === false) return thinks(abilities) && abilities.noThinking ? { type: 'disabled' } : null
  const adaptive = abilities.adaptiveThinking && (abilities.known || enabled === 'adaptive')
  if (adaptive && (budgetTokens === undefined || !abilities.thinkingBudget)) return { type: 'adaptive' }
  if (!abilities.thinkingBudget) return null
  const wanted = budgetTokens ?? (shareOfEffort.get(effort ?? 'medium') ?? usualShare) * maxTokens
  return budgetWithin(wanted, maxTokens)
}

const thinks = ({ thinkingBudget, adaptiveThinking }: KnownAbilities): boolean =>
  thinkingBudget || adaptiveThinking

/** A budget must be of 1024 tokens or more and leave something of the limit: with too small a limit there is no thinking. */
export function budgetWithin(wanted: number, maxTokens: number): JsonObject | null {
  const budget = Math.max(leastBudget, Math.min(Math.floor(wanted), maxTokens - 1))
  return budget < maxTokens ? { type: 'enabled', budget_tokens: budget } : null
}
