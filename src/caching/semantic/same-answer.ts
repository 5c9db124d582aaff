/**
 * Whether two answers say the same, by what they share: a stand-in for a judge. Two models, and one model twice, put the same thing in
 * other words; so it asks for agreement in the beginning's numbers and in enough of the words, and no more.
 */

import { type Answer, answerText } from '../../domain/answer.ts'
import { promptFacts } from './prompt-facts.ts'

/** True: the one could have been given in place of the other. */
export type AnswerJudge = (given: Answer, fresh: Answer) => boolean | Promise<boolean>

/** Beyond it answers go into detail, in which they may differ. */
const charsRead = 4_000
/** Answers of up to so many words say one thing, which must be the same. */
const briefWords = 8
/** Shares of the words of the one that has fewer of them. */
const briefOverlap = 0.6
const overlap = 0.35

export function sameAnswer(given: Answer, fresh: Answer): boolean {
  const one = factsOf(given)
  const other = factsOf(fresh)
  if (one.words.size === 0 || other.words.size === 0) return one.text === other.text
  const brief = Math.min(one.words.size, other.words.size) <= briefWords
  if (!agreeInNumbers(one.numbers, other.numbers)) return false
  if (one.negated !== other.negated && brief) return false
  return shared(one.words, other.words) >= (brief ? briefOverlap : overlap)
}

function factsOf(answer: Answer) {
  const text = answerText(answer).trim()
  const { words, numbers, negations } = promptFacts(text.slice(0, charsRead))
  return { text, words: new Set([...words, ...numbers]), numbers: new Set(numbers), negated: negations > 0 }
}

/** One that names numbers which the other lacks, and lacks numbers which the other names, says something else. */
function agreeInNumbers(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size === 0 || other.size === 0) return true
  return shared(one, other) >= 0.5
}

function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [fewer, more] = one.size <= other.size ? [one, other] : [other, one]
  let both = 0
  for (const word of fewer) if (more.has(word)) both++
  return both / fewer.size
}
