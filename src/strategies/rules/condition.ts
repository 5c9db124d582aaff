/** Conditions over the facts of a turn: as a tree of tests, and whether they hold. */

import type { Turn } from '../../domain/strategy.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { TextTests, NumberTests, WrittenCondition, WrittenTest } from './condition-schema.ts'
import {
  classFact,
  type Fact,
  type FactValue,
  headerFact,
  metadataFact,
  plainFacts,
  structureFacts,
} from './facts.ts'
import { comparable, matchesGlob, mentions } from './text-tests.ts'

export const textForms = ['contains', 'mentions', 'startsWith', 'endsWith', 'matches'] as const
export type TextForm = (typeof textForms)[number]

/** Of one value. Of several texts or values one is enough. */
export type Test =
  | { readonly kind: 'is'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: TextForm; readonly texts: readonly string[] }
  | { readonly kind: 'at-least'; readonly bound: number }
  | { readonly kind: 'below'; readonly bound: number }
  | { readonly kind: 'present' }

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'test'; readonly fact: Fact; readonly test: Test }

export function holds(condition: Condition, turn: Turn): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((inner) => holds(inner, turn))
    case 'any':
      return condition.of.some((inner) => holds(inner, turn))
    case 'not':
      return !holds(condition.of, turn)
    case 'test':
      return holdsOf(condition.test, condition.fact.of(turn))
    default:
      return unreachable(condition)
  }
}

/** What a request lacks passes no test. Of a list one member must pass. */
export function holdsOf(test: Test, value: FactValue): boolean {
  if (value === null) return false
  if (Array.isArray(value)) return value.some((one) => passes(test, one))
  return passes(test, value as string | number | boolean)
}

function passes(test: Test, value: string | number | boolean): boolean {
  switch (test.kind) {
    case 'is':
      return test.values.includes(value)
    case 'present':
      return true
    case 'at-least':
      return numberOf(value) >= test.bound
    case 'below':
      return numberOf(value) < test.bound
    case 'contains':
    case 'mentions':
    case 'startsWith':
    case 'endsWith':
    case 'matches':
      return typeof value === 'string' && test.texts.some((text) => hasForm(test.kind, value, text))
    default:
      return unreachable(test)
  }
}

/** A text that is no number is NaN, which passes no comparison. */
const numberOf = (value: string | number | boolean): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN

function hasForm(form: TextForm, value: string, text: string): boolean {
  switch (form) {
    case 'contains':
      return value.includes(text)
    case 'mentions':
      return mentions(value, text)
    case 'startsWith':
      return value.startsWith(text)
    case 'endsWith':
      return value.endsWith(text)
    case 'matches':
      return matchesGlob(value, text)
    default:
      return unreachable(form)
  }
}

/** A condition as a policy writes it, as a tree. */
export function conditionOf(written: WrittenCondition): Condition {
  const parts: Condition[] = [...testsOf(written)]
  if (written.all) parts.push({ kind: 'all', of: written.all.map(conditionOf) })
  if (written.any) parts.push({ kind: 'any', of: written.any.map(conditionOf) })
  if (written.not) parts.push({ kind: 'not', of: conditionOf(written.not) })
  return parts.length === 1 ? parts[0]! : { kind: 'all', of: parts }
}

function* testsOf(written: WrittenCondition): Generator<Condition> {
  for (const name of names(plainFacts)) yield* named(name, plainFacts[name], written[name])
  for (const name of names(structureFacts))
    yield* named(`structure.${name}`, structureFacts[name], written.structure?.[name])
  for (const [header, test] of entries(written.headers)) yield* testing(headerFact(header), test)
  for (const [key, test] of entries(written.metadata)) yield* testing(metadataFact(key), test)
  for (const [classifier, labels] of entries(written.classes))
    for (const [label, test] of entries(labels)) yield* testing(classFact(classifier, label), test)
}

const names = <Facts extends object>(facts: Facts) => Object.keys(facts) as (keyof Facts & string)[]
const entries = <Value>(record: Readonly<Record<string, Value>> | undefined) => Object.entries(record ?? {})

const named = (name: string, fact: Omit<Fact, 'name'>, test: WrittenTest | undefined) =>
  testing({ ...fact, name }, test)

function* testing(fact: Fact, written: WrittenTest | undefined): Generator<Condition> {
  if (written === undefined) return
  const one = (test: Test): Condition => ({ kind: 'test', fact, test })
  if (typeof written !== 'object' || Array.isArray(written)) yield one(isTest(written))
  else yield* mapped(written as TextTests & NumberTests, one)
}

function* mapped(written: TextTests & NumberTests, one: (test: Test) => Condition): Generator<Condition> {
  if (written.is !== undefined) yield one(isTest(written.is))
  if (written.atLeast !== undefined) yield one({ kind: 'at-least', bound: written.atLeast })
  if (written.below !== undefined) yield one({ kind: 'below', bound: written.below })
  for (const form of textForms) {
    const texts = written[form]
    if (texts !== undefined) yield one({ kind: form, texts: [texts].flat().map(comparable) })
  }
  if (written.present !== undefined) {
    const present = one({ kind: 'present' })
    yield written.present ? present : { kind: 'not', of: present }
  }
}

type Scalar = string | number | boolean

const isTest = (written: Scalar | readonly Scalar[]): Test => ({
  kind: 'is',
  values: [written].flat().map((value) => (typeof value === 'string' ? comparable(value) : value)),
})

/** Every fact that a condition asks about. */
export function factsOf(condition: Condition): readonly Fact[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(factsOf)
    case 'not':
      return factsOf(condition.of)
    case 'test':
      return [condition.fact]
    default:
      return unreachable(condition)
  }
}
