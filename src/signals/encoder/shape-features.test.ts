import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { someText } from '../../../test/support/texts.ts'
import { shapeFeatureCount, shapeFeatureNames, writeShapeFeatures } from './shape-features.ts'

type Name = (typeof shapeFeatureNames)[number]

function shapes(text: string): Record<Name, number> {
  const out = new Float32Array(shapeFeatureCount)
  writeShapeFeatures(text, out)
  return Object.fromEntries(shapeFeatureNames.map((name, index) => [name, out[index]!])) as Record<
    Name,
    number
  >
}

test.each<[Name, string, string]>([
  ['logChars', 'a', 'a much longer text'],
  ['logWords', 'word', 'four words are more'],
  ['meanWordLength', 'a be to', 'extraordinarily convoluted'],
  ['digitShare', 'year', 'year 1984'],
  ['numbers', '12', '1 2 3'],
  ['longestNumber', '12 34', '1234'],
  ['operatorShare', 'a b', 'a + b * c'],
  ['latex', 'half', '$\\frac{1}{2}$'],
  ['codeMarks', 'a is one', 'a = [1];'],
  ['optionLines', 'red\nblue', 'A. red\n(b) blue\nC) green'],
  ['lines', 'a b', 'a\nb'],
  ['questionMarks', 'why? because', 'why? how? because'],
  ['upperCaseShare', 'nasa', 'NASA'],
  ['quotes', 'he said no', 'he said "no"'],
  ['foreignShare', 'hello', '你好'],
  ['commas', 'a b', 'a, b'],
  ['sentences', 'One two', 'One. Two.'],
  ['nesting', 'f(x)', 'f(g(h(x)))'],
])('%s tells %j from %j', (name, less, more) => {
  expect(shapes(more)[name]).toBeGreaterThan(shapes(less)[name])
})

test('there is a name for every feature', () => {
  expect(new Set(shapeFeatureNames).size).toBe(shapeFeatureCount)
})

test.each([
  ['spaces around it', '  What is 2 + 2?\n'],
  ['a double space', 'What  is 2 + 2?'],
  ['no mark at the end', 'What is 2 + 2'],
  ['emphasis', 'What **is** 2 + 2?'],
])('%s does not change the shape of a text', (_, text) => {
  expect(shapes(text)).toEqual(shapes('What is 2 + 2?'))
})

test('quotation marks count alike however they are set', () => {
  expect(shapes('he said “no” and ‘why’ now')).toEqual(shapes('he said "no" and \'why\' now'))
})

describe('ranges', () => {
  test('features of a plain prompt are between -2 and 3', () => {
    const prompt =
      'A train leaves at 9:40 and arrives at 13:05. How long does it take?\nA. 3 h 25 min\nB. 4 h\nC. "3 h 5 min"'
    for (const value of Object.values(shapes(prompt))) {
      expect(value).toBeGreaterThanOrEqual(-2)
      expect(value).toBeLessThanOrEqual(3)
    }
  })

  test('no text, however odd, has a feature that is no number or far away', () => {
    const odd = [
      '',
      '\ud800',
      '+'.repeat(1e6),
      '9'.repeat(1e6),
      '"'.repeat(1e6),
      '('.repeat(1e6),
      'A'.repeat(1e6),
    ]
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...odd), someText()), (text) => {
        for (const value of Object.values(shapes(text))) expect(Math.abs(value)).toBeLessThanOrEqual(12)
      }),
      { numRuns: 60, examples: odd.map((text) => [text]) },
    )
  })
})

test('writes at its place and nowhere else', () => {
  const out = new Float32Array(shapeFeatureCount + 4).fill(-9)
  writeShapeFeatures('hello', out, 2)
  expect([...out.subarray(0, 2), ...out.subarray(-2)]).toEqual([-9, -9, -9, -9])
  expect(out.subarray(2, -2).includes(-9)).toBe(false)
})
