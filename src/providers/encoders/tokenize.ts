import type { TokenizedTexts, Tokenizer } from './transformers-library.ts'

/** No token of an alphabetic script is longer on average: what is beyond can be cut before it is tokenized. */
const charsPerToken = 32

/** Texts to tokens, cut at `maxTokens`, the tokens that begin and end every text included. */
export function tokenizeWith(
  tokenizer: Tokenizer,
  maxTokens: number,
): (texts: readonly string[]) => TokenizedTexts {
  const limit = Math.min(maxTokens, tokenizer.model_max_length)
  const ending = endingOf(tokenizer)
  return (texts) => {
    const tokens = tokenizer(
      texts.map((text) => text.slice(0, limit * charsPerToken)),
      { padding: true, truncation: true, max_length: limit },
    )
    return withEndings(tokens, limit, ending)
  }
}

/** The tokens that end every text, such as `[SEP]`. */
function endingOf(tokenizer: Tokenizer): readonly number[] {
  const tokensOf = (special: boolean) =>
    tokenizer(['a'], { return_tensor: false, add_special_tokens: special }).input_ids[0] ?? []
  const bare = tokensOf(false)
  const whole = tokensOf(true)
  const start = whole.findIndex((_, at) => bare.every((token, offset) => whole[at + offset] === token))
  return start === -1 || bare.length === 0 ? [] : whole.slice(start + bare.length)
}

/** The library cuts the ending off with the rest, which models were not trained on. */
function withEndings(tokens: TokenizedTexts, limit: number, ending: readonly number[]): TokenizedTexts {
  const { data, dims } = tokens.input_ids
  const [texts = 0, length = 0] = dims
  if (length < limit || ending.length >= limit) return tokens
  for (let text = 0; text < texts; text++) {
    const end = (text + 1) * length
    // Padding is before or after a shorter text: one without any is as long as the limit.
    if (Number(tokens.attention_mask.data[end - 1]) === 0) continue
    if (Number(tokens.attention_mask.data[end - length]) === 0) continue
    ending.forEach((token, offset) => {
      data[end - ending.length + offset] = BigInt(token)
    })
  }
  return tokens
}
