import { type BinarySign, binarySigns, type Expression, type Program, type Statement } from './program.ts'

/** Source text to program: `null` for anything outside the small language. */
export function readProgram(source: string): Program | null {
  const script = /\b(?:let|const|var|console)\b|[{};]/.test(source)
  const tokens = script ? tokensOf(source.replace(/\/\/.*$/gm, '')) : tokensOfIndented(source)
  if (tokens === null || depthOf(tokens) > deepest) return null
  const reader = createReader(tokens)
  try {
    const program = reader.statements()
    return reader.atEnd() && program.length > 0 ? program : null
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

/** Brackets within brackets, of any kind; deeper ones would be too much for a reader that calls itself. */
const deepest = 30

function depthOf(tokens: readonly string[]): number {
  let depth = 0
  let most = 0
  for (const token of tokens) {
    if ('([{'.includes(token)) most = Math.max(most, ++depth)
    else if (')]}'.includes(token)) depth--
  }
  return most
}

/** Thrown and caught within this file. */
class Unreadable extends Error {}

const tokenPattern =
  /\s+|\d+|[A-Za-z_]\w*|===|!==|==|!=|<=|>=|&&|\|\||\+\+|[-+*]=|\/\/|[-+*%/<>=()[\]{},.;:]/y

function tokensOf(source: string): string[] | null {
  const tokens: string[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < source.length) {
    const match = tokenPattern.exec(source)
    if (!match) return null
    if (match[0].trim() !== '') tokens.push(match[0])
  }
  return tokens
}

/** Indentation becomes braces and line ends become semicolons, so that both syntaxes share a grammar. */
function tokensOfIndented(source: string): string[] | null {
  const tokens: string[] = []
  const depths = [0]
  for (const line of source.replace(/#.*$/gm, '').split('\n')) {
    if (line.trim() === '') continue
    const depth = line.length - line.trimStart().length
    if (depth > depths.at(-1)!) {
      depths.push(depth)
      tokens.push('{')
    }
    while (depth < depths.at(-1)!) {
      depths.pop()
      tokens.push('}')
    }
    const read = tokensOf(line.trim())
    if (read === null) return null
    if (read.at(-1) === ':') tokens.push(...read.slice(0, -1))
    else tokens.push(...read, ';')
  }
  tokens.push(...depths.slice(1).map(() => '}'))
  return tokens
}

type Reader = { readonly statements: () => Statement[]; readonly atEnd: () => boolean }

function createReader(tokens: readonly string[]): Reader {
  let at = 0
  const peek = (ahead = 0) => tokens[at + ahead] ?? ''
  const accept = (token: string) => peek() === token && ++at > 0
  const expect = (token: string) => {
    if (!accept(token)) throw new Unreadable(`wanted ${token}`)
  }
  const name = () => {
    const token = peek()
    if (!/^[A-Za-z_]/.test(token)) throw new Unreadable('wanted a name')
    at++
    return token
  }
  const expression = expressionReader({ peek, accept, expect, name })

  const statements = () => {
    const read: Statement[] = []
    while (at < tokens.length && peek() !== '}') read.push(statement())
    return read
  }
  const block = () => {
    expect('{')
    const read = statements()
    expect('}')
    return read
  }
  const statement = (): Statement => {
    if (accept('for')) return loop()
    if (accept('while')) return { kind: 'while', condition: expression(), body: block() }
    if (accept('if')) return choice()
    const simple = simpleStatement()
    accept(';')
    return simple
  }
  const choice = (): Statement => {
    const condition = expression()
    const yes = block()
    if (accept('elif')) return { kind: 'if', condition, yes, no: [choice()] }
    if (!accept('else')) return { kind: 'if', condition, yes, no: [] }
    return { kind: 'if', condition, yes, no: accept('if') ? [choice()] : block() }
  }
  const loop = (): Statement => (accept('(') ? scriptLoop() : pythonLoop())
  const scriptLoop = (): Statement => {
    if (!accept('let')) expect('const')
    const counter = name()
    if (accept('of')) {
      const list = name()
      expect(')')
      return { kind: 'each', name: counter, list, body: block() }
    }
    expect('=')
    const low = expression()
    expect(';')
    expect(counter)
    const inclusive = accept('<=')
    if (!inclusive) expect('<')
    const limit = expression()
    expect(';')
    expect(counter)
    const step = accept('++') ? 1 : stepAfter()
    expect(')')
    return {
      kind: 'count',
      name: counter,
      low,
      high: inclusive ? plusOne(limit) : limit,
      step,
      body: block(),
    }
  }
  const pythonLoop = (): Statement => {
    const counter = name()
    expect('in')
    if (!accept('range')) return { kind: 'each', name: counter, list: name(), body: block() }
    expect('(')
    const first = expression()
    const second = accept(',') ? expression() : null
    const step = accept(',') ? wholeNumber() : 1
    expect(')')
    const low: Expression = second ? first : { kind: 'number', value: 0 }
    return { kind: 'count', name: counter, low, high: second ?? first, step, body: block() }
  }
  const stepAfter = () => {
    expect('+=')
    return wholeNumber()
  }
  const wholeNumber = () => {
    const value = Number(peek())
    if (!Number.isInteger(value) || value < 1) throw new Unreadable('wanted a step')
    at++
    return value
  }
  const print = (): Statement => {
    expect('(')
    const values = [expression()]
    while (accept(',')) values.push(expression())
    expect(')')
    return { kind: 'print', values }
  }
  const simpleStatement = (): Statement => {
    if (peek() === 'console' && peek(2) === 'log') {
      at += 3
      return print()
    }
    if (accept('print')) return print()
    const declares = accept('let') || accept('const') || accept('var')
    const target = name()
    if (!declares && accept('.')) {
      if (!accept('push')) expect('append')
      expect('(')
      const value = expression()
      expect(')')
      return { kind: 'append', list: target, value }
    }
    if (accept('=')) return { kind: 'assign', name: target, value: expression() }
    const left: Expression = { kind: 'variable', name: target }
    if (accept('++')) return { kind: 'assign', name: target, value: plusOne(left) }
    for (const sign of ['+', '-', '*'] as const) {
      if (accept(`${sign}=`))
        return { kind: 'assign', name: target, value: { kind: 'binary', sign, left, right: expression() } }
    }
    throw new Unreadable('wanted a statement')
  }
  return { statements, atEnd: () => at === tokens.length }
}

const plusOne = (left: Expression): Expression =>
  left.kind === 'number'
    ? { kind: 'number', value: left.value + 1 }
    : { kind: 'binary', sign: '+', left, right: { kind: 'number', value: 1 } }

type Cursor = {
  readonly peek: (ahead?: number) => string
  readonly accept: (token: string) => boolean
  readonly expect: (token: string) => void
  readonly name: () => string
}

/** Loosest first; the signs of one row bind alike. */
const bindings: readonly (readonly BinarySign[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '%', '//'],
]
const spellings: Readonly<Record<string, BinarySign>> = { '===': '==', '!==': '!=', and: '&&', or: '||' }

function expressionReader({ peek, accept, expect, name }: Cursor): () => Expression {
  const sign = (): BinarySign | undefined =>
    spellings[peek()] ?? binarySigns.find((known) => known === peek())
  const level = (row: number): Expression => {
    if (row === bindings.length) return factor()
    let left = level(row + 1)
    for (let found = sign(); found && bindings[row]!.includes(found); found = sign()) {
      accept(peek())
      left = { kind: 'binary', sign: found, left, right: level(row + 1) }
    }
    return left
  }
  const expression = () => level(0)
  const factor = (): Expression => {
    if (accept('(')) {
      const inner = expression()
      expect(')')
      return inner
    }
    if (accept('[')) return list()
    if (accept('-')) return { kind: 'binary', sign: '-', left: { kind: 'number', value: 0 }, right: factor() }
    if (/^\d/.test(peek())) {
      const value = Number(peek())
      accept(peek())
      return { kind: 'number', value }
    }
    return named(name())
  }
  const list = (): Expression => {
    const items: Expression[] = []
    while (!accept(']')) {
      items.push(expression())
      if (peek() !== ']') expect(',')
    }
    return { kind: 'list', items }
  }
  const named = (word: string): Expression => {
    if (word === 'Math') {
      for (const token of ['.', 'floor', '(']) expect(token)
      const left = level(3)
      expect('/')
      const right = level(3)
      expect(')')
      return { kind: 'binary', sign: '//', left, right }
    }
    if (word === 'len') {
      expect('(')
      const length: Expression = { kind: 'length', list: name() }
      expect(')')
      return length
    }
    if (accept('[')) {
      const index = expression()
      expect(']')
      return { kind: 'item', list: word, index }
    }
    if (accept('.')) {
      expect('length')
      return { kind: 'length', list: word }
    }
    return { kind: 'variable', name: word }
  }
  return expression
}
