import { expect, test } from 'vitest'
import { tokenizeWith } from './tokenize.ts'
import type { TokenizedTexts, Tokenizer } from './transformers-library.ts'

const begin = 1
const end = 2

/** Letters are tokens; cuts the end with the rest, as the library does. `left`: pads before the text. */
function aTokenizer({ left = false, longest = 512 } = {}): Tokenizer {
  const idsOf = (text: string, special: boolean) => {
    const letters = [...text].map((letter) => letter.charCodeAt(0))
    return special ? [begin, ...letters, end] : letters
  }
  const tokenizer = (
    texts: readonly string[],
    options:
      | { readonly max_length: number }
      | { readonly return_tensor: false; readonly add_special_tokens: boolean },
  ) => {
    if ('return_tensor' in options)
      return { input_ids: texts.map((text) => idsOf(text, options.add_special_tokens)) }
    const cut = texts.map((text) => idsOf(text, true).slice(0, options.max_length))
    const length = Math.max(...cut.map((ids) => ids.length))
    const padding = cut.map((ids) => new Array<number>(length - ids.length).fill(0))
    const rows = cut.map((ids, text) => (left ? [...padding[text]!, ...ids] : [...ids, ...padding[text]!]))
    const tensor = (values: readonly number[]) => ({
      data: BigInt64Array.from(values, BigInt),
      dims: [texts.length, length],
    })
    return {
      input_ids: tensor(rows.flat()),
      attention_mask: tensor(rows.flat().map((id) => (id === 0 ? 0 : 1))),
    }
  }
  return Object.assign(tokenizer, { model_max_length: longest }) as unknown as Tokenizer
}

const textsOf = ({ input_ids: { data, dims } }: TokenizedTexts): string[] =>
  Array.from({ length: dims[0]! }, (_, text) =>
    [...data.subarray(text * dims[1]!, (text + 1) * dims[1]!)]
      .map((id) => (id > 9n ? String.fromCharCode(Number(id)) : String(id)))
      .join(''),
  )

test('a text that is cut ends as every text does', () => {
  const tokenize = tokenizeWith(aTokenizer(), 5)
  expect(textsOf(tokenize(['abcdefg', 'abc', 'ab', '']))).toEqual(['1abc2', '1abc2', '1ab20', '12000'])
})

test('padding before a text is left alone', () => {
  const tokenize = tokenizeWith(aTokenizer({ left: true }), 5)
  expect(textsOf(tokenize(['abcdefg', 'ab']))).toEqual(['1abc2', '01ab2'])
})

test('the lower of the limits holds', () => {
  expect(textsOf(tokenizeWith(aTokenizer({ longest: 4 }), 512)(['abcdefg']))).toEqual(['1ab2'])
})
