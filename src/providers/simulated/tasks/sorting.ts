import { type Draw, integerBetween, pick, shuffle } from '../../../domain/random.ts'
import { unreachable } from '../../../domain/unreachable.ts'
import { givesList } from './matching.ts'
import { nearList } from './mistakes.ts'
import { drawUntil, type Level, type TaskFamily } from './task.ts'
import { words } from './vocabulary.ts'

/** Lists to be put in order. Equal items under a rule go in their natural order, as the prompt says. */
type Rule = 'natural' | 'length' | 'last-letter' | 'vowels' | 'digit-sum' | 'last-digit'
type Sorting = { readonly items: readonly string[]; readonly rule: Rule; readonly descending: boolean }

const sizes: Readonly<
  Record<
    Level,
    { readonly natural: readonly [number, number] | null; readonly by: readonly [number, number] | null }
  >
> = {
  1: { natural: [4, 5], by: null },
  2: { natural: [6, 8], by: null },
  3: { natural: [9, 13], by: [4, 6] },
  4: { natural: null, by: [7, 9] },
  5: { natural: null, by: [10, 14] },
}

export const sorting: TaskFamily = {
  kind: 'sorting',
  approach: [
    'Each item is compared by the rule, and equal ones keep the order that the question gives for ties.',
  ],
  generate(draw, level) {
    const question = randomSorting(draw, level)
    return {
      kind: 'sorting',
      level,
      prompt: asked(draw, question),
      answer: sorted(question).join(', '),
      responseSchema: null,
    }
  },
  recognise(prompt) {
    const question = sortingIn(prompt)
    return question && { level: levelOf(question), solve: () => sorted(question).join(', ') }
  },
  check: ({ answer }, text) => givesList(answer.split(', '), text),
  mistake: (draw, { answer }) => nearList(draw, answer.split(', ')).join(', '),
}

function randomSorting(draw: Draw, level: Level): Sorting {
  const { natural, by } = sizes[level]
  const simple = natural !== null && (by === null || draw() < 0.5)
  const [least, most] = simple ? natural : by!
  const count = integerBetween(draw, least, most)
  const numbers = draw() < 0.5
  const items = numbers
    ? drawUntil(
        () => Array.from({ length: count }, () => String(integerBetween(draw, 1, level < 3 ? 99 : 999))),
        (made) => new Set(made).size === count,
      )
    : shuffle(draw, words).slice(0, count)
  const rules: readonly Rule[] = numbers ? ['digit-sum', 'last-digit'] : ['length', 'last-letter', 'vowels']
  return { items, rule: simple ? 'natural' : pick(draw, rules), descending: draw() < 0.4 }
}

function levelOf({ items, rule }: Sorting): Level {
  const count = items.length
  if (rule === 'natural') return count <= 5 ? 1 : count <= 8 ? 2 : 3
  return count <= 6 ? 3 : count <= 9 ? 4 : 5
}

const areNumbers = (items: readonly string[]): boolean =>
  items.every((item) => /^-?\d+(?:\.\d+)?$/.test(item))

function sorted({ items, rule, descending }: Sorting): string[] {
  const natural = areNumbers(items)
    ? (a: string, b: string) => Number(a) - Number(b)
    : (a: string, b: string) =>
        a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0
  const direction = descending ? -1 : 1
  if (rule === 'natural') return [...items].sort((a, b) => direction * natural(a, b))
  return [...items].sort((a, b) => direction * (rank(rule, a) - rank(rule, b)) || natural(a, b))
}

function rank(rule: Exclude<Rule, 'natural'>, item: string): number {
  switch (rule) {
    case 'length':
      return item.length
    case 'last-letter':
      return item.toLowerCase().charCodeAt(item.length - 1)
    case 'vowels':
      return item.match(/[aeiou]/gi)?.length ?? 0
    case 'digit-sum':
      return [...item].reduce((sum, digit) => sum + (Number(digit) || 0), 0)
    case 'last-digit':
      return Number(item.at(-1))
    default:
      return unreachable(rule)
  }
}

const namesOf: Readonly<Record<Exclude<Rule, 'natural'>, readonly string[]>> = {
  length: ['length', 'number of letters'],
  'last-letter': ['last letter', 'their last letter'],
  vowels: ['number of vowels', 'how many vowels they have'],
  'digit-sum': ['digit sum', 'the sum of their digits'],
  'last-digit': ['last digit', 'their last digit'],
}

function asked(draw: Draw, { items, rule, descending }: Sorting): string {
  const list = items.join(', ')
  const numbers = areNumbers(items)
  const what = numbers ? 'numbers' : 'words'
  if (rule === 'natural') {
    const order = numbers
      ? descending
        ? pick(draw, ['in descending order', 'from largest to smallest'])
        : pick(draw, ['in ascending order', 'from smallest to largest'])
      : descending
        ? pick(draw, ['in reverse alphabetical order', 'from Z to A'])
        : pick(draw, ['in alphabetical order', 'from A to Z'])
    return pick(draw, [
      `Sort these ${what} ${order}: ${list}`,
      `Put the following ${what} ${order}, separated by commas.\n\n${list}`,
      `Please arrange ${list} ${order}.`,
    ])
  }
  const by = pick(draw, namesOf[rule])
  const order = descending ? 'in descending order' : 'in ascending order'
  const ties = numbers ? 'smaller number first' : 'alphabetically'
  return pick(draw, [
    `Sort these ${what} by ${by} ${order}; break ties ${ties}: ${list}`,
    `Order the ${what} below by ${by} (${descending ? 'highest first' : 'lowest first'}). Where two are equal, sort them ${ties}.\n\n${list}`,
    `Here is a list: ${list}. Rank the ${what} by ${by} ${order}, ties ${ties}, and return them separated by commas.`,
  ])
}

function sortingIn(prompt: string): Sorting | null {
  if (!/\b(?:sort|order|arrange|rank|put)\b/i.test(prompt)) return null
  const lists = [
    ...prompt.matchAll(/(?<![\w.-])-?[\w.]*\w(?:,\s*(?:and )?-?[\w.]*\w)+(?:,? and -?[\w.]*\w)?/g),
  ]
  const runs = lists.map(([run]) => ({
    run,
    items: run.split(/,\s*(?:and )?|\s+and\s+/).filter((item) => item !== ''),
  }))
  const { run: longest, items } = runs.reduce(
    (best, run) => (run.items.length > best.items.length ? run : best),
    {
      run: '',
      items: [] as string[],
    },
  )
  if (items.length < 3) return null
  const said = prompt.replace(longest, ' ').toLowerCase()
  const rule = ruleIn(said)
  const ordered =
    /\b(?:ascending|descending|increasing|decreasing|alphabetical(?:ly)?|first|a to z|z to a|(?:small|larg|short|long|low|high)est)\b/
  if (!ordered.test(said)) return null
  const descending =
    /\bdescending|decreasing|reverse|z to a|(?:largest|highest|biggest) (?:to|first)|longest (?:to|first)/.test(
      said,
    )
  return { items, rule, descending }
}

function ruleIn(said: string): Rule {
  if (/digit sum|sum of (?:their|the) digits/.test(said)) return 'digit-sum'
  if (/last digit/.test(said)) return 'last-digit'
  if (/last letter/.test(said)) return 'last-letter'
  if (/vowels/.test(said)) return 'vowels'
  return /\blength\b|number of letters|longest|shortest/.test(said) ? 'length' : 'natural'
}
