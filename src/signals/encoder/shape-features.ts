import { afterEmphasis, canonicalText, isQuote } from './canonical-text.ts'

/**
 * Dense features of a text's shape, which bags of words can't see: length, digits, code, options, mathematics.
 * Those of a plain prompt are squashed to about [-2, 3], so that one learning rate fits them; nothing is beyond 12.
 */
export const shapeFeatureNames = [
  'logChars',
  'logWords',
  'meanWordLength',
  'digitShare',
  'numbers',
  'longestNumber',
  'operatorShare',
  'latex',
  'codeMarks',
  'optionLines',
  'lines',
  'questionMarks',
  'upperCaseShare',
  'quotes',
  'foreignShare',
  'commas',
  'sentences',
  'nesting',
] as const

export const shapeFeatureCount = shapeFeatureNames.length

export function writeShapeFeatures(text: string, out: Float32Array, offset = 0): void {
  const seen = countShapes(canonicalText(text))
  const { chars } = seen
  const perChar = (count: number) => (chars > 0 ? count / chars : 0)
  const values = [
    Math.log1p(chars) / 3 - 1.8,
    Math.log1p(seen.words) / 2.5 - 1.4,
    seen.words > 0 ? Math.min(seen.letters / seen.words, 12) / 4 - 1 : 0,
    perChar(seen.digits) * 6,
    Math.log1p(seen.numbers) / 2,
    Math.min(seen.longestNumber, 10) / 4,
    perChar(seen.operators) * 12,
    Math.min(seen.backslashes + seen.dollars, 20) / 8,
    Math.min(seen.codeMarks, 40) / 12,
    Math.min(seen.optionLines, 12) / 5,
    Math.log1p(seen.lines) / 2,
    Math.min(seen.questionMarks, 6) / 2,
    perChar(seen.upper) * 5,
    Math.log1p(seen.quotes) / 2,
    perChar(seen.foreign) * 2,
    Math.log1p(seen.commas) / 2,
    Math.log1p(seen.sentences) / 2,
    Math.min(seen.nesting, 8) / 4,
  ]
  out.set(values, offset)
}

type Shapes = ReturnType<typeof noShapes>

const noShapes = () => ({
  /** A run of blanks counts as one. */
  chars: 0,
  words: 0,
  letters: 0,
  digits: 0,
  numbers: 0,
  longestNumber: 0,
  operators: 0,
  backslashes: 0,
  dollars: 0,
  codeMarks: 0,
  optionLines: 0,
  lines: 0,
  questionMarks: 0,
  upper: 0,
  quotes: 0,
  foreign: 0,
  commas: 0,
  sentences: 0,
  nesting: 0,
})

function countShapes(text: string): Shapes {
  const seen = noShapes()
  let inWord = false
  let run = 0
  let depth = 0
  let lineStart = 0
  let previous = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 42) {
      const after = afterEmphasis(text, index)
      if (after > index) {
        index = after - 1
        continue
      }
    }
    if (code !== 32 || previous !== 32) seen.chars++
    previous = code
    const isUpper = code >= 65 && code <= 90
    const isLetter = isUpper || (code >= 97 && code <= 122) || (code >= 128 && !isQuote(code))
    const isDigit = code >= 48 && code <= 57
    if (isLetter) {
      seen.letters++
      if (!inWord) seen.words++
      if (isUpper) seen.upper++
      if (code >= 128) seen.foreign++
    }
    inWord = isLetter
    if (isDigit) {
      seen.digits++
      if (run === 0) seen.numbers++
      run++
      if (run > seen.longestNumber) seen.longestNumber = run
    } else run = 0
    if (!isLetter && !isDigit) depth = countSymbol(code, seen, depth)
    if (code === 10) {
      if (isOption(text, lineStart)) seen.optionLines++
      lineStart = index + 1
    }
  }
  if (isOption(text, lineStart)) seen.optionLines++
  return seen
}

/** Counts one symbol and returns the depth of open brackets after it. */
function countSymbol(code: number, seen: Shapes, depth: number): number {
  switch (code) {
    case 10:
      seen.lines++
      return depth
    case 92:
      seen.backslashes++
      return depth
    case 36:
      seen.dollars++
      return depth
    case 63:
      seen.questionMarks++
      return depth
    case 46:
      seen.sentences++
      return depth
    case 44:
      seen.commas++
      return depth
    case 43:
    case 42:
    case 47:
    case 94:
      seen.operators++
      return depth
    case 61:
    case 59:
      seen.codeMarks++
      return depth
    case 40:
    case 91:
    case 123: {
      if (code !== 40) seen.codeMarks++
      if (depth + 1 > seen.nesting) seen.nesting = depth + 1
      return depth + 1
    }
    case 41:
    case 93:
    case 125:
      return Math.max(0, depth - 1)
    default:
      if (isQuote(code)) seen.quotes++
      return depth
  }
}

/** A line that begins like an answer option: `A.`, `(b)`, `C)`. */
function isOption(text: string, start: number): boolean {
  const first = text.charCodeAt(start)
  const at = first === 40 ? start + 1 : start
  const mark = text.charCodeAt(at)
  const isMark = (mark >= 65 && mark <= 74) || (mark >= 97 && mark <= 106)
  const after = text.charCodeAt(at + 1)
  return isMark && (after === 46 || after === 41)
}
