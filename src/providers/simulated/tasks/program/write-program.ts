import { unreachable } from '../../../../domain/unreachable.ts'
import type { BinarySign, Expression, Program, Statement } from './program.ts'

/** A program as source text. */
export type Syntax = 'javascript' | 'python'

export function writeProgram(program: Program, syntax: Syntax): string {
  const declared = new Set<string>()
  return lines(program, syntax, declared).join('\n')
}

function lines(statements: readonly Statement[], syntax: Syntax, declared: Set<string>): string[] {
  return statements.flatMap((statement) => linesOf(statement, syntax, declared))
}

function linesOf(statement: Statement, syntax: Syntax, declared: Set<string>): string[] {
  const script = syntax === 'javascript'
  const text = (expression: Expression) => expressionText(expression, syntax)
  const block = (head: string, body: readonly Statement[]) => [
    script ? `${head} {` : `${head}:`,
    ...lines(body, syntax, declared).map((line) => `${script ? '  ' : '    '}${line}`),
    ...(script ? ['}'] : []),
  ]
  switch (statement.kind) {
    case 'assign': {
      const { name, value } = statement
      if (script && !declared.has(name)) {
        declared.add(name)
        return [`let ${name} = ${text(value)};`]
      }
      const short = shorthand(name, value)
      const assignment = short ? `${name} ${short.sign}= ${text(short.by)}` : `${name} = ${text(value)}`
      return [script ? `${assignment};` : assignment]
    }
    case 'count': {
      const { name, low, high, step, body } = statement
      const next = step === 1 ? `${name}++` : `${name} += ${step}`
      const bounds = low.kind === 'number' && low.value === 0 && step === 1 ? [high] : [low, high]
      const range = [...bounds.map(text), ...(step === 1 ? [] : [String(step)])].join(', ')
      return block(
        script
          ? `for (let ${name} = ${text(low)}; ${name} < ${text(high)}; ${next})`
          : `for ${name} in range(${range})`,
        body,
      )
    }
    case 'each':
      return block(
        script
          ? `for (const ${statement.name} of ${statement.list})`
          : `for ${statement.name} in ${statement.list}`,
        statement.body,
      )
    case 'while': {
      const condition = text(statement.condition)
      return block(script ? `while (${condition})` : `while ${condition}`, statement.body)
    }
    case 'if': {
      const condition = text(statement.condition)
      const then = block(script ? `if (${condition})` : `if ${condition}`, statement.yes)
      if (statement.no.length === 0) return then
      const otherwise = block('else', statement.no)
      return script ? [...then.slice(0, -1), '} else {', ...otherwise.slice(1)] : [...then, ...otherwise]
    }
    case 'append':
      return [
        script
          ? `${statement.list}.push(${text(statement.value)});`
          : `${statement.list}.append(${text(statement.value)})`,
      ]
    case 'print': {
      const values = statement.values.map(text).join(', ')
      return [script ? `console.log(${values});` : `print(${values})`]
    }
    default:
      return unreachable(statement)
  }
}

/** `x = x + 2` is written `x += 2`. */
function shorthand(name: string, value: Expression): { sign: '+' | '-' | '*'; by: Expression } | null {
  if (value.kind !== 'binary' || value.left.kind !== 'variable' || value.left.name !== name) return null
  const { sign } = value
  return sign === '+' || sign === '-' || sign === '*' ? { sign, by: value.right } : null
}

const scriptSigns: Partial<Record<BinarySign, string>> = { '==': '===', '!=': '!==' }
const pythonSigns: Partial<Record<BinarySign, string>> = { '&&': 'and', '||': 'or' }

function expressionText(expression: Expression, syntax: Syntax): string {
  const script = syntax === 'javascript'
  switch (expression.kind) {
    case 'number':
      return String(expression.value)
    case 'variable':
      return expression.name
    case 'list':
      return `[${expression.items.map((item) => expressionText(item, syntax)).join(', ')}]`
    case 'item':
      return `${expression.list}[${expressionText(expression.index, syntax)}]`
    case 'length':
      return script ? `${expression.list}.length` : `len(${expression.list})`
    case 'binary': {
      const side = (inner: Expression) => {
        const text = expressionText(inner, syntax)
        return inner.kind === 'binary' && !(script && inner.sign === '//') ? `(${text})` : text
      }
      const { sign, left, right } = expression
      if (script && sign === '//') return `Math.floor(${side(left)} / ${side(right)})`
      return `${side(left)} ${(script ? scriptSigns : pythonSigns)[sign] ?? sign} ${side(right)}`
    }
    default:
      return unreachable(expression)
  }
}
