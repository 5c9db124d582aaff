import type { Outcome, OutcomeRow, PromptRow } from './outcome-row.ts'
import type { PriceBook, TokenPrice } from './prices.ts'

/** Where a cell's dollars come from, best first. */
export type CostBasis = 'billed' | 'reported tokens' | 'estimated tokens'
export type Cost = { readonly usd: number; readonly basis: CostBasis }

/** The costing rule: recorded dollars, else reported tokens x price, else characters / 4 x price, else unknown. */
export type Costing = {
  readonly costOf: (row: OutcomeRow, model: string) => Cost | null
  readonly priceOf: (model: string) => TokenPrice | null
  /** Tokens that stand before every prompt and are not in the file: examples, a system prompt. */
  readonly inputOverheadTokens: number
}

/** Tokens are about characters / 4: an estimate, good for English text. */
const charsPerToken = 4

export function createCosting(book: PriceBook | null, inputOverheadTokens = 0): Costing {
  const known = new Map<string, TokenPrice | null>()
  const priceOf = (model: string) => {
    let price = known.get(model)
    if (price === undefined) {
      price = book?.priceOf(model) ?? null
      known.set(model, price)
    }
    return price
  }
  const costOf = (row: OutcomeRow, model: string): Cost | null => {
    const outcome = row.outcomes.get(model)
    if (!outcome) return null
    if (outcome.costUsd !== null) return { usd: outcome.costUsd, basis: 'billed' }
    const price = priceOf(model)
    return price && tokenCost(row, outcome, price, inputOverheadTokens)
  }
  return { costOf, priceOf, inputOverheadTokens }
}

function tokenCost(row: OutcomeRow, outcome: Outcome, price: TokenPrice, overhead: number): Cost | null {
  const { inputTokens, outputTokens, outputChars } = outcome
  const output = outputTokens ?? (outputChars === null ? null : outputChars / charsPerToken)
  if (output === null) return null
  const input = inputTokens ?? estimatedInputTokens(row) + overhead
  const basis = inputTokens !== null && outputTokens !== null ? 'reported tokens' : 'estimated tokens'
  return { usd: usdOf(input, output, price), basis }
}

/** Tokens of the prompt and its tools, by their characters. */
export function estimatedInputTokens({ prompt, tools }: PromptRow): number {
  const toolChars = tools.length === 0 ? 0 : JSON.stringify(tools).length
  return (prompt.length + toolChars) / charsPerToken
}

export function usdOf(inputTokens: number, outputTokens: number, price: TokenPrice): number {
  return (inputTokens * price.inputUsdPerMillionTokens + outputTokens * price.outputUsdPerMillionTokens) / 1e6
}
