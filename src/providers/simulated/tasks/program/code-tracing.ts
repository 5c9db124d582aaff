import { type Draw, integerBetween, pick } from '../../../../domain/random.ts'
import { conclusionOf } from '../matching.ts'
import { nearNumber } from '../mistakes.ts'
import { drawUntil, type Level, type TaskFamily } from '../task.ts'
import { type BinarySign, type Expression, type Program, run, type Statement } from './program.ts'
import { readProgram } from './read-program.ts'
import { type Syntax, writeProgram } from './write-program.ts'

/** Programs whose output is asked for. The level: how deep loops and branches stand in each other. */
export const codeTracing: TaskFamily = {
  kind: 'code-tracing',
  approach: ['Following the program line by line and noting the variables after every pass of a loop.'],
  generate(draw, level) {
    const { program, output } = drawUntil(
      () => {
        const made = randomProgram(draw, level)
        const ran = run(made)
        return { program: made, output: ran.kind === 'printed' ? ran.output : '' }
      },
      (made) => made.output !== '' && made.output.length < 40 && levelOf(made.program) === level,
    )
    const syntax = pick(draw, ['javascript', 'python'] as const)
    return {
      kind: 'code-tracing',
      level,
      prompt: asked(draw, writeProgram(program, syntax), syntax),
      answer: output,
      responseSchema: null,
    }
  },
  recognise(prompt) {
    if (!/\b(?:print|prints|printed|output|outputs|log|logs|logged|trace|result|value)\b/i.test(prompt))
      return null
    const program = programIn(prompt)
    if (!program) return null
    const ran = run(program)
    return ran.kind === 'printed' && ran.output !== ''
      ? { level: levelOf(program), solve: () => ran.output }
      : null
  },
  check({ answer }, text) {
    const { text: conclusion, marked } = conclusionOf(text)
    const found = conclusion.match(/-?\d+/g) ?? []
    const wanted = answer.match(/-?\d+/g) ?? []
    const given = (all: readonly string[]) =>
      marked ? all.slice(0, wanted.length) : all.slice(-wanted.length)
    return wanted.length > 0 && given(found).join(' ') === wanted.join(' ')
  },
  mistake(draw, { answer }) {
    const numbers = answer.match(/-?\d+/g) ?? ['0']
    const at = integerBetween(draw, 0, numbers.length - 1)
    let index = -1
    return answer.replace(/-?\d+/g, (found) =>
      ++index === at ? String(nearNumber(draw, Number(found))) : found,
    )
  },
}

const number = (value: number): Expression => ({ kind: 'number', value })
const variable = (name: string): Expression => ({ kind: 'variable', name })
const binary = (left: Expression, sign: BinarySign, right: Expression): Expression => ({
  kind: 'binary',
  sign,
  left,
  right,
})
const assign = (name: string, value: Expression): Statement => ({ kind: 'assign', name, value })
const change = (name: string, sign: '+' | '-' | '*', by: Expression): Statement =>
  assign(name, binary(variable(name), sign, by))
const print = (...names: readonly string[]): Statement => ({ kind: 'print', values: names.map(variable) })

function randomProgram(draw: Draw, level: Level): Program {
  const names = pick(draw, [
    { total: 'total', other: 'count', index: 'i', inner: 'j', list: 'items' },
    { total: 'x', other: 'y', index: 'k', inner: 'm', list: 'values' },
    { total: 'score', other: 'steps', index: 'n', inner: 'p', list: 'nums' },
  ])
  switch (level) {
    case 1:
      return straightLine(draw, names)
    case 2:
      return draw() < 0.5 ? oneBranch(draw, names) : oneLoop(draw, names)
    case 3:
      return branchInLoop(draw, names)
    case 4:
      return listThenBranch(draw, names)
    case 5:
      return nestedLoops(draw, names)
  }
}

type Names = {
  readonly total: string
  readonly other: string
  readonly index: string
  readonly inner: string
  readonly list: string
}

const small = (draw: Draw): Expression => number(integerBetween(draw, 2, 9))
const sign = (draw: Draw): '+' | '-' | '*' => pick(draw, ['+', '-', '*', '+'] as const)

function straightLine(draw: Draw, { total, other }: Names): Program {
  return [
    assign(total, number(integerBetween(draw, 2, 20))),
    assign(other, binary(variable(total), sign(draw), small(draw))),
    change(total, pick(draw, ['+', '-'] as const), variable(other)),
    ...(draw() < 0.5 ? [change(other, '+', small(draw))] : []),
    print(...(draw() < 0.5 ? [total] : [total, other])),
  ]
}

function oneBranch(draw: Draw, { total, other }: Names): Program {
  const remainder = binary(
    binary(variable(total), '%', small(draw)),
    '==',
    number(integerBetween(draw, 0, 1)),
  )
  const larger = binary(variable(total), '>', variable(other))
  return [
    assign(total, number(integerBetween(draw, 5, 40))),
    assign(other, number(integerBetween(draw, 5, 40))),
    {
      kind: 'if',
      condition: draw() < 0.5 ? remainder : larger,
      yes: [change(total, sign(draw), small(draw))],
      no: [change(other, sign(draw), small(draw)), change(total, '+', variable(other))],
    },
    print(total, other),
  ]
}

