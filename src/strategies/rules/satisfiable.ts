/**
 * Whether conditions can hold together, shown by an example: for each fact, values are tried that stand for all others as far
 * as the tests can tell. Facts are taken to be independent of one another, but that probabilities of one classifier add up to 1.
 */

import { unreachable } from '../../domain/unreachable.ts'
import { type Condition, holdsOf, type Test, textForms } from './condition.ts'
import type { Fact, FactValue } from './facts.ts'

/** A test that must hold, or must not. */
export type Literal = { readonly fact: Fact; readonly test: Test; readonly holds: boolean }

/** `unknown`: no example was found, and none was ruled out either. */
export type Satisfiable =
  | { readonly kind: 'yes'; readonly example: readonly string[] }
  | { readonly kind: 'no' }
  | { readonly kind: 'unknown' }

/** Any one of the lists, of which all literals hold; `null`: there would be more than `most` of them. */
export function alternativesOf(
  condition: Condition,
  most: number,
  wanted = true,
): readonly (readonly Literal[])[] | null {
  switch (condition.kind) {
    case 'test':
      return [[{ fact: condition.fact, test: condition.test, holds: wanted }]]
    case 'not':
      return alternativesOf(condition.of, most, !wanted)
    case 'all':
    case 'any': {
      const inner: (readonly (readonly Literal[])[])[] = []
      for (const one of condition.of) {
        const alternatives = alternativesOf(one, most, wanted)
        if (alternatives === null) return null
        inner.push(alternatives)
      }
      return (condition.kind === 'all') === wanted ? product(inner, most) : upTo(inner.flat(), most)
    }
    default:
      return unreachable(condition)
  }
}

const upTo = <T>(list: readonly T[], most: number): readonly T[] | null => (list.length > most ? null : list)

function product(
  factors: readonly (readonly (readonly Literal[])[])[],
  most: number,
): readonly (readonly Literal[])[] | null {
  let made: readonly (readonly Literal[])[] = [[]]
  for (const factor of factors) {
    if (made.length * factor.length > most) return null
    made = made.flatMap((one) => factor.map((other) => [...one, ...other]))
  }
  return made
}

/** Whether all literals can hold of one request. */
export function satisfiable(literals: readonly Literal[]): Satisfiable {
  const byFact = new Map<string, Literal[]>()
  for (const literal of literals) {
    const { name } = literal.fact
    byFact.set(name, [...(byFact.get(name) ?? []), literal])
  }
  const example: string[] = []
  const shares = new Map<string, readonly number[]>()
  let isSure = true
  for (const [name, of] of byFact) {
    const found = valueFor(of)
    if (found.kind === 'no') return found
    if (found.kind === 'unknown') {
      isSure = false
      continue
    }
    const { value } = found
    if (value !== null) example.push(`${name} ${shown(value)}`)
    const { kind } = of[0]!.fact
    if (kind.kind === 'number' && kind.of && typeof value === 'number' && value > 0)
      shares.set(kind.of.classifier, [...(shares.get(kind.of.classifier) ?? []), value])
  }
  // Two labels that must each have a half can do so only in a tie to the last digit: no example that anybody will see.
  const crowded = [...shares.values()].some(
    (of) => of.length > 1 && of.reduce((sum, share) => sum + share, 0) > 1 - 1e-9,
  )
  if (crowded) return { kind: 'no' }
  return isSure ? { kind: 'yes', example } : { kind: 'unknown' }
}

const shown = (value: NonNullable<FactValue>): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? JSON.stringify(value)
      : String(value)

type Found =
  | { readonly kind: 'yes'; readonly value: FactValue }
  | { readonly kind: 'no' }
  | { readonly kind: 'unknown' }

/** The first value that meets all of one fact's literals; of numbers the smallest. */
function valueFor(literals: readonly Literal[]): Found {
  const { fact } = literals[0]!
  if (contradict(literals)) return { kind: 'no' }
  if (fact.kind.kind === 'texts') return listFor(literals)
  const meets = (value: FactValue) => literals.every(({ test, holds }) => holdsOf(test, value) === holds)
  const value = candidateValues(fact, literals).find(meets)
  if (value !== undefined) return { kind: 'yes', value }
  return isExhaustive(literals) ? { kind: 'no' } : { kind: 'unknown' }
}

/** A member for each test that must hold, none of which passes one that must not. */
function listFor(literals: readonly Literal[]): Found {
  const never = literals.filter(({ holds }) => !holds)
  const members: string[] = []
  for (const wanted of literals.filter(({ holds }) => holds)) {
    const found = valueFor([wanted, ...never].map((one) => ({ ...one, fact: asText(one.fact) })))
    if (found.kind !== 'yes') return found
    if (typeof found.value === 'string') members.push(found.value)
  }
  return { kind: 'yes', value: [...new Set(members)] }
}

