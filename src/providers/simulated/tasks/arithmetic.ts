import { type Draw, integerBetween, pick } from '../../../domain/random.ts'
import { givesNumber } from './matching.ts'
import { nearNumber } from './mistakes.ts'
import { drawUntil, type Level, levelFrom, type TaskFamily } from './task.ts'

/** Expressions over whole numbers with brackets; the level is the number of operators. */
type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'operation'; readonly sign: Sign; readonly left: Expression; readonly right: Expression }

type Sign = '+' | '-' | '*' | '/'

const operatorsOf: Readonly<Record<Level, readonly [number, number]>> = {
  1: [1, 1],
  2: [2, 2],
  3: [3, 3],
  4: [4, 5],
  5: [6, 8],
}
const largestNumber: Readonly<Record<Level, number>> = { 1: 30, 2: 60, 3: 99, 4: 150, 5: 400 }

const phrasings: readonly ((expression: string) => string)[] = [
  (expression) => `What is ${expression}?`,
  (expression) => `Compute ${expression}.`,
  (expression) => `Please work out ${expression} and give me the final number.`,
  (expression) => `Evaluate the expression ${expression}. Reply with the result only.`,
  (expression) => `I need the value of ${expression}, can you calculate it?`,
  (expression) => `Calculate:\n\n${expression}`,
  (expression) => `How much is ${expression}? Show the answer as a plain number.`,
]

export const arithmetic: TaskFamily = {
  kind: 'arithmetic',
  approach: [
    'Brackets come first, then products and quotients, then sums and differences from left to right.',
  ],
  generate(draw, level) {
    const [least, most] = operatorsOf[level]
    const expression = drawUntil(
      () => randomExpression(draw, integerBetween(draw, least, most), largestNumber[level]),
      (made) => Math.abs(evaluate(made)) < 1e8,
    )
    const signs = pick(draw, [
      { '+': '+', '-': '-', '*': '*', '/': '/' },
      { '+': '+', '-': '-', '*': '×', '/': '÷' },
    ])
    return {
      kind: 'arithmetic',
      level,
      prompt: pick(draw, phrasings)(written(expression, signs)),
      answer: String(evaluate(expression)),
      responseSchema: null,
    }
  },
  recognise(prompt) {
    const expression = expressionIn(prompt)
    if (!expression) return null
    const operators = countOperators(expression)
    const level = levelFrom(operators <= 3 ? operators : operators <= 5 ? 4 : 5)
    return { level, solve: () => String(Number(evaluate(expression).toFixed(6))) }
  },
  check: ({ answer }, text) => givesNumber(answer, text, 1e-5),
  mistake: (draw, { answer }) => String(nearNumber(draw, Number(answer))),
}

function randomExpression(draw: Draw, operators: number, largest: number): Expression {
  if (operators === 0) return { kind: 'number', value: integerBetween(draw, 2, largest) }
  if (operators === 1 && draw() < 0.2) {
    const divisor = integerBetween(draw, 2, 12)
    const quotient = integerBetween(draw, 2, Math.max(9, Math.floor(largest / 4)))
    return {
      kind: 'operation',
      sign: '/',
      left: { kind: 'number', value: divisor * quotient },
      right: { kind: 'number', value: divisor },
    }
  }
  const onTheLeft = integerBetween(draw, 0, operators - 1)
  return {
    kind: 'operation',
    sign: pick(draw, ['+', '-', '+', '-', '*'] as const),
    left: randomExpression(draw, onTheLeft, largest),
    right: randomExpression(draw, operators - 1 - onTheLeft, largest),
  }
}

function evaluate(expression: Expression): number {
  if (expression.kind === 'number') return expression.value
  const left = evaluate(expression.left)
  const right = evaluate(expression.right)
  switch (expression.sign) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
  }
}

const countOperators = (expression: Expression): number =>
  expression.kind === 'number' ? 0 : 1 + countOperators(expression.left) + countOperators(expression.right)

const bindingOf = (sign: Sign): number => (sign === '+' || sign === '-' ? 1 : 2)

function written(expression: Expression, signs: Readonly<Record<Sign, string>>): string {
  if (expression.kind === 'number') return String(expression.value)
  const binding = bindingOf(expression.sign)
  const side = (inner: Expression, loosest: number) => {
    const text = written(inner, signs)
    return inner.kind === 'operation' && bindingOf(inner.sign) < loosest ? `(${text})` : text
  }
  // The right side of a difference needs its brackets: a - (b - c).
  return `${side(expression.left, binding)} ${signs[expression.sign]} ${side(expression.right, binding + 1)}`
}

const intent =
  /\b(?:what|compute|calculate|work out|evaluate|value|result|equals?|solve|how much|answer|sum|simplify)\b/i

function expressionIn(prompt: string): Expression | null {
  const text = prompt.replaceAll('\u2212', '-')
  if (!intent.test(text)) return null
  const longest = [...text.matchAll(/[\d(][\d\s+\-*/×÷().]{0,400}[\d)]/g)]
    .map(([match]) => match)
    .reduce((best, match) => (match.length > best.length ? match : best), '')
  // Without spaces a hyphen or a slash is more likely part of a date, a range or a version.
  if (/\d[-/]\d/.test(longest)) return null
  const around = text.replace(longest, ' ')
  if (/\d/.test(around) || around.split(/\s+/).length > 30) return null
  const expression = parsed(longest)
  return expression?.kind === 'operation' ? expression : null
}

/** Recursive descent over `sum = product (± product)*`, `product = factor (×÷ factor)*`. */
function parsed(text: string): Expression | null {
  const tokens = text.match(/\d+(?:\.\d+)?|[-+*/×÷()]/g) ?? []
  let at = 0
  const factor = (): Expression | null => {
    const token = tokens[at++]
    if (token === undefined) return null
    if (token === '(') {
      const inner = sum()
      return tokens[at++] === ')' ? inner : null
    }
    return /^\d/.test(token) ? { kind: 'number', value: Number(token) } : null
  }
  const chain = (next: () => Expression | null, signs: Readonly<Record<string, Sign>>) => {
    let left = next()
    for (let sign = signs[tokens[at] ?? '']; sign && left; sign = signs[tokens[at] ?? '']) {
      at++
      const right = next()
      left = right && { kind: 'operation', sign, left, right }
    }
    return left
  }
  const product = () => chain(factor, { '*': '*', '×': '*', '/': '/', '÷': '/' })
  const sum = (): Expression | null => chain(product, { '+': '+', '-': '-' })
  const whole = sum()
  return at === tokens.length ? whole : null
}