function oneLoop(draw: Draw, { total, index }: Names): Program {
  const grows =
    draw() < 0.6 ? variable(index) : binary(variable(index), '*', number(integerBetween(draw, 2, 4)))
  return [
    assign(total, number(integerBetween(draw, 0, 12))),
    {
      kind: 'count',
      name: index,
      low: number(integerBetween(draw, 0, 3)),
      high: number(integerBetween(draw, 5, 9)),
      step: pick(draw, [1, 1, 2]),
      body: [change(total, pick(draw, ['+', '-', '+'] as const), grows)],
    },
    print(total),
  ]
}

function branchInLoop(draw: Draw, { total, other, index }: Names): Program {
  return [
    assign(total, number(integerBetween(draw, 0, 10))),
    assign(other, number(integerBetween(draw, 0, 3))),
    {
      kind: 'count',
      name: index,
      low: number(integerBetween(draw, 0, 2)),
      high: number(integerBetween(draw, 6, 11)),
      step: 1,
      body: [
        everyFew(
          draw,
          variable(index),
          [change(total, '+', variable(index))],
          [change(other, '+', small(draw))],
        ),
      ],
    },
    print(total, other),
  ]
}

const everyFew = (
  draw: Draw,
  of: Expression,
  yes: readonly Statement[],
  no: readonly Statement[],
): Statement => ({
  kind: 'if',
  condition: binary(
    binary(of, '%', number(integerBetween(draw, 2, 4))),
    '==',
    number(integerBetween(draw, 0, 1)),
  ),
  yes,
  no,
})

function listThenBranch(draw: Draw, names: Names): Program {
  const { total, other, index, list } = names
  const items = Array.from({ length: integerBetween(draw, 5, 8) }, () => number(integerBetween(draw, 1, 30)))
  return [
    assign(list, { kind: 'list', items }),
    assign(total, number(integerBetween(draw, 0, 5))),
    assign(other, number(integerBetween(draw, 1, 4))),
    {
      kind: 'each',
      name: index,
      list,
      body: [
        everyFew(
          draw,
          variable(index),
          [change(total, '+', variable(index))],
          [change(other, '*', number(2)), change(total, '-', small(draw))],
        ),
      ],
    },
    {
      kind: 'if',
      condition: binary(variable(total), '>', variable(other)),
      yes: [change(total, '-', variable(other))],
      no: [change(other, '-', variable(total))],
    },
    print(total, other),
  ]
}

function nestedLoops(draw: Draw, { total, other, index, inner }: Names): Program {
  const sum = binary(variable(index), pick(draw, ['+', '*'] as const), variable(inner))
  const body = everyFew(
    draw,
    sum,
    [change(total, '+', binary(variable(index), pick(draw, ['+', '*'] as const), variable(inner)))],
    [change(other, '+', number(integerBetween(draw, 1, 3)))],
  )
  const innerLow = draw() < 0.5 ? number(0) : variable(index)
  return [
    assign(total, number(integerBetween(draw, 0, 9))),
    assign(other, number(0)),
    {
      kind: 'count',
      name: index,
      low: number(1),
      high: number(integerBetween(draw, 5, 7)),
      step: 1,
      body: [
        {
          kind: 'count',
          name: inner,
          low: innerLow,
          high: number(integerBetween(draw, 5, 8)),
          step: 1,
          body: [body],
        },
        ...(draw() < 0.5 ? [change(total, '-', variable(index))] : []),
      ],
    },
    print(total, other),
  ]
}

/** Depth 0 is level 1, depth 1 level 2, a branch in a loop level 3, more than that at depth 2 level 4, deeper level 5. */
function levelOf(program: Program): Level {
  const { depth, blocks } = shapeOf(program)
  if (depth <= 1) return depth === 0 ? 1 : 2
  if (depth === 2) return blocks <= 2 ? 3 : 4
  return 5
}

function shapeOf(statements: readonly Statement[]): { readonly depth: number; readonly blocks: number } {
  let depth = 0
  let blocks = 0
  for (const statement of statements) {
    const bodies = bodiesOf(statement)
    if (bodies.length === 0) continue
    const inner = bodies.map(shapeOf)
    depth = Math.max(depth, 1 + Math.max(...inner.map((shape) => shape.depth)))
    blocks += 1 + inner.reduce((sum, shape) => sum + shape.blocks, 0)
  }
  return { depth, blocks }
}

function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  if (statement.kind === 'if') return [statement.yes, statement.no]
  return 'body' in statement ? [statement.body] : []
}

function asked(draw: Draw, source: string, syntax: Syntax): string {
  const title = syntax === 'javascript' ? 'JavaScript' : 'Python'
  const fenced = `\`\`\`${syntax === 'javascript' ? pick(draw, ['js', 'javascript']) : 'python'}\n${source}\n\`\`\``
  return pick(draw, [
    `What does this ${title} program print?\n\n${fenced}`,
    `${fenced}\n\nPredict the output of the code above. Give only what is printed.`,
    `Trace the following snippet by hand and tell me its output:\n\n${fenced}`,
    `I ran this ${title} script. What was logged to the terminal?\n${fenced}`,
  ])
}

function programIn(prompt: string): Program | null {
  const fenced = /```\w*\n([\s\S]*?)```/.exec(prompt)
  if (fenced) return readProgram(fenced[1]!)
  for (const part of prompt.split(/\n\n|:\n/)) {
    const program = /\b(?:print|console\.log)\(/.test(part) ? readProgram(part.trim()) : null
    if (program) return program
  }
  return null
}