const asText = (fact: Fact): Fact => ({ ...fact, kind: { kind: 'text' } })

const contradict = (literals: readonly Literal[]): boolean =>
  literals.some(
    (one) =>
      one.holds &&
      literals.some((other) => !other.holds && JSON.stringify(one.test) === JSON.stringify(other.test)),
  )

/** The values that were tried stand for all there are: not so of free texts, whose forms may fit in ways nobody tried. */
const isExhaustive = (literals: readonly Literal[]): boolean =>
  literals[0]!.fact.kind.kind !== 'text' ||
  literals.some(({ test, holds }) => holds && test.kind === 'is') ||
  literals.every(({ test }) => !textForms.some((form) => form === test.kind))

function candidateValues({ kind }: Fact, literals: readonly Literal[]): readonly FactValue[] {
  switch (kind.kind) {
    case 'number':
      return kind.of ? [...numbersAround(literals, kind), null] : numbersAround(literals, kind)
    case 'choice':
      return kind.among
    case 'truth':
      return [false, true]
    case 'text':
    case 'texts':
      return textsAround(literals)
    default:
      return unreachable(kind)
  }
}

type Bounds = { readonly least: number; readonly most: number; readonly whole: boolean }

/** One number of each stretch that the tests can't tell apart, the smallest first. */
function numbersAround(literals: readonly Literal[], { least, most, whole }: Bounds): readonly number[] {
  const marks = [...new Set([least, ...literals.flatMap(({ test }) => numbersOf(test)), most])]
    .filter((mark) => mark >= least && mark <= most)
    .sort((a, b) => a - b)
  const found = whole
    ? marks.flatMap((mark) => [Math.ceil(mark), Math.floor(mark) + 1])
    : marks.flatMap((mark, place) => {
        const next = marks[place + 1]
        return next === undefined ? [mark] : [mark, (mark + next) / 2]
      })
  return [...new Set(found)].filter((number) => number >= least && number <= most).sort((a, b) => a - b)
}

function numbersOf(test: Test): readonly number[] {
  if (test.kind === 'at-least' || test.kind === 'below') return [test.bound]
  return test.kind === 'is' ? test.values.filter((value) => typeof value === 'number') : []
}

const everyNumber: Bounds = { least: -Number.MAX_VALUE, most: Number.MAX_VALUE, whole: false }

/** What the tests name, each alone and the pieces of all together; a text that none of them names; numbers; none at all. */
function textsAround(literals: readonly Literal[]): readonly FactValue[] {
  const tests = literals.map(({ test }) => test)
  const wanted = literals.filter(({ holds }) => holds).map(({ test }) => test)
  const pieces = (form: string, from = tests) =>
    from.flatMap((test) => (test.kind === form && 'texts' in test ? test.texts : []))
  const said = tests.flatMap((test) => (test.kind === 'is' ? test.values : []))
  const filled = pieces('matches').flatMap((glob) =>
    fillings(glob, [...pieces('contains'), ...pieces('mentions')]),
  )
  const middle = wanted.flatMap((test) =>
    test.kind === 'contains' || test.kind === 'mentions' ? test.texts.slice(0, 1) : [],
  )
  const starts = [...pieces('startsWith'), '']
  const ends = [...pieces('endsWith'), '']
  const joined = starts
    .slice(0, 20)
    .flatMap((start) => ends.slice(0, 20).map((end) => [start, ...middle, end].filter(Boolean).join(' ')))
  const alone = textForms.flatMap((form) => pieces(form))
  const numeric = tests.some(({ kind }) => kind === 'at-least' || kind === 'below')
    ? numbersAround(literals, everyNumber).map(String)
    : []
  const texts = [...said.map(String), ...alone, ...filled, ...joined, ...numeric].filter(
    (text) => text !== '',
  )
  return [...texts, unnamed(texts), null]
}

function fillings(glob: string, pieces: readonly string[]): readonly string[] {
  const plain = glob.replaceAll('?', 'x')
  const apart = [...pieces.slice(0, 20), pieces.join(' ')].flatMap((piece) => [piece, ` ${piece} `])
  return ['', ...apart].map((piece) => plain.replace('*', piece).replaceAll('*', ''))
}

function unnamed(texts: readonly string[]): string {
  let made = 'other'
  while (texts.includes(made)) made += '-other'
  return made
}
