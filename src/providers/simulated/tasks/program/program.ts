import { unreachable } from '../../../../domain/unreachable.ts'

/** A small imperative language over whole numbers and lists of them, which reads as JavaScript or as Python. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'item'; readonly list: string; readonly index: Expression }
  | { readonly kind: 'length'; readonly list: string }
  | {
      readonly kind: 'binary'
      readonly sign: BinarySign
      readonly left: Expression
      readonly right: Expression
    }

export const binarySigns = ['||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '%', '//'] as const
export type BinarySign = (typeof binarySigns)[number]

export type Statement =
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression }
  /** `for name from low, while below high, by step`. */
  | {
      readonly kind: 'count'
      readonly name: string
      readonly low: Expression
      readonly high: Expression
      readonly step: number
      readonly body: readonly Statement[]
    }
  | {
      readonly kind: 'each'
      readonly name: string
      readonly list: string
      readonly body: readonly Statement[]
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if'
      readonly condition: Expression
      readonly yes: readonly Statement[]
      readonly no: readonly Statement[]
    }
  | { readonly kind: 'append'; readonly list: string; readonly value: Expression }
  | { readonly kind: 'print'; readonly values: readonly Expression[] }

export type Program = readonly Statement[]

export type Run =
  | { readonly kind: 'printed'; readonly output: string; readonly steps: number }
  | { readonly kind: 'stuck'; readonly why: string }

type Value = number | number[]
type Machine = { readonly variables: Map<string, Value>; readonly printed: string[]; steps: number }

const mostSteps = 20_000

/** Thrown and caught within this file: the program does what this language has no meaning for. */
class Stuck extends Error {}

export function run(program: Program): Run {
  const machine: Machine = { variables: new Map(), printed: [], steps: 0 }
  try {
    execute(program, machine)
    return { kind: 'printed', output: machine.printed.join('\n'), steps: machine.steps }
  } catch (error) {
    if (error instanceof Stuck) return { kind: 'stuck', why: error.message }
    throw error
  }
}

function execute(statements: readonly Statement[], machine: Machine): void {
  for (const statement of statements) {
    if (++machine.steps > mostSteps) throw new Stuck('it runs too long')
    executeOne(statement, machine)
  }
}

function executeOne(statement: Statement, machine: Machine): void {
  const { variables } = machine
  switch (statement.kind) {
    case 'assign': {
      const value = evaluate(statement.value, machine)
      variables.set(statement.name, value)
      return
    }
    case 'count': {
      const high = numberOf(statement.high, machine)
      for (let at = numberOf(statement.low, machine); at < high; at += statement.step) {
        variables.set(statement.name, at)
        execute(statement.body, machine)
      }
      return
    }
    case 'each':
      for (const item of [...listOf(statement.list, machine)]) {
        variables.set(statement.name, item)
        execute(statement.body, machine)
      }
      return
    case 'while':
      while (numberOf(statement.condition, machine) !== 0) {
        if (++machine.steps > mostSteps) throw new Stuck('it runs too long')
        execute(statement.body, machine)
      }
      return
    case 'if':
      execute(numberOf(statement.condition, machine) !== 0 ? statement.yes : statement.no, machine)
      return
    case 'append':
      listOf(statement.list, machine).push(numberOf(statement.value, machine))
      return
    case 'print':
      machine.printed.push(statement.values.map((value) => shown(evaluate(value, machine))).join(' '))
      return
    default:
      unreachable(statement)
  }
}

const shown = (value: Value): string => (typeof value === 'number' ? String(value) : `[${value.join(', ')}]`)

function numberOf(expression: Expression, machine: Machine): number {
  const value = evaluate(expression, machine)
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new Stuck('a whole number is wanted')
  return value
}

function listOf(name: string, { variables }: Machine): number[] {
  const value = variables.get(name)
  if (!Array.isArray(value)) throw new Stuck(`${name} is not a list`)
  return value
}

function evaluate(expression: Expression, machine: Machine): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'variable': {
      const value = machine.variables.get(expression.name)
      if (value === undefined) throw new Stuck(`${expression.name} has no value`)
      return value
    }
    case 'list':
      return expression.items.map((item) => numberOf(item, machine))
    case 'item': {
      const item = listOf(expression.list, machine)[numberOf(expression.index, machine)]
      if (item === undefined) throw new Stuck('the index is outside the list')
      return item
    }
    case 'length':
      return listOf(expression.list, machine).length
    case 'binary':
      return combined(
        expression.sign,
        numberOf(expression.left, machine),
        numberOf(expression.right, machine),
      )
    default:
      return unreachable(expression)
  }
}

/** Comparisons give 1 or 0. Division and remainder are wanted of numbers that are not negative, where languages agree. */
function combined(sign: BinarySign, left: number, right: number): number {
  if ((sign === '%' || sign === '//') && (left < 0 || right <= 0))
    throw new Stuck('languages differ on this division')
  switch (sign) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '%':
      return left % right
    case '//':
      return Math.floor(left / right)
    case '==':
      return Number(left === right)
    case '!=':
      return Number(left !== right)
    case '<':
      return Number(left < right)
    case '<=':
      return Number(left <= right)
    case '>':
      return Number(left > right)
    case '>=':
      return Number(left >= right)
    case '&&':
      return Number(left !== 0 && right !== 0)
    case '||':
      return Number(left !== 0 || right !== 0)
    default:
      return unreachable(sign)
  }
}
