/** Rules that contradict each other, and rules that nothing can reach, found when a configuration is read. */

import type { OptionFault } from '../strategy.ts'
import { type Condition, conditionOf } from './condition.ts'
import type { WrittenCondition } from './condition-schema.ts'
import { alternativesOf, type Literal, satisfiable } from './satisfiable.ts'

export type WrittenRule = {
  readonly name?: string | undefined
  readonly priority: number
  readonly when: WrittenCondition
  readonly to: string
}

/** Longer conditions, taken apart into alternatives, are not looked into. */
const mostAlternatives = 64

/** Pairs of alternatives that are compared in all; the first faults are found before that. */
const mostComparisons = 200_000

type Rule = WrittenRule & {
  readonly place: number
  readonly condition: Condition
  readonly alternatives: readonly (readonly Literal[])[] | null
}

export function ruleFaults(written: readonly WrittenRule[]): readonly OptionFault[] {
  const work = { left: mostComparisons }
  const rules = written.map((rule, place) => {
    const condition = conditionOf(rule.when)
    return { ...rule, place, condition, alternatives: alternativesOf(condition, mostAlternatives) }
  })
  const impossible = rules.filter(({ alternatives }) => alternatives !== null && noneCanHold(alternatives))
  const others = rules.filter((rule) => !impossible.includes(rule))
  return [
    ...impossible.map((rule) =>
      fault(rule, 'can never hold: its tests contradict each other. Correct it, or remove the rule.'),
    ),
    ...conflicts(others, work),
    ...unreachables(others, work),
  ]
}

const fault = ({ place }: Rule, message: string): OptionFault => ({ path: ['rules', place, 'when'], message })

const called = ({ name, place }: Rule): string =>
  name === undefined ? `rule ${place + 1}` : `the rule ${name}`

const noneCanHold = (alternatives: readonly (readonly Literal[])[]): boolean =>
  alternatives.every((literals) => satisfiable(literals).kind === 'no')

type Work = { left: number }

/** Every conflict comes with an example of a request of which both rules hold. */
function* conflicts(rules: readonly Rule[], work: Work): Generator<OptionFault> {
  for (const [index, second] of rules.entries())
    for (const first of rules.slice(0, index)) {
      if (first.priority !== second.priority || first.to === second.to) continue
      const example = bothHold(first, second, work)
      if (example === null) continue
      yield fault(
        second,
        `can hold together with ${called(first)} of the same priority ${first.priority}${example.length === 0 ? '' : ` (${example.join(', ')})`}, and they go different ways: ${first.to} and ${second.to}. Give one of them a higher priority, or let one exclude the other.`,
      )
    }
}

function bothHold({ alternatives: some }: Rule, { alternatives: others }: Rule, work: Work) {
  for (const one of some ?? [])
    for (const other of others ?? []) {
      if (work.left-- <= 0) return null
      const found = satisfiable([...one, ...other])
      if (found.kind === 'yes') return found.example
    }
  return null
}

/** A rule is out of reach where nothing is left of it without the cases of those that are asked before it. */
function* unreachables(rules: readonly Rule[], work: Work): Generator<OptionFault> {
  for (const rule of rules) {
    const before = rules.filter(
      (other) =>
        other.priority > rule.priority ||
        (other.priority === rule.priority && other.to === rule.to && other.place < rule.place),
    )
    const alone = before.find((other) => isCovered(rule, [other], work))
    const covering = alone ? [alone] : isCovered(rule, before, work) ? before : null
    if (covering)
      yield fault(
        rule,
        `can never be reached: whenever it holds, so does ${covering.map(called).join(' or ')}, which ${covering.length === 1 ? 'comes' : 'come'} before it. Give it a higher priority, or remove it.`,
      )
  }
}

function isCovered({ alternatives }: Rule, before: readonly Rule[], work: Work): boolean {
  let left = alternatives
  if (left === null || before.length === 0) return false
  for (const { condition } of before) {
    const without = alternativesOf(condition, mostAlternatives, false)
    if (without === null) continue
    if (left.length * without.length > mostAlternatives * mostAlternatives) return false
    const rest: (readonly Literal[])[] = []
    for (const one of left)
      for (const other of without) {
        if (work.left-- <= 0) return false
        const both = [...one, ...other]
        if (satisfiable(both).kind !== 'no') rest.push(both)
      }
    if (rest.length === 0) return true
    if (rest.length > mostAlternatives) return false
    left = rest
  }
  return false
}
