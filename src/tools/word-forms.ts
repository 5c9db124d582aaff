import { wordClasses } from './word-classes.ts'

/**
 * Words as they are compared: without their endings, and in classes of words that mean the same of a tool. Names of tools are
 * English in nearly every catalogue, so the rules are English; words of other languages are compared as they stand.
 */

/** Words that stand in any request or description and say nothing of what a tool does. */
const idle = new Set(
  (
    'a an the this that these those it its of in on at to for from by with as is are was were be been am do does did done can ' +
    'could will would should shall may might must have has had i me my mine we us our you your he she they them their his her ' +
    'and or but if then than so not no yes please kindly thanks thank hi hello hey ok okay what which who whom whose when where why ' +
    'how there here about into over under up down out just also too very some any all each other such only own same more most ' +
    'want need like help let lets using use used uses given give based provided tool tools function functions parameter ' +
    'parameters optional required default value values string number integer boolean array object specific specified returns ' +
    'return one two go ahead s t m re ve ll d don isn hey im ive id'
  ).split(' '),
)

export const isIdle = (word: string): boolean => idle.has(word)

/** Endings that change the form of a word and not its matter, longest first; what stays must have some length of its own. */
const endings = [
  ['ications', 'y'],
  ['ication', 'y'],
  ['ational', 'at'],
  ['ations', 'at'],
  ['ation', 'at'],
  ['ators', 'at'],
  ['ator', 'at'],
  ['ating', 'at'],
  ['ated', 'at'],
  ['ates', 'at'],
  ['ments', ''],
  ['ment', ''],
  ['ings', ''],
  ['ing', ''],
  ['ies', 'y'],
  ['ied', 'y'],
  ['ions', ''],
  ['ion', ''],
  ['ers', ''],
  ['ors', ''],
  ['er', ''],
  ['or', ''],
  ['ed', ''],
  ['es', ''],
  ['ly', ''],
  ['s', ''],
  ['e', ''],
] as const

const shortestStem = 3

/** The word without its ending: `calculating`, `calculator`, `calculates` and `calculation` are one. */
export function stemOf(word: string): string {
  if (word.length <= shortestStem || word.endsWith('ss')) return word
  for (const [ending, instead] of endings) {
    if (!word.endsWith(ending)) continue
    const stem = word.slice(0, -ending.length) + instead
    if (stem.length >= shortestStem) return undoubled(stem)
  }
  return word
}

/** `running` to `run`, `planned` to `plan`. */
function undoubled(stem: string): string {
  const last = stem[stem.length - 1]
  return stem.length > shortestStem && last === stem[stem.length - 2] && !'aeiouls'.includes(last!)
    ? stem.slice(0, -1)
    : stem
}

const classesOf = new Map<string, readonly string[]>()
for (const line of wordClasses) {
  const words = line.split(' ')
  for (const word of words) {
    const stem = stemOf(word)
    const mark = `=${words[0]!}`
    const known = classesOf.get(stem) ?? []
    if (!known.includes(mark)) classesOf.set(stem, [...known, mark])
  }
}

/** The classes that a stem belongs to, as terms of their own. */
export const classTermsOf = (stem: string): readonly string[] => classesOf.get(stem) ?? []
