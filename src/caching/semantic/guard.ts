/**
 * Whether two prompts that look alike may be given one answer. What lexical vectors are blind for is looked at by itself: numbers,
 * names, negations, opposites, which way round. It errs towards asking a model.
 */

import type { SemanticRules } from '../rules.ts'
import { oppositesOf } from './lexicon.ts'
import type { PromptFacts } from './prompt-facts.ts'

/** The longer prompt may be so many times as long as the shorter. */
const mostLengthRatio = 2

/** Fewer words than this that differ are likelier to be the point than a way of putting it. */
const fewestOtherWords = 3

/** Why they may not; `null`: they may. */
export function conflict(one: PromptFacts, other: PromptFacts, guard: SemanticRules['guard']): string | null {
  const ratio = Math.max(one.chars, other.chars) / Math.max(1, Math.min(one.chars, other.chars))
  // By words alone a long prompt and a short one that agree in each of them say the same.
  if (guard === 'facts' && ratio > mostLengthRatio) return 'length'
  if (!sameList(one.numbers, other.numbers)) return 'numbers'
  if (one.negations !== other.negations) return 'negation'
  if (!sameList(one.questions, other.questions)) return 'question'
  if (!samePersons(one, other)) return 'person'
  return guard === 'words' ? conflictOfWords(one, other) : conflictOfFacts(one, other)
}

/** Where one of them names nobody, it is a way of putting it (the policy, your policy), if there is enough else to agree in. */
function samePersons(one: PromptFacts, other: PromptFacts): boolean {
  if (sameList(one.persons, other.persons)) return true
  if (one.persons.length > 0 && other.persons.length > 0) return false
  const named = new Set([...one.persons, ...other.persons])
  return named.size === 1 && !named.has('me') && !named.has('us') && one.words.length > 1
}

/** Two prompts of nothing but fillers agree in nothing. */
function conflictOfWords(one: PromptFacts, other: PromptFacts): string | null {
  if (one.words.length === 0) return 'words'
  if (sameList(one.words, other.words)) return null
  return sameBag(one.words, other.words) ? 'order' : 'words'
}

function conflictOfFacts(one: PromptFacts, other: PromptFacts): string | null {
  if (!sameBag(namesBeside(one, other), namesBeside(other, one))) return 'names'
  const names = new Set([...one.names, ...other.names])
  const orderOf = ({ words }: PromptFacts) => words.filter((word) => names.has(word))
  if (!sameList(orderOf(one), orderOf(other))) return 'order'
  if (sameList(one.words, other.words)) return null
  if (sameBag(one.words, other.words)) return 'order'
  const mine = beyond(one.words, other.words)
  const theirs = beyond(other.words, one.words)
  if (mine.some((word) => oppositesOf(word).some((opposite) => theirs.includes(opposite)))) return 'opposites'
  return mine.length + theirs.length < fewestOtherWords ? 'words' : null
}

/** Names of one, without those that the other writes in small letters. */
const namesBeside = (one: PromptFacts, other: PromptFacts): readonly string[] =>
  one.names.filter((name) => other.names.includes(name) || !other.words.includes(name))

/** Words of one that the other lacks, as often as it lacks them. */
function beyond(one: readonly string[], other: readonly string[]): readonly string[] {
  const left = [...other]
  return one.filter((word) => {
    const place = left.indexOf(word)
    if (place !== -1) left.splice(place, 1)
    return place === -1
  })
}

const sameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word, place) => word === other[place])

const sameBag = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && beyond(one, other).length === 0
